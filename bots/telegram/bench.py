"""What Telegram costs us: how fast messages leave, beside a bare client, and what reading an update and wording its answer takes,
beside the library's own objects."""

from __future__ import annotations

import asyncio
import json
import multiprocessing
import statistics
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from multiprocessing.connection import Connection
from typing import Any

import aiohttp
from telegram import Update

from bots.answer import is_for_bot
from bots.channel import Rendered
from bots.clock import RealClock
from bots.community import load_policy
from bots.config import Settings
from bots.delivery import Delivery
from bots.practice.platforms.telegram.limits import Limits
from bots.practice.platforms.telegram.standin import StandIn
from bots.telegram import callbacks, outgoing
from bots.telegram.incoming import CHANNEL, Me, message
from bots.telegram.telegram import Telegram, parse
from bots.telegram.transport import CAPABILITIES, TelegramTransport
from bots.texts import load_texts
from core import commands
from core.messages import Audience, ChatKind, Outgoing, Reply, Urgency
from storage.pace import Rate
from storage.unit_of_work import Database, Unit

TOKEN, ACCOUNT, USERNAME = "100200300:stand-in", "100200300", "huying_bot"
FIRST_GROUP, GROUPS, PERSON = -1_002_000_000_001, 200, 7_000_001
AT_ONCE = 20
ROUNDS = 5  # of each, turn by turn, so that what else the machine does weighs on all
HANDLED = 200  # updates of one round
TEXT = "3号楼楼道灯修好了，晚上走路亮堂了。谢谢王师傅，也谢谢反映的邻居！"
REPORT = f"@{USERNAME} 3号楼2单元楼道灯坏了三天了，晚上老人上下楼看不见，麻烦来看看"
FAST = Rate(timedelta(milliseconds=1), 1_000_000)  # counted as always, and never in the way
Way = Callable[[], Awaitable[None]]


class Unhurried(TelegramTransport):
    """To a stand-in that takes everything."""

    capabilities = replace(CAPABILITIES, overall=FAST, per_group=FAST, per_direct=FAST)


async def sending(databases: Mapping[str, str], messages: int = 400) -> dict[str, Any]:
    """Messages a second of a bare client, of the transport alone, and of the whole way out on each database by its name.

    To 200 groups of one stand-in without limits, in a process of its own. `databases` are URLs of empty ones.
    """
    async with AsyncExitStack() as stack:
        api = await stack.enter_async_context(_stand_in())
        client = await stack.enter_async_context(aiohttp.ClientSession())
        telegram = Telegram(Settings(telegram_token=TOKEN, telegram_api=api), _no_picture)  # type: ignore[arg-type]
        await telegram.open()
        stack.push_async_callback(telegram.close)
        transport = Unhurried(telegram.bot, callbacks.key_of(TOKEN), _no_picture)

        async def barely(n: int) -> None:
            body = {"chat_id": _group(n), "text": TEXT}
            async with client.post(f"{api}/bot{TOKEN}/sendMessage", json=body) as answer:
                if not (await answer.json())["ok"]:
                    raise RuntimeError("the stand-in refuses")

        async def by_transport(n: int) -> None:
            await transport.deliver(n, str(_group(n)), Rendered(TEXT, "log_posted", {}))

        ways: dict[str, tuple[Way, Way]] = {
            "bare": (_nothing, lambda: _side_by_side(barely, messages)),
            "transport": (_nothing, lambda: _side_by_side(by_transport, messages)),
        }
        for name, url in databases.items():
            db = await Database.open(url)
            stack.push_async_callback(db.close)
            ways[name] = await _whole_way(db, transport, messages)
        rates = await _rates(ways, messages)
    return {
        "messages": messages,
        **{f"{name}_per_s": round(rate) for name, rate in rates.items()},
        "transport_ratio": round(rates["transport"] / rates["bare"], 2),
    }


async def _rates(ways: Mapping[str, tuple[Way, Way]], messages: int) -> dict[str, float]:
    """The medians of messages a second, by the way's name."""
    rates: dict[str, list[float]] = defaultdict(list)
    for turn in range(-1, ROUNDS):  # the first of each only warms up
        for name, (prepare, run) in ways.items():
            await prepare()
            began = time.perf_counter()
            await run()
            if turn >= 0:
                rates[name].append(messages / (time.perf_counter() - began))
    return {name: statistics.median(some) for name, some in rates.items()}


async def _whole_way(db: Database, transport: TelegramTransport, messages: int) -> tuple[Way, Way]:
    """Writing posts down, and claiming, pacing, sending and settling them."""

    async def settle_in(uow: Unit) -> list[int]:
        put, kind, audience = uow.registry.add_chat, ChatKind.GROUP, Audience.RESIDENTS
        return [
            (await put(CHANNEL, ACCOUNT, str(_group(n)), kind, audience, "xiuyue-3", "xiuyue")).id
            for n in range(GROUPS)
        ]

    groups = await db.run(settle_in)
    delivery = Delivery(db, load_texts("zh", "Asia/Shanghai"), RealClock(), {CHANNEL: transport})
    written = 0

    async def write() -> None:
        nonlocal written
        reply, start = Reply("log_posted", {"text": TEXT}), written
        written += messages
        posts = [
            Outgoing(f"bench-{n}", reply, chat=groups[n % GROUPS], urgency=Urgency.NOW) for n in range(start, written)
        ]
        await db.run(lambda uow: uow.outgoing.add(*posts))

    async def send() -> None:
        while await delivery.send_due():
            pass
        sent = await db.read(lambda uow: uow.session.one("SELECT count(*) AS n FROM outgoing WHERE state = 'sent'"))
        if sent is None or sent["n"] != written:
            raise RuntimeError("not everything was sent: the figure would be wrong")

    return write, send


async def _side_by_side(send: Callable[[int], Awaitable[None]], messages: int) -> None:
    numbers = iter(range(messages))

    async def one_after_another() -> None:
        for n in numbers:
            await send(n)

    await asyncio.gather(*(one_after_another() for _ in range(AT_ONCE)))


@asynccontextmanager
async def _stand_in() -> AsyncIterator[str]:
    """The address of a stand-in in a process of its own, so that it costs each way to send the same."""
    spawn = multiprocessing.get_context("spawn")
    ours, theirs = spawn.Pipe()
    process = spawn.Process(target=_serve, args=(theirs,), daemon=True)
    process.start()
    theirs.close()
    try:
        yield await asyncio.to_thread(ours.recv)
    finally:
        ours.close()
        await asyncio.to_thread(process.join)


def _serve(pipe: Connection) -> None:
    async def serve() -> None:
        standin = StandIn(TOKEN, username=USERNAME, now=lambda: datetime.now(UTC), limits=Limits(rates=()))
        standin.add_user(PERSON, "李秀兰")
        for n in range(GROUPS):
            standin.add_group(_group(n), f"{n}号楼群", [PERSON])
        async with standin.serving() as api:
            pipe.send(api)
            await asyncio.to_thread(pipe.poll, None)  # until whoever measures has gone

    asyncio.run(serve())


def handling() -> dict[str, Any]:
    """The time in us from an update's bytes to the API call that answers it, without database and network; beside what the
    library takes to make its own objects of the same update, parsed already. Medians, and the first as a share of the second."""
    policy, texts = load_policy(), load_texts("zh", "Asia/Shanghai")
    me, key, raw = Me(int(ACCOUNT), USERNAME), callbacks.key_of(TOKEN), _update()
    parsed = json.loads(raw)
    reply = Reply(
        "reported",
        {
            "serial": 7,
            "category": "市政设施",
            "role": "grid_worker",
            "name": "王师傅",
            "deadline_at": "2026-11-26T10:00:00+00:00",
        },
    )

    def ours() -> None:
        update = parse(raw)
        assert update is not None
        assert update.message is not None
        heard = message([update.message], me)
        assert heard is not None
        assert is_for_bot(heard.incoming, policy)
        commands.parse(heard.incoming.text, policy.bot_name)
        rendered = Rendered(texts.render(reply), reply.key, dict(reply.params), answers=heard.incoming.message_id)
        assert outgoing.calls(1, heard.incoming.chat, rendered, key)

    def library() -> None:
        assert Update.de_json(parsed, None).message is not None

    times: dict[Callable[[], None], list[float]] = {ours: [], library: []}
    for turn in range(-1, 4 * ROUNDS):
        for way, found in times.items():
            began = time.perf_counter()
            for _ in range(HANDLED):
                way()
            if turn >= 0:
                found.append((time.perf_counter() - began) / HANDLED * 1e6)
    handled, objects = statistics.median(times[ours]), statistics.median(times[library])
    return {
        "handle_us": round(handled, 1),
        "library_objects_us": round(objects, 1),
        "ratio": round(handled / objects, 2),
    }


def _update() -> bytes:
    """A report said to the bot in a group, as Telegram sends it."""
    standin = StandIn(TOKEN, username=USERNAME, now=lambda: datetime(2026, 11, 23, 1, 30, tzinfo=UTC))
    standin.add_user(PERSON, "李秀兰", username="lixiulan")
    standin.add_group(FIRST_GROUP, "3号楼群", [PERSON])
    standin.say(FIRST_GROUP, PERSON, REPORT)
    return json.dumps(standin.updates[-1], ensure_ascii=False).encode()


def _group(n: int) -> int:
    return FIRST_GROUP - n % GROUPS


async def _no_picture(name: str) -> bytes:
    raise KeyError(name)


async def _nothing() -> None:
    return
