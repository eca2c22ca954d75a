"""kill -9 at random moments while people report, staff handle, residents rate and staff approve: nothing is lost."""

from __future__ import annotations

import asyncio
import contextlib
import random
import signal
import sys
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientError, ClientSession

RESIDENTS = ("li-xiulan", "zhao-yi", "sun-daye", "zhou-xiaochuan")
MATTERS = ("垃圾没人清", "路灯不亮", "下水道堵了", "楼道堆杂物", "电梯坏了")
GROUP, STAFF, WORKER = "xiuyue-3-residents", "xiuyue-staff", "wang-shifu"


@asynccontextmanager
async def running(data: Path) -> AsyncIterator[tuple[asyncio.subprocess.Process, str]]:
    """A Huying of its own process on the data folder, with its address; killed at the end if it still runs."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bots.cli", "demo", "--empty", "--no-open", "--port", "0", "--data", str(data)),
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdout is not None
    try:
        async for line in process.stdout:
            if line.startswith(b"ready "):
                yield process, line.decode().split()[1]
                return
        raise AssertionError("it did not start")
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()


async def post(client: ClientSession, url: str, path: str, body: dict[str, Any]) -> dict[str, Any] | None:
    """The answer; None when the server was gone before it came."""
    try:
        async with client.post(url + path, json=body) as response:
            answer = await response.json()
            assert response.status == 200, answer
            return dict(answer)
    except (TimeoutError, ClientError, ConnectionError):
        return None


async def messages(client: ClientSession, url: str, chat: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    while True:
        after = found[-1]["seq"] if found else 0
        async with client.get(f"{url}/practice/api/chats/{chat}/messages?after={after}") as response:
            more = (await response.json())["messages"]
        if not more:
            return found
        found += more


def round_of(number: int, chance: random.Random) -> list[tuple[str, dict[str, Any]]]:
    """What people do in one round: report, and now and then handle, rate and approve what came before."""
    said = []
    for n in range(4):
        who = chance.choice(RESIDENTS)
        text = f"报事 {number * 7 + n}号楼{chance.choice(MATTERS)}，第{number}轮{n}"
        chat = chance.choice((GROUP, f"direct:{who}"))
        said.append(
            ("/practice/api/messages", {"chat": chat, "sender": who, "text": text, "message_id": f"r{number}-{n}"})
        )
    for serial in range(max(1, 4 * number - 5), 4 * number + 1):
        done = {
            "chat": f"direct:{WORKER}",
            "sender": WORKER,
            "text": f"办结 {serial} 办好了",
            "message_id": f"d{number}-{serial}",
        }
        said.append(("/practice/api/messages", done))
        for who in RESIDENTS:
            rated = {
                "chat": f"direct:{who}",
                "sender": who,
                "text": f"评价 {serial} 5",
                "message_id": f"s{number}-{serial}",
            }
            said.append(("/practice/api/messages", rated))
    approved = {
        "chat": STAFF,
        "sender": "liu-min",
        "text": f"@小应 通过 L{max(1, number - 1)}",
        "message_id": f"a{number}",
    }
    said.append(("/practice/api/messages", approved))
    return said


@pytest.mark.parametrize("kills", [5, pytest.param(200, marks=pytest.mark.chaos)])
async def test_a_kill_at_any_moment_loses_and_doubles_nothing(kills: int, tmp_path: Path) -> None:
    chance = random.Random(20261123)
    everything: list[tuple[str, dict[str, Any]]] = []
    acknowledged: dict[str, list[str]] = {}
    async with ClientSession() as client:
        for number in range(1, kills + 1):
            async with running(tmp_path) as (process, url):
                said = round_of(number, chance)
                everything += said
                tasks = {asyncio.create_task(post(client, url, path, body)): body for path, body in said}
                kept = chance.randrange(
                    len(tasks)
                )  # the kill falls when so many have been answered, the rest in flight
                pending = set(tasks)
                while pending and len(tasks) - len(pending) < kept:
                    _, pending = await asyncio.wait(pending, return_when=asyncio.FIRST_COMPLETED)
                process.send_signal(signal.SIGKILL)
                for task, answer in zip(tasks, await asyncio.gather(*tasks), strict=True):
                    if answer is not None:
                        key = f"{tasks[task]['chat']}/{tasks[task]['sender']}/{tasks[task]['message_id']}"
                        acknowledged[key] = [reply["id"] for reply in answer["replies"]]
        async with running(tmp_path) as (_, url):
            await check(client, url, everything, acknowledged, kills)
    assert len(acknowledged) > kills


async def check(
    client: ClientSession,
    url: str,
    everything: list[tuple[str, dict[str, Any]]],
    acknowledged: dict[str, list[str]],
    kills: int,
) -> None:
    """What was answered is answered the same again; every report is one event; nothing was said or earned twice."""
    serials: list[int] = []
    for path, body in everything:
        answer = await post(client, url, path, body)
        assert answer is not None
        key = f"{body['chat']}/{body['sender']}/{body['message_id']}"
        if key in acknowledged:
            assert [reply["id"] for reply in answer["replies"]] == acknowledged[key]
        serials += [r["params"]["serial"] for r in answer["replies"] if r["key"].startswith("reported")]
    assert sorted(serials) == list(range(1, len(serials) + 1))
    assert len(serials) == sum(body["message_id"].startswith("r") for _, body in everything)
    await post(client, url, "/practice/api/clock", {"advance": "PT2H"})
    for n in range(1, 2 * kills):  # those that the rounds came too early for; the others are refused
        late = {"chat": STAFF, "sender": "liu-min", "text": f"@小应 通过 L{n}"}
        await post(client, url, "/practice/api/messages", late)
    await post(client, url, "/practice/api/clock", {"advance": "PT2H"})
    posted = Counter(m["params"]["log"] for m in await messages(client, url, GROUP) if m["key"] == "log_posted")
    assert posted
    assert set(posted.values()) == {1}
    for who in RESIDENTS:
        own = [m["params"] for m in await messages(client, url, f"direct:{who}") if m["key"] == "points_earned"]
        assert len({params["serial"] for params in own}) == len(own)
        answer = await post(
            client, url, "/practice/api/messages", {"chat": f"direct:{who}", "sender": who, "text": "积分"}
        )
        assert answer is not None
        assert answer["replies"][-1]["params"]["balance"] == 5 * len(own)
