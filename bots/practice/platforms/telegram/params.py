"""The parameters of a call: from the query, a form, a multipart form or JSON, all read the same."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from bots.practice.platforms.telegram.problems import ApiError, bad, too_large
from bots.practice.platforms.telegram.values import Json

ATTACHED = "attach://"
# What a form carries as JSON, and Telegram's name of it in "can't parse … JSON object".
STRUCTURED: Mapping[str, str] = {
    "reply_markup": "reply keyboard markup",
    "reply_parameters": "reply parameters",
    "entities": "entities",
    "caption_entities": "entities",
    "media": "media",
    "commands": "commands",
    "scope": "BotCommandScope",
    "allowed_updates": "allowed updates",
    "link_preview_options": "link preview options",
}
MISSING = object()


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that came with the call."""

    name: str
    content: bytes
    mime: str = "application/octet-stream"


@dataclass(frozen=True, slots=True)
class Params:
    values: Mapping[str, Any] = field(default_factory=dict)
    files: Mapping[str, Upload] = field(default_factory=dict)

    def shown(self) -> Json:
        """For the record: values as read, files by name and size."""
        return {
            **self.values,
            **{key: {"name": one.name, "bytes": len(one.content)} for key, one in self.files.items()},
        }

    def text(self, name: str) -> str:
        value = self.values.get(name, "")
        return value if isinstance(value, str) else str(value)

    def integer(self, name: str, default: int = 0) -> int:
        """As Telegram does: what is no number is 0."""
        value = self.values.get(name)
        if value in (None, ""):
            return default
        try:
            return int(value)
        except (TypeError, ValueError):
            return 0

    def flag(self, name: str) -> bool:
        return str(self.values.get(name, "")).lower() in ("true", "yes", "1")

    def structure(self, name: str, kind: type) -> Any:
        """An object or array, or None when it is not given."""
        value = self.values.get(name)
        if value in (None, ""):
            return None
        if not isinstance(value, kind):
            raise bad(f"can't parse {STRUCTURED[name]} JSON object")
        return value

    def upload(self, name: str, given: Any = MISSING) -> Upload | None:
        """The file sent as `name`, or the one that `given` (else the value of `name`) points to with attach://."""
        value = self.values.get(name) if given is MISSING else given
        if isinstance(value, str) and value.startswith(ATTACHED):
            return self.files.get(value.removeprefix(ATTACHED))
        return self.files.get(name) if given is MISSING else None


async def read_params(request: web.Request) -> Params:
    """Raises ApiError for a body that cannot be read."""
    values: dict[str, Any] = dict(request.query)
    files: dict[str, Upload] = {}
    try:
        if request.content_type == "application/json":
            body = json.loads(await request.read() or b"{}")
            if not isinstance(body, dict):
                raise bad("can't parse JSON object")
            values.update(body)
        else:
            for name, value in (await request.post()).items():
                if isinstance(value, web.FileField):
                    files[name] = Upload(value.filename, value.file.read(), value.content_type)
                else:
                    values[name] = value if isinstance(value, str) else bytes(value).decode("utf-8", "replace")
    except web.HTTPRequestEntityTooLarge:
        raise too_large() from None
    except ApiError:
        raise
    except ValueError:
        raise bad("can't parse the request body") from None
    return Params({name: _opened(name, value) for name, value in values.items()}, files)


def _opened(name: str, value: Any) -> Any:
    if name in STRUCTURED and isinstance(value, str) and value:
        try:
            return json.loads(value)
        except ValueError:
            return value  # whoever needs it says that it cannot be parsed
    return value
