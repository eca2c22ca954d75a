"""practice.db: the practice room's own people, chats and messages, kept by sqlite3 in a thread of its own.

Every method is one transaction, durable when it returns. Huying's database knows nothing of this one.
"""

from __future__ import annotations

import asyncio
import json
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

from bots.practice.values import BOT, Delivery, Intake, Message, RoomChat, RoomPerson
from core.messages import Audience, ChatKind, Photo, Press
from core.people import Role

SCHEMA_VERSION = 1
SCHEMA = """
CREATE TABLE state (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE person (pos INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, name TEXT NOT NULL, role TEXT NOT NULL,
    area TEXT NOT NULL);
CREATE TABLE chat (pos INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, kind TEXT NOT NULL, title TEXT NOT NULL,
    audience TEXT NOT NULL, area TEXT NOT NULL);
CREATE TABLE member (chat TEXT NOT NULL REFERENCES chat (id), person TEXT NOT NULL REFERENCES person (id),
    PRIMARY KEY (chat, person)) WITHOUT ROWID;
CREATE TABLE message (chat TEXT NOT NULL REFERENCES chat (id), seq INTEGER NOT NULL, id TEXT NOT NULL,
    sender TEXT NOT NULL, text TEXT NOT NULL, at TEXT NOT NULL, key TEXT NOT NULL, params TEXT NOT NULL,
    images TEXT NOT NULL, choices TEXT NOT NULL, outgoing INTEGER UNIQUE, cause TEXT,
    PRIMARY KEY (chat, seq)) WITHOUT ROWID;
CREATE INDEX message_id ON message (id, chat);
CREATE INDEX message_cause ON message (cause) WHERE cause IS NOT NULL;
CREATE INDEX message_at ON message (at);
CREATE TABLE intake (uid TEXT PRIMARY KEY, id TEXT NOT NULL, chat TEXT NOT NULL, sender TEXT NOT NULL,
    digest TEXT NOT NULL, at TEXT NOT NULL, text TEXT NOT NULL, photos TEXT NOT NULL, reply_to INTEGER,
    pressed INTEGER, choice TEXT, answered INTEGER NOT NULL DEFAULT 0) WITHOUT ROWID;
CREATE INDEX intake_unanswered ON intake (at) WHERE answered = 0;
CREATE TABLE media (name TEXT PRIMARY KEY) WITHOUT ROWID;
"""
_MESSAGE = "chat, seq, id, sender, text, at, key, params, images, choices, outgoing"

T = TypeVar("T")
Row = tuple[Any, ...]  # as sqlite3 gives it


class PracticeStore:
    """The open file. `open` makes it when it is not there."""

    def __init__(self, thread: ThreadPoolExecutor, connection: sqlite3.Connection) -> None:
        self._thread, self._connection = thread, connection

    @classmethod
    async def open(cls, path: Path) -> PracticeStore:
        thread = ThreadPoolExecutor(1, thread_name_prefix="practice")
        try:
            return cls(thread, await asyncio.get_running_loop().run_in_executor(thread, _connect, path))
        except BaseException:
            thread.shutdown(wait=False)
            raise

    async def close(self) -> None:
        await self._call(lambda db: db.close())
        self._thread.shutdown(wait=False)

    async def _call(self, work: Callable[[sqlite3.Connection], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, work, self._connection)

    async def _write(self, work: Callable[[sqlite3.Connection], T]) -> T:
        def unit(db: sqlite3.Connection) -> T:
            with _transaction(db):
                return work(db)

        return await self._call(unit)

    # ---- who and where

    async def add(self, people: Sequence[RoomPerson], chats: Sequence[RoomChat]) -> None:
        """Add people and chats, or bring those already there up to date; members are only ever added."""

        def work(db: sqlite3.Connection) -> None:
            db.executemany(
                "INSERT INTO person (id, name, role, area) VALUES (?, ?, ?, ?) ON CONFLICT (id) DO UPDATE"
                " SET name = excluded.name, role = excluded.role, area = excluded.area",
                [(p.id, p.name, p.role, p.area) for p in people],
            )
            db.executemany(
                "INSERT INTO chat (id, kind, title, audience, area) VALUES (?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE"
                " SET title = excluded.title, audience = excluded.audience, area = excluded.area",
                [(c.id, c.kind, c.title, c.audience, c.area) for c in chats],
            )
            db.executemany(
                "INSERT INTO member (chat, person) VALUES (?, ?) ON CONFLICT DO NOTHING",
                [(c.id, person) for c in chats for person in c.members],
            )

        await self._write(work)

    async def people(self) -> tuple[RoomPerson, ...]:
        rows = await self._call(
            lambda db: db.execute("SELECT id, name, role, area FROM person ORDER BY pos").fetchall()
        )
        return tuple(RoomPerson(id, name, Role(role), area) for id, name, role, area in rows)

    async def is_person(self, person: str) -> bool:
        found = await self._call(lambda db: db.execute("SELECT 1 FROM person WHERE id = ?", (person,)).fetchone())
        return found is not None

    async def chats(self) -> tuple[RoomChat, ...]:
        def work(db: sqlite3.Connection) -> tuple[RoomChat, ...]:
            members: dict[str, list[str]] = {}
            for chat, person in db.execute("SELECT chat, person FROM member JOIN person ON id = person ORDER BY pos"):
                members.setdefault(chat, []).append(person)
            rows = db.execute("SELECT id, kind, title, audience, area FROM chat ORDER BY pos")
            return tuple(_chat(row, members.get(row[0], [])) for row in rows)

        return await self._call(work)

    async def is_chat(self, chat: str) -> bool:
        found = await self._call(lambda db: db.execute("SELECT 1 FROM chat WHERE id = ?", (chat,)).fetchone())
        return found is not None

    async def is_member(self, chat: str, person: str) -> bool:
        query = "SELECT 1 FROM member WHERE chat = ? AND person = ?"
        return await self._call(lambda db: db.execute(query, (chat, person)).fetchone()) is not None

    # ---- what was said

    async def take(self, intake: Intake) -> Intake:
        """Keep what a person posted or pressed, and show a post in its chat; a uid already there is left as it was.

        Returns what the uid now stands for: the caller compares the digests.
        """

        def work(db: sqlite3.Connection) -> Intake:
            pressed, choice = (intake.press.outgoing, intake.press.choice) if intake.press else (None, None)
            photos = json.dumps([(photo.name, photo.width, photo.height) for photo in intake.photos])
            inserted = db.execute(
                "INSERT INTO intake (uid, id, chat, sender, digest, at, text, photos, reply_to, pressed, choice)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
                (intake.uid, intake.id, intake.chat, intake.sender, intake.digest, _iso(intake.at), intake.text, photos,
                 intake.reply_to, pressed, choice),
            )  # fmt: skip
            if inserted.rowcount and intake.press is None:
                _show(db, replace(_message_of(intake), seq=_next_seq(db, intake.chat)), None)
            return _intake(db.execute("SELECT * FROM intake WHERE uid = ?", (intake.uid,)).fetchone())

        return await self._write(work)

    async def taken(self, uid: str) -> Intake | None:
        row = await self._call(lambda db: db.execute("SELECT * FROM intake WHERE uid = ?", (uid,)).fetchone())
        return _intake(row) if row else None

    async def unanswered(self, limit: int = 1000) -> tuple[Intake, ...]:
        """What was kept and never answered, oldest first: the process died in between."""
        query = "SELECT * FROM intake WHERE answered = 0 ORDER BY at LIMIT ?"
        return tuple(map(_intake, await self._call(lambda db: db.execute(query, (limit,)).fetchall())))

    async def deliver(
        self, deliveries: Sequence[Delivery], at: datetime, cause: str | None = None
    ) -> dict[int, Message]:
        """Show Huying's messages, each outgoing row once; returns them by row, without those for a chat unknown here.

        `cause` is the uid of what caused them all; it is answered from now on.
        """

        def work(db: sqlite3.Connection) -> dict[int, Message]:
            shown = {}
            for delivery in deliveries:
                if not db.execute("SELECT 1 FROM chat WHERE id = ?", (delivery.chat,)).fetchone():
                    continue
                row = _of_outgoing(db, delivery.outgoing)
                if row is None:
                    _show(db, _said(delivery, _next_seq(db, delivery.chat), at), cause)
                elif cause is not None:
                    query = "UPDATE message SET cause = ? WHERE outgoing = ? AND cause IS NULL"
                    db.execute(query, (cause, delivery.outgoing))
                if row := _of_outgoing(db, delivery.outgoing):
                    shown[delivery.outgoing] = _message(row)
            if cause is not None:
                db.execute("UPDATE intake SET answered = 1 WHERE uid = ?", (cause,))
            return shown

        return await self._write(work)

    async def delivered(self, outgoing: int) -> str | None:
        """The id of the message that said the outgoing row; None when it was never shown."""
        row = await self._call(lambda db: _of_outgoing(db, outgoing))
        return _message(row).id if row else None

    async def caused_by(self, cause: str, chat: str) -> tuple[Message, ...]:
        query = f"SELECT {_MESSAGE} FROM message WHERE cause = ? AND chat = ? ORDER BY seq"
        return tuple(map(_message, await self._call(lambda db: db.execute(query, (cause, chat)).fetchall())))

    async def message(self, chat: str, id: str) -> Message | None:
        """The message of that id in the chat: the bot's, when a person's has the same, else the newest."""
        query = f"SELECT {_MESSAGE} FROM message WHERE +chat = ? AND id = ? ORDER BY outgoing IS NULL, seq DESC LIMIT 1"
        row = await self._call(lambda db: db.execute(query, (chat, id)).fetchone())
        return _message(row) if row else None

    async def messages(self, chat: str, after: int, limit: int) -> tuple[Message, ...]:
        query = f"SELECT {_MESSAGE} FROM message WHERE chat = ? AND seq > ? ORDER BY seq LIMIT ?"
        return tuple(map(_message, await self._call(lambda db: db.execute(query, (chat, after, limit)).fetchall())))

    async def latest(self) -> tuple[Message, ...]:
        """The newest message of every chat that has one."""
        columns = ", ".join(f"m.{column}" for column in _MESSAGE.split(", "))
        # CROSS JOIN: from the chats, one look-up each, however long they are
        query = (
            f"SELECT {columns} FROM chat c CROSS JOIN message m ON m.chat = c.id"
            " AND m.seq = (SELECT max(seq) FROM message WHERE chat = c.id)"
        )
        return tuple(map(_message, await self._call(lambda db: db.execute(query).fetchall())))

    async def has_media(self, name: str) -> bool:
        """Whether a message ever showed that picture."""
        found = await self._call(lambda db: db.execute("SELECT 1 FROM media WHERE name = ?", (name,)).fetchone())
        return found is not None

    # ---- what time it is

    async def clock(self) -> tuple[datetime, datetime] | None:
        """What the practice clock showed, and the real time it was then."""
        row = await self._call(lambda db: db.execute("SELECT value FROM state WHERE key = 'clock'").fetchone())
        practice, real = json.loads(row[0]) if row else (None, None)
        return (datetime.fromisoformat(practice), datetime.fromisoformat(real)) if practice and real else None

    async def save_clock(self, practice: datetime, real: datetime) -> None:
        value = json.dumps([_iso(practice), _iso(real)])
        query = (
            "INSERT INTO state (key, value) VALUES ('clock', ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value"
        )
        await self._write(lambda db: db.execute(query, (value,)))

    async def newest_at(self) -> datetime | None:
        row = await self._call(lambda db: db.execute("SELECT max(at) FROM message").fetchone())
        return datetime.fromisoformat(row[0]) if row[0] else None


def _connect(path: Path) -> sqlite3.Connection:
    db = sqlite3.connect(path, isolation_level=None, timeout=10)
    try:
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("PRAGMA synchronous = FULL")
        db.execute("PRAGMA foreign_keys = ON")
        version = db.execute("PRAGMA user_version").fetchone()[0]
        if version == 0:
            db.executescript(f"BEGIN IMMEDIATE; {SCHEMA} PRAGMA user_version = {SCHEMA_VERSION}; COMMIT;")
        elif version != SCHEMA_VERSION:
            raise RuntimeError(f"{path} was written by another version of Huying ({version}, not {SCHEMA_VERSION})")
    except BaseException:
        db.close()
        raise
    return db


@contextmanager
def _transaction(db: sqlite3.Connection) -> Iterator[None]:
    db.execute("BEGIN IMMEDIATE")
    try:
        yield
        db.execute("COMMIT")
    except BaseException:
        if db.in_transaction:
            db.execute("ROLLBACK")
        raise


def _iso(at: datetime) -> str:
    """UTC with microseconds, so that the texts sort as the moments do."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def _next_seq(db: sqlite3.Connection, chat: str) -> int:
    seq: int = db.execute("SELECT coalesce(max(seq), 0) + 1 FROM message WHERE chat = ?", (chat,)).fetchone()[0]
    return seq


def _of_outgoing(db: sqlite3.Connection, outgoing: int) -> Row | None:
    row: Row | None = db.execute(f"SELECT {_MESSAGE} FROM message WHERE outgoing = ?", (outgoing,)).fetchone()
    return row


def _show(db: sqlite3.Connection, message: Message, cause: str | None) -> None:
    params, images, choices = (
        json.dumps(value, ensure_ascii=False) for value in (message.params, message.images, message.choices)
    )
    db.execute(
        f"INSERT INTO message ({_MESSAGE}, cause) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (message.chat, message.seq, message.id, message.sender, message.text, _iso(message.at), message.key,
         params, images, choices, message.outgoing, cause),
    )  # fmt: skip
    db.executemany("INSERT INTO media (name) VALUES (?) ON CONFLICT DO NOTHING", [(name,) for name in message.images])


def _said(delivery: Delivery, seq: int, at: datetime) -> Message:
    said = delivery.rendered
    id = f"bot-{delivery.outgoing}"
    return Message(
        delivery.chat, seq, id, BOT, said.text, at, said.key, said.params, said.images, said.choices, delivery.outgoing
    )


def _message_of(intake: Intake) -> Message:
    images = tuple(photo.name for photo in intake.photos)
    return Message(intake.chat, 0, intake.id, intake.sender, intake.text, intake.at, images=images)


def _message(row: Row) -> Message:
    chat, seq, id, sender, text, at, key, params, images, choices, outgoing = row
    pairs = tuple((choice, label) for choice, label in json.loads(choices))
    moment = datetime.fromisoformat(at)
    return Message(
        chat, seq, id, sender, text, moment, key, json.loads(params), tuple(json.loads(images)), pairs, outgoing
    )


def _intake(row: Row) -> Intake:
    uid, id, chat, sender, digest, at, text, photos, reply_to, pressed, choice, answered = row
    return Intake(
        uid,
        id,
        chat,
        sender,
        digest,
        datetime.fromisoformat(at),
        text,
        tuple(Photo(*photo) for photo in json.loads(photos)),
        reply_to,
        Press(pressed, choice) if pressed is not None else None,
        bool(answered),
    )


def _chat(row: Row, members: Sequence[str]) -> RoomChat:
    id, kind, title, audience, area = row
    return RoomChat(id, ChatKind(kind), title, Audience(audience), area, tuple(members))
