"""Settings: from the environment (HUYING_…) or a TOML file, checked at the start."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """Everything an operator may set. `data` holds the database, the pictures and the practice room's own chats."""

    model_config = SettingsConfigDict(env_prefix="HUYING_", extra="forbid")

    data: Path = Path("data")
    database: str = Field(default="", description="a postgres:// address; empty: SQLite in the data folder")
    host: str = "127.0.0.1"
    port: int = Field(default=8080, ge=0, le=65535)
    language: Literal["zh", "en"] = "zh"
    community: Path | None = Field(default=None, description="the community's rules; empty: the ones we ship")
    texts: Path | None = Field(default=None, description="the community's own sentences, laid over ours")
    templates: Path | None = Field(default=None, description="the community's own templates of stories, laid over ours")
    public_url: str = Field(
        default="",
        pattern=r"^(https?://[^/\s?#]+)?/?$",
        description="the address at which people reach these pages from outside; empty: logs have no public page",
    )
    telegram_token: SecretStr = Field(default=SecretStr(""), description="of the bot; empty: no Telegram")
    telegram_webhook: bool = Field(default=False, description="Telegram posts to us (needs public_url); else we poll")
    telegram_api: str = Field(default="https://api.telegram.org", pattern=r"^https?://[^\s?#]+$")
    telegram_proxy: str = Field(default="", pattern=r"^(http://[^\s?#]+)?$")
    practice: bool = Field(default=False, description="the practice room trusts whoever opens it")
    drawers: int = Field(default=1, ge=1, le=8, description="drawing processes")
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"


def load_settings(config: Path | None = None, **given: object) -> Settings:
    """The settings: what is given wins over the file, the file over the environment. None in `given` means not given.

    Raises ValueError (pydantic's, naming each field) and OSError.
    """
    values: dict[str, object] = {}
    if config is not None:
        values |= tomllib.loads(config.read_text(encoding="utf-8"))
    values |= {name: value for name, value in given.items() if value is not None}
    return Settings(**values)  # type: ignore[arg-type]
