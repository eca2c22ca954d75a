"""What must be said is said: in order, in its hours, to a group once at most, to a person once at least."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from bots import delivery
from bots.app import Huying, leaves_at
from bots.channel import Rendered, TransportError
from bots.community import load_policy
from bots.delivery import LEASE, TRIES, Delivery, backoff
from bots.practice.clock import ZONE
from bots.practice.room import Post
from bots.practice.values import BOT, Message
from bots.texts import load_texts
from core.messages import Audience, ChatKind, Outgoing, Reply, Urgency
from core.people import Role
from storage.outbox import OutgoingState, Queued
from storage.unit_of_work import Database, Unit
from tests.conftest import MONDAY, Opens

THANKS, OK = Reply("thanks"), Reply("ok")
DAY = timedelta(days=1)


@dataclass
class Clock:
    """Stands still until it is set."""

    at: datetime = MONDAY

    def now(self) -> datetime:
        return self.at

    async def set(self, to: datetime) -> None:
        self.at = to


@dataclass
class Platform:
    """A platform of the test's: keeps what arrived; `does` is what else happens when something is sent there."""

    tells: bool = False
    arrived: list[tuple[int, str, str]] = field(default_factory=list)
    calls: list[int] = field(default_factory=list)
    does: Callable[[int], None] = lambda outgoing: None
    after: Callable[[int], None] = lambda outgoing: None

    async def deliver(self, outgoing: int, chat: str, rendered: Rendered) -> str:
        self.calls.append(outgoing)
        self.does(outgoing)
        self.arrived.append((outgoing, chat, rendered.key))
        self.after(outgoing)
        return f"m{outgoing}"

    async def was_delivered(self, outgoing: int) -> str | None:
        return next((f"m{one}" for one, _, _ in self.arrived if one == outgoing), None) if self.tells else None

    def can_tell(self) -> bool:
        return self.tells


def times_out(_: int) -> None:
    raise TimeoutError


@dataclass
class Stand:
    db: Database
    clock: Clock
    platform: Platform
    delivery: Delivery
    group: int
    other_group: int
    person: int
    silent: int

    async def add(self, *outgoing: Outgoing) -> None:
        await self.db.run(lambda uow: uow.outgoing.add(*outgoing))

    async def post(self, key: str, reply: Reply = THANKS, urgency: Urgency = Urgency.POST, chat: int = 0) -> None:
        await self.add(Outgoing(key, reply, chat=chat or self.group, urgency=urgency))

    async def notice(self, key: str, reply: Reply = THANKS, urgency: Urgency = Urgency.NOTICE) -> None:
        await self.add(Outgoing(key, reply, person=self.person, urgency=urgency))

    async def row(self, key: str) -> Queued:
        async def look(uow: Unit) -> Queued:
            found = await uow.session.one("SELECT id FROM outgoing WHERE key = ?", key)
            assert found is not None
            queued = await uow.outgoing.get(found["id"])
            assert queued is not None
            return queued

        return await self.db.read(look)

    async def state(self, key: str) -> OutgoingState:
        return (await self.row(key)).state

    async def passes(self, by: timedelta, step: timedelta = timedelta(seconds=10)) -> None:
        """Time goes by, and the loop comes round every so often."""
        until = self.clock.at + by
        while self.clock.at < until:
            self.clock.at += step
            await self.delivery.send_due()


@pytest.fixture
async def stand(tmp_path: Path) -> AsyncIterator[Stand]:
    clock, platform, policy = Clock(), Platform(), load_policy()
    when = lambda urgency, now: leaves_at(policy, urgency, now)  # noqa: E731
    db = await Database.open(f"sqlite://{tmp_path / 'huying.db'}", clock=clock.now, when=when)

    async def settle_in(uow: Unit) -> tuple[int, int, int, int]:
        chats = [
            await uow.registry.add_chat("fake", "a", name, ChatKind.GROUP, Audience.RESIDENTS, "xiuyue-3", "xiuyue")
            for name in ("group", "other")
        ]
        person, silent = [
            await uow.registry.register("fake", "a", name, name, Role.RESIDENT, "xiuyue-3", "xiuyue", direct)
            for name, direct in (("li", "direct-li"), ("silent", ""))
        ]
        return chats[0].id, chats[1].id, person.id, silent.id

    try:
        ids = await db.run(settle_in)
        texts = load_texts("zh", policy.calendar.zone)
        yield Stand(db, clock, platform, Delivery(db, texts, clock, {"fake": platform}), *ids)
    finally:
        await db.close()


async def test_a_permanent_error_fails_at_once_and_is_never_tried_again(stand: Stand) -> None:
    def kicked(_: int) -> None:
        raise TransportError("bot was kicked from the group", permanent=True)

    stand.platform.does = kicked
    await stand.post("post")
    await stand.passes(timedelta(minutes=5))
    row = await stand.row("post")
    assert (row.state, row.attempts, row.error) == (OutgoingState.FAILED, 1, "bot was kicked from the group")
    assert len(stand.platform.calls) == 1


async def test_a_passing_error_is_tried_again_later_and_later_until_it_works(stand: Stand) -> None:
    tried: list[datetime] = []

    def busy(_: int) -> None:
        tried.append(stand.clock.at)
        if len(tried) < 5:
            raise TransportError("429")

    stand.platform.does = busy
    await stand.post("post")
    await stand.delivery.send_due()
    await stand.passes(timedelta(minutes=2), timedelta(seconds=1))
    assert [after - before for before, after in pairwise(tried)] == [backoff(n) for n in range(1, 5)]
    assert (await stand.row("post")).receipt == "m1"
    assert len(stand.platform.arrived) == 1


async def test_a_passing_error_that_does_not_pass_fails_in_the_end(stand: Stand) -> None:
    def busy(_: int) -> None:
        raise TransportError("500")

    stand.platform.does = busy
    await stand.post("post")
    await stand.passes(timedelta(hours=1))
    assert (await stand.state("post"), len(stand.platform.calls)) == (OutgoingState.FAILED, TRIES)


@pytest.mark.parametrize("arrives", [True, False])
async def test_a_post_to_a_group_that_got_no_answer_stays_unknown_and_is_never_sent_again(
    stand: Stand, arrives: bool
) -> None:
    stand.platform.after, stand.platform.does = (
        (times_out, stand.platform.does) if arrives else (stand.platform.after, times_out)
    )
    await stand.post("post")
    await stand.passes(2 * DAY, timedelta(minutes=10))
    assert await stand.state("post") == OutgoingState.UNKNOWN
    assert len(stand.platform.calls) == 1


async def test_a_personal_notice_that_got_no_answer_is_sent_once_more_after_a_minute_and_no_third_time(
    stand: Stand,
) -> None:
    stand.platform.after = times_out
    await stand.notice("notice")
    await stand.delivery.send_due()
    stand.clock.at += timedelta(seconds=59)
    await stand.delivery.send_due()
    assert len(stand.platform.calls) == 1
    stand.clock.at += timedelta(seconds=1)
    await stand.delivery.send_due()
    assert len(stand.platform.calls) == 2
    await stand.passes(DAY, timedelta(minutes=10))
    assert len(stand.platform.calls) == 2
    assert await stand.state("notice") == OutgoingState.UNKNOWN


async def test_a_platform_that_can_tell_is_asked_instead_of_being_sent_the_same_twice(stand: Stand) -> None:
    stand.platform.tells, stand.platform.after = True, times_out
    await stand.post("post")
    await stand.notice("notice")
    await stand.passes(timedelta(minutes=10))
    assert [(await stand.row(key)).receipt for key in ("post", "notice")] == ["m1", "m2"]
    assert len(stand.platform.calls) == 2


async def test_a_platform_that_says_it_did_not_arrive_gets_it_again_but_not_for_ever(stand: Stand) -> None:
    stand.platform.tells, stand.platform.does = True, times_out
    await stand.post("lost")
    await stand.passes(timedelta(minutes=2))
    assert len(stand.platform.calls) == 2
    stand.platform.does = lambda outgoing: None
    await stand.passes(timedelta(minutes=2))
    assert (await stand.state("lost"), len(stand.platform.arrived)) == (OutgoingState.SENT, 1)
    stand.platform.calls.clear()
    stand.platform.does = times_out
    await stand.post("never")
    await stand.passes(timedelta(hours=2))
    assert (await stand.state("never"), len(stand.platform.calls)) == (OutgoingState.FAILED, TRIES)


async def test_what_a_crash_cut_off_while_it_was_sent_is_told_at_the_next_start(stand: Stand) -> None:
    await stand.post("post")
    await stand.notice("notice")
    await stand.add(Outgoing("answer", OK, chat=stand.other_group, urgency=Urgency.DOOR))  # no door ever said it
    claimed = await stand.db.run(lambda uow: uow.outgoing.claim(stand.clock.at, 20, LEASE))
    assert [row.key for row in claimed] == ["post", "notice"]
    again = Delivery(stand.db, load_texts("zh", "Asia/Shanghai"), stand.clock, {"fake": stand.platform})
    await again.recover()
    assert [await stand.state(key) for key in ("post", "notice", "answer")] == [OutgoingState.UNKNOWN] * 3
    stand.clock.at += timedelta(minutes=5)
    for _ in range(3):
        await again.send_due()
    assert [chat for _, chat, _ in stand.platform.arrived] == ["direct-li"]


async def test_at_the_next_start_a_platform_that_can_tell_gets_only_what_it_has_not(stand: Stand) -> None:
    stand.platform.tells = True
    await stand.post("said")
    await stand.add(Outgoing("not said", OK, chat=stand.other_group, urgency=Urgency.DOOR))
    await stand.db.run(lambda uow: uow.outgoing.claim(stand.clock.at, 20, LEASE))
    stand.platform.arrived.append(((await stand.row("said")).id, "group", "thanks"))
    await stand.delivery.recover()
    while await stand.delivery.send_due():
        pass
    assert [chat for _, chat, _ in stand.platform.arrived] == ["group", "other"]
    assert [await stand.state(key) for key in ("said", "not said")] == [OutgoingState.SENT] * 2


async def test_what_goes_nowhere_or_cannot_be_worded_fails_and_holds_nobody_up(
    stand: Stand, caplog: pytest.LogCaptureFixture
) -> None:
    await stand.add(Outgoing("silent", THANKS, person=stand.silent))
    await stand.post("odd", Reply("no_such_sentence"))
    await stand.post("fine")
    while await stand.delivery.send_due():
        pass
    assert [await stand.state(key) for key in ("silent", "odd")] == [OutgoingState.FAILED] * 2
    assert [key for _, _, key in stand.platform.arrived] == ["thanks"]
    assert "cannot say" in caplog.text


async def test_what_is_said_in_one_chat_keeps_its_order_whatever_fails_and_other_chats_go_on(stand: Stand) -> None:
    def busy(outgoing: int) -> None:
        if outgoing == 1 and stand.platform.calls.count(1) < 3:
            raise TransportError("429")

    stand.platform.does = busy
    await stand.post("1")
    await stand.post("2", OK)
    await stand.post("3", chat=stand.other_group)
    await stand.delivery.send_due()
    assert [outgoing for outgoing, _, _ in stand.platform.arrived] == [3]
    await stand.passes(timedelta(minutes=1), timedelta(seconds=1))
    assert [outgoing for outgoing, _, _ in stand.platform.arrived] == [3, 1, 2]


async def test_a_chat_that_does_not_answer_keeps_no_other_chat_waiting(stand: Stand) -> None:
    second = asyncio.Event()

    class Slow(Platform):
        async def deliver(self, outgoing: int, chat: str, rendered: Rendered) -> str:
            if chat == "group":
                await second.wait()
            second.set()
            return await super().deliver(outgoing, chat, rendered)

    slow = Slow()
    await stand.post("slow")
    await stand.post("quick", chat=stand.other_group)
    sends = Delivery(stand.db, load_texts("zh", "Asia/Shanghai"), stand.clock, {"fake": slow})
    async with asyncio.timeout(delivery.SEND_TIMEOUT_S / 3):
        await sends.send_due()
    assert [chat for _, chat, _ in slow.arrived] == ["other", "group"]


async def test_each_thing_to_say_leaves_in_its_hours(stand: Stand) -> None:
    def local(day: int, hour: int, minute: int = 0) -> datetime:
        return datetime(2026, 11, day, hour, minute, tzinfo=ZONE).astimezone(UTC)

    for at, urgency, leaves in (
        (local(23, 22), Urgency.POST, local(24, 8)),
        (local(23, 21), Urgency.POST, local(24, 8)),  # the closing time is no longer inside
        (local(23, 20, 59), Urgency.POST, local(23, 20, 59)),
        (local(24, 3), Urgency.POST, local(24, 8)),
        (local(23, 23), Urgency.NOTICE, local(24, 7, 30)),
        (local(23, 21, 30), Urgency.NOTICE, local(23, 21, 30)),
        (local(24, 7, 29), Urgency.NOTICE, local(24, 7, 30)),
        (local(23, 23), Urgency.NOW, local(23, 23)),
    ):
        stand.clock.at = at
        key = f"{urgency}-{at}"
        await stand.notice(key, urgency=urgency)
        assert (await stand.row(key)).not_before == leaves, key
        await stand.delivery.send_due()
        stand.clock.at = leaves
        while await stand.delivery.send_due():
            pass
        assert (await stand.row(key)).sent_at == leaves, key


async def said_in(huying: Huying, chat: str, key: str) -> list[Message]:
    assert huying.room is not None
    return [one for one in await huying.room.messages(chat, 0) if one.sender == BOT and one.key == key]


async def test_a_night_in_the_community_is_quiet_but_for_what_is_urgent(opens: Opens) -> None:
    huying = await opens()
    room, worker = huying.room, huying.worker
    assert room is not None

    async def say(sender: str, text: str, chat: str = "") -> str:
        assert room is not None
        _, replies = await room.post(Post(chat or f"direct:{sender}", sender, text))
        await worker.settle()
        return replies[-1].key

    async def until(day: int, hour: int, minute: int = 0) -> None:
        await worker.settle_until(datetime(2026, 11, day, hour, minute, tzinfo=ZONE))

    def clock_of(messages: list[Message]) -> list[str]:
        return [f"{one.at.astimezone(ZONE):%d %H:%M}" for one in messages]

    for serial, matter in ((1, "路灯不亮"), (2, "电梯坏了")):
        await say("li-xiulan", f"3号楼{matter}")
        await say("wang-shifu", f"办结 {serial} 好了")
        await say("li-xiulan", f"评价 {serial} 5")
    await until(23, 22)
    assert await say("liu-min", "通过 L1") == await say("liu-min", "通过 L2") == "log_approved"
    await until(23, 23)
    await say("zhao-yi", "门口垃圾没人清")
    await say("zhao-yi", "楼道着火了，冒烟")
    await say("li-xiulan", "未解决 2 又坏了")  # its post waits for the morning, and now never comes
    await until(24, 12)
    assert clock_of(await said_in(huying, "direct:wang-shifu", "assigned"))[2:] == ["24 07:30"]
    assert clock_of(await said_in(huying, "direct:wang-shifu", "assigned_urgent")) == ["23 23:00"]
    assert clock_of(await said_in(huying, "direct:wang-shifu", "reopened_for_handler")) == ["24 07:30"]
    posts = await said_in(huying, "xiuyue-3-residents", "log_posted")
    assert [(one.params["log"], f"{one.at.astimezone(ZONE):%d %H:%M}") for one in posts] == [("L1", "24 08:00")]
