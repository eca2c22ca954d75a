"""What must be said is said: in order, in its hours, to a group once at most, to a person once at least."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from bots import delivery
from bots.app import Huying, leaves_at
from bots.channel import Capabilities, Moved, Rendered, TransportError, Unanswered, Unreachable
from bots.community import load_policy
from bots.delivery import LEASE, TRIES, Delivery, backoff
from bots.practice.clock import ZONE
from bots.practice.room import Post
from bots.practice.values import BOT, CAPABILITIES, Message
from bots.texts import load_texts
from core.facts import FactKind
from core.messages import Audience, ChatKind, Outgoing, Reply, Urgency
from core.people import Role
from storage.outbox import HELD_FOR, OutgoingState, Queued
from storage.pace import Rate
from storage.sql import Row, unpack
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

    async def wait_until(self, at: datetime) -> None:
        self.at = max(self.at, at)


@dataclass
class Platform:
    """A platform of the test's: keeps what arrived; `does` is what else happens when something is sent there.

    A picture weighs one, and so do the words of a message without one. `given` is what was said of each call before.
    """

    tells: bool = False
    per_group: Rate | None = None
    overall: Rate | None = None
    given: list[tuple[str, ...]] = field(default_factory=list)
    arrived: list[tuple[int, str, str]] = field(default_factory=list)
    calls: list[int] = field(default_factory=list)
    does: Callable[[int], None] = lambda outgoing: None
    after: Callable[[int], None] = lambda outgoing: None

    @property
    def capabilities(self) -> Capabilities:
        return replace(
            CAPABILITIES, channel="fake", can_tell=self.tells, per_group=self.per_group, overall=self.overall
        )

    def weight(self, kind: ChatKind, rendered: Rendered) -> int:
        return max(1, len(rendered.images))

    async def deliver(
        self, outgoing: int, chat: str, rendered: Rendered, said: tuple[str, ...] = ()
    ) -> tuple[str, ...]:
        self.calls.append(outgoing)
        self.given.append(said)
        self.does(outgoing)
        self.arrived.append((outgoing, chat, rendered.key))
        self.after(outgoing)
        return (f"m{outgoing}",)

    async def was_delivered(self, outgoing: int) -> str | None:
        return next((f"m{one}" for one, _, _ in self.arrived if one == outgoing), None) if self.tells else None


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

    async def rows(self, sql: str, *values: str) -> list[Row]:
        return list(await self.db.read(lambda uow: uow.session.all(sql, *values)))

    async def facts(self, kind: FactKind) -> list[dict[str, Any]]:
        return [
            {**unpack(row["data"]), "community": row["community"]}
            for row in await self.rows("SELECT community, data FROM fact WHERE kind = ? ORDER BY id", kind)
        ]

    def raises(self, *errors: Exception) -> None:
        """The next calls raise these, one after another; then all is well."""
        waiting = list(errors)

        def does(_: int) -> None:
            if waiting:
                raise waiting.pop(0)

        self.platform.does = does

    async def passes(self, by: timedelta, step: timedelta = timedelta(seconds=10)) -> None:
        """Time goes by, and the loop comes round every so often."""
        until = self.clock.at + by
        while self.clock.at < until:
            self.clock.at += step
            await self.delivery.send_due()


@pytest.fixture
async def stand(migrated: Path, tmp_path: Path) -> AsyncIterator[Stand]:
    clock, platform, policy = Clock(), Platform(), load_policy()
    when = lambda urgency, now: leaves_at(policy, urgency, now)  # noqa: E731
    shutil.copy(migrated, tmp_path / "huying.db")
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
    await stand.passes(timedelta(hours=3), timedelta(minutes=1))
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
    assert [await stand.state(key) for key in ("silent", "odd")] == [OutgoingState.HELD, OutgoingState.FAILED]
    assert [key for _, _, key in stand.platform.arrived] == ["thanks"]
    assert "cannot put into words" in caplog.text


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
        async def deliver(
            self, outgoing: int, chat: str, rendered: Rendered, said: tuple[str, ...] = ()
        ) -> tuple[str, ...]:
            if chat == "group":
                await second.wait()
            second.set()
            return await super().deliver(outgoing, chat, rendered)

    slow = Slow()
    await stand.post("slow")
    await stand.post("quick", chat=stand.other_group)
    sends = Delivery(stand.db, load_texts("zh", "Asia/Shanghai"), stand.clock, {"fake": slow})
    async with asyncio.timeout(delivery.SEND_TIMEOUT.total_seconds() / 3):
        await sends.send_due()
    assert [chat for _, chat, _ in slow.arrived] == ["other", "group"]


async def test_a_chat_that_does_not_answer_keeps_nobody_waiting_who_comes_later(
    stand: Stand, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delivery, "PATIENCE_S", 0.01)
    answers = asyncio.Event()

    class Slow(Platform):
        async def deliver(
            self, outgoing: int, chat: str, rendered: Rendered, said: tuple[str, ...] = ()
        ) -> tuple[str, ...]:
            if chat == "group":
                await answers.wait()
            return await super().deliver(outgoing, chat, rendered)

    slow = Slow()
    sends = Delivery(stand.db, load_texts("zh", "Asia/Shanghai"), stand.clock, {"fake": slow})
    await stand.post("slow")
    assert await sends.send_due() == 2  # it was due, and it is under way
    await stand.post("after it", OK)
    await stand.post("quick", chat=stand.other_group)
    assert await sends.send_due() == 2
    assert await sends.send_due() == 1
    assert [chat for _, chat, _ in slow.arrived] == ["other"]
    answers.set()
    await sends.finish()
    assert await sends.send_due() == 1
    assert await sends.send_due() == 0
    assert [(chat, key) for _, chat, key in slow.arrived[1:]] == [("group", "thanks"), ("group", "ok")]


async def test_what_the_account_may_say_only_later_is_not_claimed_until_then(stand: Stand) -> None:
    stand.platform.overall = Rate(timedelta(milliseconds=400), 1)

    async def add_chats(uow: Unit) -> list[int]:
        put, kind, audience = uow.registry.add_chat, ChatKind.GROUP, Audience.RESIDENTS
        return [(await put("fake", "a", f"g{n}", kind, audience, "xiuyue-3", "xiuyue")).id for n in range(6)]

    for chat in await stand.db.run(add_chats):
        await stand.post(f"{chat}", chat=chat)
    await stand.delivery.send_due()  # a crash makes unknown no more than what is about to be said
    assert [chat for _, chat, _ in stand.platform.arrived] == ["g0", "g1", "g2"]
    assert stand.clock.at == MONDAY + timedelta(milliseconds=800)
    while await stand.delivery.send_due():
        pass
    assert [chat for _, chat, _ in stand.platform.arrived] == [f"g{n}" for n in range(6)]
    assert stand.clock.at == MONDAY + 5 * timedelta(milliseconds=400)


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


async def test_what_got_half_an_answer_stays_unknown_with_its_parts_and_staff_are_told_once(stand: Stand) -> None:
    stand.raises(Unanswered("cut off", ("m1", "m2")))
    await stand.post("post")
    await stand.passes(2 * DAY, timedelta(minutes=10))
    row = await stand.row("post")
    assert (row.state, row.said, row.error) == (OutgoingState.UNKNOWN, ("m1", "m2"), "cut off")
    (told,) = await stand.facts(FactKind.POST_TROUBLED)
    assert (told["outgoing"], told["state"], told["reason"]) == (row.id, "unknown", "cut off")
    assert told["community"] == "xiuyue"


async def test_a_notice_in_doubt_is_said_once_more_but_not_the_parts_that_arrived_and_staff_hear_nothing(
    stand: Stand,
) -> None:
    stand.raises(Unanswered("cut off", ("m1",)))
    await stand.notice("notice")
    await stand.passes(timedelta(minutes=3))
    assert stand.platform.given == [(), ("m1",)]
    assert await stand.state("notice") == OutgoingState.SENT
    assert await stand.facts(FactKind.POST_TROUBLED) == []


async def test_a_group_that_removed_the_bot_is_switched_off_and_staff_hear_of_it_once(stand: Stand) -> None:
    stand.raises(*[Unreachable("bot was kicked")] * 3)
    for key in ("1", "2"):
        await stand.post(key)
    await stand.post("elsewhere", chat=stand.other_group)
    await stand.passes(timedelta(minutes=5))
    assert [await stand.state(key) for key in ("1", "2")] == [OutgoingState.FAILED] * 2
    assert stand.platform.calls.count(1) == stand.platform.calls.count(2) == 1
    lost = await stand.facts(FactKind.CHAT_LOST)
    assert sorted(one["chat"] for one in lost) == [stand.group, stand.other_group]
    assert {one["reason"] for one in lost} == {"bot was kicked"}
    assert await stand.facts(FactKind.POST_TROUBLED) == []  # that the group is lost says it
    assert await stand.db.read(lambda uow: uow.chats.groups("xiuyue", Audience.RESIDENTS)) == ()


async def test_a_person_who_blocked_the_bot_is_held_for_and_told_from_the_beginning_when_they_are_back(
    stand: Stand,
) -> None:
    stand.raises(Unreachable("bot was blocked by the user", ("m1",)))
    await stand.notice("first")
    await stand.notice("second", OK)
    await stand.passes(timedelta(minutes=5))
    assert [await stand.state(key) for key in ("first", "second")] == [OutgoingState.HELD] * 2
    assert stand.platform.calls == [1]
    assert await stand.facts(FactKind.POST_TROUBLED) == []

    async def is_back(uow: Unit) -> int:
        await uow.registry.add_identity(stand.person, "fake", "a", "li", "direct-li")
        return await uow.outgoing.release(stand.person)

    assert await stand.db.run(is_back) == 2
    await stand.passes(timedelta(minutes=1))
    assert [key for _, _, key in stand.platform.arrived] == ["thanks", "ok"]
    assert stand.platform.given[1:] == [(), ()]


async def test_a_person_who_blocked_the_bot_on_one_channel_is_told_on_the_other_from_the_beginning(
    stand: Stand,
) -> None:
    other = Platform()
    await stand.db.run(lambda uow: uow.registry.add_identity(stand.person, "other", "b", "li", "other-li"))
    both = Delivery(stand.db, load_texts("zh", "Asia/Shanghai"), stand.clock, {"fake": stand.platform, "other": other})

    def blocked(_: int) -> None:
        raise Unreachable("bot was blocked by the user", ("m1",))

    other.does = blocked  # where they were bound last
    await stand.notice("notice")
    while await both.send_due():
        pass
    assert [chat for _, chat, _ in stand.platform.arrived] == ["direct-li"]
    assert stand.platform.given == [()]


async def test_what_was_held_for_a_person_too_long_is_not_said_any_more(stand: Stand) -> None:
    await stand.add(Outgoing("old", THANKS, person=stand.silent))
    await stand.delivery.send_due()
    stand.clock.at += HELD_FOR + timedelta(seconds=1)
    await stand.add(Outgoing("new", OK, person=stand.silent))
    await stand.delivery.send_due()
    assert [await stand.state(key) for key in ("old", "new")] == [OutgoingState.HELD] * 2

    async def arrives(uow: Unit) -> None:
        await uow.registry.add_identity(stand.silent, "fake", "a", "silent", "direct-silent")
        await uow.outgoing.release(stand.silent)

    await stand.db.run(arrives)
    while await stand.delivery.send_due():
        pass
    assert [await stand.state(key) for key in ("old", "new")] == [OutgoingState.WITHDRAWN, OutgoingState.SENT]
    assert [key for _, _, key in stand.platform.arrived] == ["ok"]


async def test_a_group_that_has_another_id_is_spoken_to_there_at_once_and_from_then_on(stand: Stand) -> None:
    stand.raises(Moved("group chat was upgraded", "supergroup", ("m1",)))
    await stand.post("first")
    await stand.post("second", OK)
    while await stand.delivery.send_due():
        pass
    assert [(chat, key) for _, chat, key in stand.platform.arrived] == [("supergroup", "thanks"), ("supergroup", "ok")]
    assert stand.platform.given == [(), ("m1",), ()]
    assert (await stand.row("first")).attempts == 2


async def test_a_group_that_is_said_to_have_moved_to_where_it_is_fails(stand: Stand) -> None:
    stand.raises(*[Moved("group chat was upgraded", "group")] * 3)
    await stand.post("post")
    await stand.passes(timedelta(minutes=5))
    assert (await stand.state("post"), stand.platform.calls) == (OutgoingState.FAILED, [1])
    assert len(await stand.facts(FactKind.POST_TROUBLED)) == 1


async def test_a_group_that_is_sent_to_and_fro_is_given_up(stand: Stand) -> None:
    def to_and_fro(_: int) -> None:
        raise Moved("group chat was upgraded", "there" if len(stand.platform.calls) % 2 else "group")

    stand.platform.does = to_and_fro
    await stand.post("post")
    for _ in range(TRIES + 5):
        await stand.delivery.send_due()
    assert (await stand.state("post"), len(stand.platform.calls)) == (OutgoingState.FAILED, TRIES)


async def test_the_parts_said_before_an_error_are_not_said_again(stand: Stand) -> None:
    stand.raises(
        TransportError("500", said=("a1", "a2")),
        TransportError("no connection"),
        TransportError("500", said=("a1", "a2", "t1")),
    )
    await stand.post("post")
    await stand.passes(timedelta(minutes=2), timedelta(seconds=1))
    assert stand.platform.given == [(), ("a1", "a2"), ("a1", "a2"), ("a1", "a2", "t1")]
    assert (await stand.row("post")).said == ("m1",)  # what the last call gave


async def test_a_rest_that_the_platform_wants_is_kept_and_the_chat_keeps_its_order(stand: Stand) -> None:
    stand.platform.per_group = Rate(timedelta(seconds=1), 5)
    stand.raises(TransportError("429", after=timedelta(seconds=17)))
    await stand.post("1")
    await stand.delivery.send_due()
    began = stand.clock.at
    for key in ("2", "3"):
        await stand.post(key, OK)
    await stand.post("elsewhere", chat=stand.other_group)
    await stand.passes(timedelta(seconds=16), timedelta(seconds=1))
    assert [chat for _, chat, _ in stand.platform.arrived] == ["other"]
    await stand.passes(timedelta(seconds=10), timedelta(seconds=1))
    assert [outgoing for outgoing, _, _ in stand.platform.arrived] == [4, 1, 2, 3]
    assert (await stand.row("1")).sent_at == began + timedelta(seconds=17)
    assert await stand.facts(FactKind.POST_TROUBLED) == []


async def test_an_album_that_waits_for_its_chat_to_rest_is_not_overtaken_by_what_is_lighter_and_comes_later(
    stand: Stand,
) -> None:
    stand.platform.per_group = Rate(timedelta(seconds=6), 5)
    await stand.post("before")
    await stand.post("album", Reply("thanks", images=tuple("abcdefghi")))
    await stand.delivery.send_due()
    await stand.delivery.send_due()
    assert (await stand.row("album")).not_before == stand.clock.at + timedelta(seconds=6)
    for n in range(4):  # each of which could be said at once
        await stand.post(f"light {n}", OK)
        await stand.passes(timedelta(seconds=1), timedelta(seconds=1))
    assert [outgoing for outgoing, _, _ in stand.platform.arrived] == [1]
    await stand.passes(timedelta(minutes=3), timedelta(seconds=1))
    assert [outgoing for outgoing, _, _ in stand.platform.arrived] == [1, 2, 3, 4, 5, 6]
    assert (await stand.row("album")).attempts == 1  # to rest is no try


async def test_a_chats_pace_counts_from_when_it_is_spoken_to_not_from_when_its_turn_was_planned(stand: Stand) -> None:
    """The account is so slow that a message is said most of a second after it was planned."""
    said: list[datetime] = []
    ms = timedelta(milliseconds=1)
    stand.platform.per_group, stand.platform.overall = Rate(6000 * ms, 1), Rate(900 * ms, 1)
    stand.platform.does = lambda outgoing: said.append(stand.clock.at) if outgoing > 1 else None
    await stand.post("elsewhere", chat=stand.other_group)
    await stand.post("1")
    await stand.post("2")
    await stand.delivery.send_due()
    await stand.passes(timedelta(seconds=20), 10 * ms)
    assert said == [MONDAY + 900 * ms, MONDAY + 6900 * ms]


async def test_a_post_that_missed_its_hours_holds_up_no_answer_of_the_night(stand: Stand) -> None:
    night = Delivery(
        stand.db,
        load_texts("zh", "Asia/Shanghai"),
        stand.clock,
        {"fake": stand.platform},
        partial(leaves_at, load_policy()),
    )
    await stand.post("post")
    stand.clock.at = datetime(2026, 11, 23, 23, tzinfo=ZONE).astimezone(UTC)  # nobody was there to send it
    await night.send_due()
    row = await stand.row("post")
    assert (row.state, row.not_before) == (
        OutgoingState.WAITING,
        datetime(2026, 11, 24, 8, tzinfo=ZONE).astimezone(UTC),
    )
    await stand.post("answer", OK, Urgency.NOW)
    await night.send_due()
    assert [key for _, _, key in stand.platform.arrived] == ["ok"]
    stand.clock.at = row.not_before
    await night.send_due()
    assert [key for _, _, key in stand.platform.arrived] == ["ok", "thanks"]


async def test_a_process_that_stood_still_until_its_lease_might_end_does_not_speak(stand: Stand) -> None:
    stand.platform.overall = Rate(timedelta(milliseconds=50), 1)

    class Asleep(Clock):
        async def wait_until(self, at: datetime) -> None:
            self.at += timedelta(hours=8)

    clock = Asleep(stand.clock.at)
    await stand.post("post")
    await Delivery(stand.db, load_texts("zh", "Asia/Shanghai"), clock, {"fake": stand.platform}).send_due()
    assert stand.platform.calls == []
    row = await stand.row("post")
    assert (row.state, row.attempts) == (OutgoingState.WAITING, 0)
    await stand.delivery.send_due()
    assert len(stand.platform.arrived) == 1


async def test_when_a_claim_fails_half_way_nothing_is_claimed(stand: Stand) -> None:
    class Breaks(Platform):
        @property
        def capabilities(self) -> Capabilities:
            raise ZeroDivisionError

    await stand.post("post")
    await stand.post("other", chat=stand.other_group)
    with pytest.raises(ZeroDivisionError):
        await Delivery(stand.db, load_texts("zh", "Asia/Shanghai"), stand.clock, {"fake": Breaks()}).send_due()
    assert [((row := await stand.row(key)).state, row.attempts) for key in ("post", "other")] == [
        (OutgoingState.WAITING, 0)
    ] * 2


async def test_a_post_on_a_channel_that_is_not_there_any_more_fails_and_staff_are_told(stand: Stand) -> None:
    await stand.post("post")
    await stand.notice("notice")
    elsewhere = Delivery(stand.db, load_texts("zh", "Asia/Shanghai"), stand.clock, {"another": Platform()})
    await elsewhere.send_due()
    assert [await stand.state(key) for key in ("post", "notice")] == [OutgoingState.FAILED, OutgoingState.HELD]
    (told,) = await stand.facts(FactKind.POST_TROUBLED)
    assert (told["title"], told["state"], told["key"]) == ("", "failed", "thanks")


@pytest.mark.parametrize("error", [Unanswered("cut off"), TransportError("no such chat", permanent=True)])
async def test_staff_are_not_told_about_a_message_to_themselves_nor_to_a_person(stand: Stand, error: Exception) -> None:
    staff = await stand.db.run(
        lambda uow: uow.registry.add_chat("fake", "a", "staff", ChatKind.GROUP, Audience.STAFF, "xiuyue", "xiuyue")
    )
    loose = await stand.db.run(
        lambda uow: uow.registry.add_chat("fake", "a", "loose", ChatKind.GROUP, Audience.RESIDENTS, "", "")
    )

    def fails(_: int) -> None:
        raise error

    stand.platform.does = fails
    await stand.post("staff", chat=staff.id)
    await stand.post("loose", chat=loose.id)
    await stand.notice("notice")
    await stand.passes(timedelta(hours=1), timedelta(minutes=5))
    expected = OutgoingState.UNKNOWN if isinstance(error, Unanswered) else OutgoingState.FAILED
    assert [await stand.state(key) for key in ("staff", "loose", "notice")] == [expected] * 3
    assert await stand.facts(FactKind.POST_TROUBLED) == []


async def test_a_bug_in_one_message_keeps_no_other_from_being_settled(
    stand: Stand, caplog: pytest.LogCaptureFixture
) -> None:
    def breaks(outgoing: int) -> None:
        if outgoing == 1:
            raise ZeroDivisionError

    stand.platform.does = breaks
    await stand.post("odd")
    await stand.post("fine", chat=stand.other_group)
    await stand.delivery.send_due()
    assert [await stand.state(key) for key in ("odd", "fine")] == [OutgoingState.FAILED, OutgoingState.SENT]
    assert "cannot say outgoing=1" in caplog.text


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
