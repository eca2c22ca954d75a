"""The buttons a bot may put under a message."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from bots.practice.platforms.telegram.limits import Limits
from bots.practice.platforms.telegram.params import Params
from bots.practice.platforms.telegram.problems import bad
from bots.practice.platforms.telegram.values import Json

BROKEN = "can't parse inline keyboard button: "


def read_markup(params: Params, limits: Limits) -> Json:
    """{"reply_markup": …} with an inline keyboard, or {} when there is none; other keyboards are taken and not shown."""
    given = params.structure("reply_markup", dict)
    if not given or "inline_keyboard" not in given:
        return {}
    rows = given["inline_keyboard"]
    if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
        raise bad("can't parse reply keyboard markup JSON object")
    buttons = [[_button(button, limits) for button in row] for row in rows if row]
    if sum(len(row) for row in buttons) > limits.buttons:
        raise bad("reply markup is too long")
    return {"reply_markup": {"inline_keyboard": buttons}} if buttons else {}


def _button(button: Any, limits: Limits) -> Json:
    if not isinstance(button, dict):
        raise bad(BROKEN + "expected an Object")
    if not isinstance(button.get("text"), str):
        raise bad(BROKEN + 'Can\'t find field "text"')
    if not button["text"].strip():
        raise bad("inline keyboard button text must be non-empty")
    if isinstance(data := button.get("callback_data"), str):
        if not 1 <= len(data.encode()) <= limits.callback_data:
            raise bad("BUTTON_DATA_INVALID")
        return {"text": button["text"], "callback_data": data}
    if isinstance(url := button.get("url"), str):
        if not _is_link(url):
            raise bad(f"inline keyboard button URL '{url}' is invalid: Wrong HTTP URL")
        return {"text": button["text"], "url": url}
    raise bad(BROKEN + "Text buttons are unallowed in the inline keyboard")


def _is_link(url: str) -> bool:
    """Telegram takes a host with a dot only: a link to localhost is refused."""
    try:
        parts = urlsplit(url if "://" in url else f"http://{url}")
        host = parts.hostname or ""
    except ValueError:
        return False
    return parts.scheme == "tg" or (parts.scheme in ("http", "https") and "." in host.strip("."))
