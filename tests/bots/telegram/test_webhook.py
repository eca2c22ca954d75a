"""Whatever is posted to the webhook, a signed and new message is taken once, and nothing else does anything.

Thousands of posts over real HTTP, side by side: well formed and broken, forged and replayed.
"""

from __future__ import annotations

import asyncio
import gc
import io
import json
import logging
import os
import random
import time
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientError, ClientSession, TCPConnector

from bots.practice.platforms.telegram.updates import SECRET_HEADER
from bots.telegram import callbacks
from core.facts import FactKind
from tests.bots.telegram.wave import MIX, Post, Wave
from tests.telegram import OnTelegram, on_telegram

SIDE_BY_SIDE = 48
FLAT = 24 * 1024 * 1024  # bytes that thousands of posts may leave behind, caches and the record of the log included


@pytest.fixture
async def stand(tmp_path: Path) -> AsyncIterator[OnTelegram]:
    async with on_telegram(tmp_path / "data", webhook=True) as opened:
        opened.door.album_s = 0.25  # a busy machine hands the pictures of an album over more slowly
        yield opened


async def send(post: Post, address: str, client: ClientSession) -> int | None:
    """The status it was answered with; None when nothing could be."""
    if post.how == "cut":
        host, port = client_host(address)
        _, writer = await asyncio.open_connection(host, port)
        lines = [f"{name}: {value}" for name, value in post.headers.items()]
        head = "\r\n".join(
            ["POST /telegram/webhook HTTP/1.1", f"Host: {host}:{port}", *lines, f"Content-Length: {len(post.body)}"]
        )
        writer.write(head.encode() + b"\r\n\r\n" + post.body[: len(post.body) // 2])
        await writer.drain()
        writer.close()
        await writer.wait_closed()
        return None
    try:
        data: Any = _chunks(post.body) if post.how == "chunks" else io.BytesIO(post.body)
        async with client.post(address, data=data, headers=post.headers) as answer:
            await answer.read()
            return answer.status
    except ClientError:  # answered and closed before all was sent
        return None


async def _chunks(body: bytes) -> AsyncIterator[bytes]:
    for start in range(0, len(body), 65536):
        yield body[start : start + 65536]


def client_host(address: str) -> tuple[str, int]:
    host, _, port = address.split("/")[2].partition(":")
    return host, int(port)


async def send_all(posts: list[Post], stand: OnTelegram) -> Counter[tuple[int | None, int | None]]:
    """All of them, so many at a time; gives how often which status was wanted and answered."""
    results: Counter[tuple[int | None, int | None]] = Counter()
    waiting = iter(posts)
    address = f"{stand.url}/telegram/webhook"

    async def some(client: ClientSession) -> None:
        for post in waiting:
            results[post.status, await send(post, address, client)] += 1

    async with ClientSession(connector=TCPConnector(limit=SIDE_BY_SIDE)) as client:
        await asyncio.gather(*(some(client) for _ in range(SIDE_BY_SIDE)))
    await stand.door.quiet()
    return results


def memory() -> int:
    """Bytes that this process holds."""
    gc.collect()
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


async def written(stand: OnTelegram) -> dict[str, int]:
    """How many rows there are of all that a message can cause."""
    return {
        table: (await stand.rows(f"SELECT count(*) AS n FROM {table}"))[0]["n"]
        for table in ("inbox", "outgoing", "event", "report", "fact", "person", "chat")
    }


def told(records: list[logging.LogRecord]) -> list[str]:
    """What the log holds that nobody should cause from outside."""
    return [record.getMessage() for record in records if record.levelno >= logging.ERROR or record.exc_info]


@pytest.mark.parametrize("posts", [2_000, pytest.param(10_000, marks=pytest.mark.chaos)])
async def test_thousands_of_posts_reach_the_dialogue_once_each_or_not_at_all(
    posts: int, stand: OnTelegram, caplog: pytest.LogCaptureFixture
) -> None:
    wave = Wave(stand, random.Random(20261123))
    caplog.set_level(logging.WARNING)
    bundles = list(wave.bundles(MIX, posts))
    first = sum(len(bundle) for bundle in bundles[: len(bundles) // 4])
    all_of_them = [one for bundle in bundles for one in bundle]
    await send_all(all_of_them[:first], stand)  # builds what is built once
    before, began = memory(), time.perf_counter()
    results = await send_all(all_of_them[first:], stand)
    took, grown = time.perf_counter() - began, memory() - before
    rows = await written(stand)
    print(f"{sum(results.values())} posts, {took:.1f} s, {grown / 1e6:+.1f} MB, {dict(results)}, {rows}")

    assert {(wanted, got) for wanted, got in results if wanted is not None and got not in (wanted, None)} == set()
    assert {got for _, got in results} <= {200, 403, 413, None}
    assert results[200, None] == results[403, None] == 0
    assert told(caplog.records) == []
    assert grown < FLAT

    taken = [(row["chat"], row["message_id"]) for row in await stand.rows("SELECT chat, message_id FROM inbox")]
    assert (set(taken) - wave.heard, wave.heard - set(taken), len(taken)) == (set(), set(), len(wave.heard))
    reports = Counter(row["text"] for row in await stand.rows("SELECT text FROM report"))
    assert [text for text in wave.reports if reports[text.removeprefix("报事 ")] != 1] == []
    assert [text for text in wave.forgeries if reports[text.removeprefix("报事 ")]] == []

    again = [post for post in all_of_them if post.status == 200 and post.how == "whole"]
    wave.random.shuffle(again)
    await send_all(again[: posts // 4], stand)
    assert await written(stand) == rows
    assert told(caplog.records) == []


async def test_a_press_posted_again_and_again_is_one_press_and_a_forged_one_is_none(
    stand: OnTelegram, caplog: pytest.LogCaptureFixture
) -> None:
    wave, chance = Wave(stand, random.Random(7)), random.Random(8)
    caplog.set_level(logging.WARNING)
    await send_all([wave.post(wave.update()) for _ in range(90)], stand)
    worker, key = stand.user("wang-shifu"), stand.door.key
    asked = await stand.rows(
        "SELECT o.id FROM outgoing o JOIN identity i ON i.person_id = o.person_id WHERE o.reply = ? AND i.external = ?",
        "assigned", str(worker),
    )  # fmt: skip
    questions = sorted(row["id"] for row in asked)
    assert len(questions) >= 60

    def pressed(press: int, data: str) -> dict[str, Any]:
        chat = {"id": worker, "type": "private", "first_name": "王师傅"}
        shown = {"message_id": 5_000 + press, "date": 1_795_397_400, "chat": chat, "text": "编号 交给您"}
        sender = {"id": worker, "is_bot": False, "first_name": "王师傅"}
        callback = {"id": f"{press}", "from": sender, "message": shown, "chat_instance": "1", "data": data}
        return {"update_id": 900_000 + press, "callback_query": callback}

    genuine = {n: callbacks.sign(row, "accept", key) for n, row in enumerate(questions[:40])}
    posts = [wave.post(pressed(n, data)) for n, data in genuine.items() for _ in range(chance.randint(2, 5))]
    for n, row in enumerate(questions[40:], start=1000):  # nobody pressed these
        data = callbacks.sign(row, "accept", key)
        other = callbacks.sign(row, "accept", callbacks.key_of("1:another"))
        forgeries = (
            other,
            data[:-1],
            data + "A",
            data.swapcase(),
            f"0{data}",
            f"{row}.accept.",
            "",
            "\x00",
            "通过",
            "x" * 5000,
        )
        forged = forgeries[n % len(forgeries)]
        posts.append(wave.post(pressed(n, forged)))
        unsigned = {name: value for name, value in wave.signed.items() if name != SECRET_HEADER}
        posts.append(Post(json.dumps(pressed(n + 1000, data)).encode(), unsigned, 403))
    chance.shuffle(posts)
    results = await send_all(posts, stand)

    assert {wanted == got for wanted, got in results} == {True}
    accepted = await stand.rows(
        "SELECT event_id, count(*) AS n FROM fact WHERE kind = ? GROUP BY event_id", FactKind.ACCEPTED
    )
    assert [row["n"] for row in accepted] == [1] * 40
    taken = await stand.rows("SELECT message_id FROM inbox WHERE message_id LIKE 'press:%'")
    assert {row["message_id"] for row in taken} == {f"press:{n}" for n in genuine}
    replies = await stand.rows(
        "SELECT inbox_id, count(*) AS n FROM outgoing WHERE key LIKE 'in:%:reply' GROUP BY inbox_id"
    )
    assert {row["n"] for row in replies} == {1}
    assert told(caplog.records) == []


async def test_no_secret_is_guessed_letter_by_letter(stand: OnTelegram) -> None:
    wave = Wave(stand, random.Random(1))
    secret = wave.signed[SECRET_HEADER]
    body = json.dumps(wave.update()).encode()
    guesses = [secret[:end] for end in range(len(secret))] + [
        secret[:at] + "*" + secret[at + 1 :] for at in range(len(secret))
    ]
    results = await send_all([Post(body, {SECRET_HEADER: guess}, 403) for guess in guesses], stand)
    assert results == {(403, 403): 2 * len(secret)}
    assert (await written(stand))["inbox"] == 0


async def test_only_posts_are_taken(stand: OnTelegram) -> None:
    for method in ("GET", "PUT", "DELETE", "PATCH", "OPTIONS"):
        headers = Wave(stand, random.Random(1)).signed
        async with stand.client.request(method, f"{stand.url}/telegram/webhook", headers=headers) as answer:
            assert answer.status == 405
