"""A platform that refuses, breaks, hangs and cuts off: every post ends as sent, unknown or failed, and no group has one twice."""

from __future__ import annotations

import asyncio
import contextlib
import os
import random
import shutil
import signal
import sys
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bots.delivery import Delivery
from bots.practice.platforms.telegram.standin import StandIn
from bots.telegram import request
from core.messages import Outgoing, Reply, Urgency
from storage import connections
from storage.outbox import OutgoingState
from storage.unit_of_work import Database
from tests.bots.telegram.neighbourhood import (
    TOKEN,
    Neighbourhood,
    Process,
    Turns,
    check,
    facts,
    neighbourhood,
    rows_of,
    settle_in,
    texts,
)
from tests.postgres import Server

RATES = {"429": 0.1, "500": 0.1, "timeout": 0.05, "cut": 0.05}
RUNS = [(500, 1), (500, 2), pytest.param(500, 3, marks=pytest.mark.chaos)]
HEAVY = [pytest.param(2000, seed, marks=pytest.mark.chaos) for seed in range(10, 20)]


async def speak_through(urls: list[str], posts: int, seed: int) -> None:
    async with neighbourhood(urls, seed=seed) as stand:
        stand.standin.faults.rates = dict(RATES)
        await stand.write(posts)
        await stand.say_all()
        ended = await check(stand)
        met = Counter(call.fault for call in stand.standin.calls)
        assert all(met[kind] > posts * chance / 2 for kind, chance in RATES.items()), met
        assert ended["sent"] > posts * 0.85
        assert ended["unknown"] > posts * 0.02


@pytest.mark.parametrize(("posts", "seed"), [*RUNS, *HEAVY])
async def test_every_post_ends_and_no_group_has_one_twice(
    posts: int, seed: int, migrated: Path, tmp_path: Path
) -> None:
    shutil.copy(migrated, tmp_path / "huying.db")
    await speak_through([connections.sqlite_url(tmp_path / "huying.db")], posts, seed)


@pytest.mark.postgres
@pytest.mark.parametrize(("posts", "seed"), [*RUNS[:1], *HEAVY])
async def test_every_post_ends_and_no_group_has_one_twice_when_two_processes_speak(
    posts: int, seed: int, server: Server
) -> None:
    url = await asyncio.to_thread(server.create, server.template)
    await speak_through([url, url], posts, seed)


async def test_a_platform_that_takes_a_post_and_never_answers_leaves_it_unknown_when_our_patience_ends(
    migrated: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(request, "READ_S", 0.05)
    shutil.copy(migrated, tmp_path / "huying.db")
    async with neighbourhood([connections.sqlite_url(tmp_path / "huying.db")], groups=1, people=1) as stand:
        stand.standin.faults.next("timeout")
        await stand.write(1)  # an album, then its words with a button: the album hangs
        (process,) = stand.processes
        await process.say_all()
        ((row, _),) = await rows_of(stand.db)
        assert (row.state, row.error, row.said) == (OutgoingState.UNKNOWN, "no answer in time", ())
        assert [call.method for call in stand.standin.calls] == ["sendMediaGroup"]
        assert len(await facts(stand.db, "post_troubled")) == 1


@asynccontextmanager
async def serving(data: Path, api: str) -> AsyncIterator[asyncio.subprocess.Process]:
    """A Huying of its own process that speaks on Telegram; killed at the end if it still runs."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bots.cli", "serve", "--port", "0", "--data", str(data)),
        env={**os.environ, "HUYING_TELEGRAM_TOKEN": TOKEN, "HUYING_TELEGRAM_API": api, "HUYING_LOG_LEVEL": "ERROR"},
        stdout=asyncio.subprocess.DEVNULL,
    )
    try:
        yield process
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()


@pytest.mark.parametrize("kills", [3, pytest.param(30, marks=pytest.mark.chaos)])
async def test_after_a_kill_in_the_middle_of_speaking_no_group_has_a_post_twice(
    kills: int, migrated: Path, tmp_path: Path
) -> None:
    chance, posts = random.Random(20261123), 25 * kills
    (tmp_path / "data").mkdir()
    shutil.copy(migrated, tmp_path / "data" / "huying.db")
    url = connections.sqlite_url(tmp_path / "data" / "huying.db")
    standin = StandIn(TOKEN, now=lambda: datetime.now(UTC))

    def said() -> int:
        return sum(call.method.startswith("send") for call in standin.calls)

    async with standin.serving() as api:
        db = await Database.open(url)
        town = Neighbourhood(Turns(), standin, (Process(db, Delivery(db, texts(), Turns(), {}), Turns()),))
        await settle_in(town, 25, 10)
        groups, people = list(town.groups), list(town.people)
        for n in range(posts):
            target = {"person": people[n // 3 % 10]} if n % 3 == 0 else {"chat": groups[n % 25]}
            post = Outgoing(f"p{n}", Reply("log_posted", {"text": f"第{n}则。完{n}。"}), urgency=Urgency.NOW, **target)  # type: ignore[arg-type]
            await db.run(lambda uow, post=post: uow.outgoing.add(post))  # type: ignore[misc]
        await db.close()
        for _ in range(kills):
            async with serving(tmp_path / "data", api) as process:
                enough = said() + chance.randrange(1, 20)
                await standin.until(lambda enough=enough: said() >= enough, 30)  # type: ignore[misc]
                process.send_signal(signal.SIGKILL)
        async with serving(tmp_path / "data", api):
            looking = await Database.open(url, migrate=False, alone=False)
            try:
                await until_said(looking, standin)
                rows = await rows_of(looking)
                troubled = await facts(looking, "post_troubled")
            finally:
                await looking.close()
    states = Counter(str(row.state) for row, _ in rows)
    assert set(states) <= {"sent", "unknown"}
    assert {one["data"]["outgoing"] for one in troubled} == {
        row.id for row, _ in rows if row.chat is not None and row.state is OutgoingState.UNKNOWN
    }
    for row, _ in rows:
        n = int(row.key.removeprefix("p"))
        times = sum(one.text == f"第{n}则。完{n}。" for one in town.seen(row))
        assert times <= (1 if row.chat is not None else 2), row.key
        assert times or row.state is OutgoingState.UNKNOWN, row.key
    assert states["unknown"] >= 1, "no kill fell into a call: the test shows nothing"


async def until_said(db: Database, standin: StandIn) -> None:
    """Until nothing waits or is under way, asked after every call of the process that speaks."""
    async with asyncio.timeout(60):
        while any(row.state in (OutgoingState.WAITING, OutgoingState.SENDING) for row, _ in await rows_of(db)):
            await standin.bell.heard(0.2)
