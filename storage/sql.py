"""Statements on one connection, the same text on SQLite and PostgreSQL.

Tortoise gives the models, the migrations, the connections and the pool. The statements are written by hand, because the
acknowledgement of a report may cost twelve of them at most, and because conditional updates, ON CONFLICT and RETURNING
are what keeps two at once apart. They are written with `?`; on PostgreSQL these become $1, $2 …
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, Protocol, TypeAlias, cast

import asyncpg

from core.errors import Conflict
from core.messages import Json

Row: TypeAlias = Mapping[str, Any]
Value: TypeAlias = "str | int | bool | datetime | None"


class Session(Protocol):
    """Runs statements; what it returns are the rows, those of RETURNING too."""

    dialect: str

    async def all(self, sql: str, *values: Value) -> Sequence[Row]: ...

    async def one(self, sql: str, *values: Value) -> Row | None:
        """The first row, or None."""
        ...


class Tally:
    """How many statements were run, BEGIN and COMMIT included."""

    __slots__ = ("statements",)

    def __init__(self) -> None:
        self.statements = 0


class SqliteSession:
    """Wraps an aiosqlite connection, whose thread runs the statements one after another."""

    dialect = "sqlite"

    def __init__(self, connection: Any, tally: Tally) -> None:
        self._connection = connection
        self._tally = tally

    async def all(self, sql: str, *values: Value) -> Sequence[Row]:
        self._tally.statements += 1
        return cast(Sequence[Row], await self._connection.execute_fetchall(sql, [_for_sqlite(v) for v in values]))

    async def one(self, sql: str, *values: Value) -> Row | None:
        rows = await self.all(sql, *values)
        return rows[0] if rows else None

    async def begin(self) -> None:
        # IMMEDIATE: a deferred BEGIN that reads first and writes later fails at once, whatever the busy timeout,
        # when another connection has committed in between.
        await self.all("BEGIN IMMEDIATE")

    async def commit(self) -> None:
        await self.all("COMMIT")

    async def rollback(self) -> None:
        # The driver's own: it does nothing when there is no transaction, and queues behind a BEGIN that a cancelled
        # task left with the thread.
        await self._connection.rollback()


class PostgresSession:
    """Wraps an asyncpg connection taken from the pool."""

    dialect = "postgres"

    def __init__(self, connection: Any, tally: Tally) -> None:
        self._connection = connection
        self._tally = tally

    async def all(self, sql: str, *values: Value) -> Sequence[Row]:
        self._tally.statements += 1
        return cast(Sequence[Row], await self._connection.fetch(numbered(sql), *[_clean(v) for v in values]))

    async def one(self, sql: str, *values: Value) -> Row | None:
        rows = await self.all(sql, *values)
        return rows[0] if rows else None

    async def begin(self) -> None:
        await self.all("BEGIN")

    async def commit(self) -> None:
        await self.all("COMMIT")

    async def rollback(self) -> None:
        if self._connection.is_in_transaction():
            await self.all("ROLLBACK")


@lru_cache(maxsize=1024)
def numbered(sql: str) -> str:
    """`?` as $1, $2 …; no statement of ours has a question mark in a literal."""
    head, *tail = sql.split("?")
    return head + "".join(f"${number}{part}" for number, part in enumerate(tail, start=1))


def marks(count: int) -> str:
    """`?, ?, ?`"""
    return ", ".join("?" * count)


def tuples(width: int, count: int) -> str:
    """`(?, ?), (?, ?)`: the VALUES of a bulk INSERT."""
    return ", ".join([f"({marks(width)})"] * count)


def moment(value: Any) -> datetime:
    """A stored time as aware UTC."""
    if isinstance(value, datetime):
        return value.astimezone(UTC)
    return datetime.fromisoformat(cast(str, value))


def maybe_moment(value: Any) -> datetime | None:
    return None if value is None else moment(value)


def pack(value: Mapping[str, Json] | Sequence[Json] | Sequence[int] | Sequence[str]) -> str:
    """As JSON text. PostgreSQL's jsonb takes no U+0000, so it is dropped."""
    text = json.dumps(value, ensure_ascii=False, default=dict)
    return json.dumps(_without_nul(value), ensure_ascii=False, default=dict) if "\\u0000" in text else text


def unpack(value: Any) -> Any:
    """What `pack` was given, with plain dicts and lists."""
    return json.loads(value) if isinstance(value, str) else value


@contextmanager
def conflicts() -> Iterator[None]:
    """Turns "somebody was faster" of either database into Conflict."""
    try:
        yield
    except (asyncpg.SerializationError, asyncpg.DeadlockDetectedError) as error:
        raise Conflict(type(error).__name__) from error
    except sqlite3.OperationalError as error:
        if getattr(error, "sqlite_errorcode", 0) & 0xFF in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
            raise Conflict("database is locked") from error
        raise


def _for_sqlite(value: Value) -> Value:
    if isinstance(value, datetime):
        # One width for all times, so that their text sorts as they do.
        return value.astimezone(UTC).isoformat(sep=" ", timespec="microseconds")
    return _clean(value)


def _clean(value: Value) -> Value:
    """Text that both databases can hold: without U+0000, lone surrogates replaced."""
    if not isinstance(value, str) or value.isascii():
        return value.replace("\x00", "") if isinstance(value, str) and "\x00" in value else value
    try:
        value.encode()
    except UnicodeEncodeError:
        value = value.encode(errors="replace").decode()
    return value.replace("\x00", "")


def _without_nul(value: Any) -> Any:
    if isinstance(value, str):
        return value.replace("\x00", "")
    if isinstance(value, Mapping):
        return {_without_nul(key): _without_nul(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_without_nul(inner) for inner in value]
    return value
