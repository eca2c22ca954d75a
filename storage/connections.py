"""How the database is reached: Tortoise's configuration made from a URL."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

from tortoise.backends.base.config_generator import expand_db_url

APP = "storage"
MIGRATIONS = "storage.migrations"

# FULL: what was acknowledged outlives a power cut. The limit keeps the journal from being cut short and grown again at
# every checkpoint, which costs a commit its time.
_PRAGMAS = {
    "journal_mode": "WAL",
    "synchronous": "FULL",
    "foreign_keys": "ON",
    "busy_timeout": "5000",
    "journal_size_limit": str(16 * 2**20),
    "temp_store": "MEMORY",
}


def sqlite_path(url: str) -> Path | None:
    """The file of a SQLite URL; None when the URL is PostgreSQL's."""
    if not url.startswith("sqlite://"):
        return None
    return Path(url.removeprefix("sqlite://").partition("?")[0])


def sqlite_url(path: Path) -> str:
    return f"sqlite://{path}"


def config(url: str, migrations: str = MIGRATIONS, models: str = "storage.models", **pragmas: str) -> dict[str, Any]:
    """Tortoise's configuration. Settings in the URL's query go before ours, `pragmas` before both."""
    path = sqlite_path(url)
    if path is None:
        links = {"default": expand_db_url(url)}
    else:
        query = dict(parse_qsl(url.partition("?")[2]))
        credentials = {**_PRAGMAS, **query, **pragmas, "file_path": str(path)}
        links = {
            "default": {"engine": "tortoise.backends.sqlite", "credentials": credentials},
            "reader": {"engine": "tortoise.backends.sqlite", "credentials": {**credentials, "query_only": "ON"}},
        }
    app = {"models": [models], "migrations": migrations, "default_connection": "default"}
    return {"connections": links, "apps": {APP: app}, "use_tz": True, "timezone": "UTC"}
