"""The one way out: what was written down is claimed, kept to the platform's pace, put into words, sent and settled."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bots import membership
from bots.channel import Moved, Rendered, Transport, TransportError, Unanswered, Unreachable
from bots.clock import Clock
from bots.texts import Texts
from core.facts import Fact, FactKind
from core.messages import Audience, ChatKind, Json, Reply, Urgency
from storage.addresses import Address
from storage.outbox import OutgoingState, Queued, When
from storage.together import Together
from storage.unit_of_work import Database, Unit, at_once

logger = logging.getLogger(__name__)

LEASE = timedelta(seconds=60)  # a send that takes longer is given up as unknown
SEND_TIMEOUT = timedelta(seconds=30)
BATCH = 20
SOON = timedelta(seconds=1)  # what the account may say only later is left to whoever is free then
PATIENCE_S = 1.0  # how long a pass waits for what does not answer before the next one begins beside it
TRIES = 20  # of a message that the platform says it did not take: two hours, in which its chat waits for it


def backoff(attempts: int) -> timedelta:
    """How long to wait before the next try: 2 s, doubling, at most 10 minutes."""
    return min(timedelta(seconds=2 ** min(attempts, 10)), timedelta(minutes=10))


@dataclass(frozen=True, slots=True)
class Ready:
    """A claimed row in words, with where it goes and from when on the platform's pace lets it.

    `weight`: how many messages the platform counts. `until`: when it must have begun, or its lease might end meanwhile.
    """

    row: Queued
    address: Address
    transport: Transport
    rendered: Rendered
    weight: int
    at: datetime
    until: datetime


class Delivery:
    """`transports` are the channels by name; `when` says from when on something of an urgency may be said."""

    def __init__(
        self, db: Database, texts: Texts, clock: Clock, transports: Mapping[str, Transport], when: When = at_once
    ) -> None:
        self._db, self._texts, self._clock, self._transports, self._when = db, texts, clock, transports, when
        self._together = Together(db)
        self._under_way: set[asyncio.Task[None]] = set()

    async def send_due(self) -> int:
        """Send what is due, in the order of each chat; returns how many there were, and are still under way.

        A process without doors sends nothing.
        """
        if not self._transports:
            return 0
        now = self._clock.now()  # one moment for all of it: what is not due at it is not overtaken by what came after
        await self._doubt(now)
        claimed, ready = await self._db.run(lambda uow: self._claim(now, uow))
        # Side by side, since each goes to another chat: one that does not answer must not use up the others' lease.
        self._under_way |= {asyncio.create_task(self._send(one)) for one in ready}
        await self._wait(PATIENCE_S)
        return claimed + len(self._under_way)

    async def finish(self) -> None:
        """Wait for what is under way."""
        await self._wait(None)

    async def _wait(self, seconds: float | None) -> None:
        if not self._under_way:
            return
        done, self._under_way = await asyncio.wait(self._under_way, timeout=seconds)
        failures = [error for task in done if (error := task.exception()) is not None]
        if failures:  # the worker tells of it; what they were sending is unknown when its lease ends
            raise failures[0]

    async def _claim(self, now: datetime, uow: Unit) -> tuple[int, Sequence[Ready]]:
        """How many are due, and those that can be said. In one unit: when it fails, nobody has claimed anything."""
        rows = await uow.outgoing.claim(now, BATCH, LEASE)
        prepared: list[Ready] = []
        for row in rows:
            prepared += await self._prepared(row, now, uow)
        return len(rows), await self._paced(prepared, now, uow)

    async def answers(self, inbox: int) -> tuple[tuple[Queued, Rendered], ...]:
        """What a message was answered with, in words, for the door that took it to say at once."""
        rows = await self._db.read(lambda uow: uow.outgoing.rows_of_inbox(inbox))
        return tuple((row, self.render(row.reply)) for row in rows if row.urgency is Urgency.DOOR)

    async def said(self, receipts: Mapping[int, str]) -> None:
        """The door has said them."""

        async def work(uow: Unit) -> None:
            for outgoing, receipt in receipts.items():
                await uow.outgoing.settle(outgoing, OutgoingState.SENT, receipt=receipt)

        await self._db.run(work)

    def render(self, reply: Reply) -> Rendered:
        """The reply in words."""
        choices = tuple((choice.id, self._texts.label(choice)) for choice in reply.choices)
        return Rendered(self._texts.render(reply), reply.key, dict(reply.params), choices, reply.images)

    async def _prepared(self, row: Queued, now: datetime, uow: Unit) -> Sequence[Ready]:
        """The row in words, where it can be said now; else it is settled and there is nothing."""
        opens = self._when(row.urgency, now)
        address = await uow.addresses.of(row, tuple(self._transports))
        transport = self._transports.get(address.channel) if address else None
        if address is None and row.person is not None:
            await _settle(uow, row, OutgoingState.HELD, error="the person cannot be spoken to 1:1")
        elif address is None or transport is None:
            await _settle(uow, row, OutgoingState.FAILED, address, error="there is no channel to say it on")
        elif opens > now:  # late at night after a standstill: what missed its hours waits for the next ones
            await uow.outgoing.put_back(row, opens, keeps_place=False)
        else:
            try:
                rendered = replace(self.render(row.reply), answers=address.answers)
                weight = transport.weight(address.kind, rendered)
                return (Ready(row, address, transport, rendered, weight, now, now + LEASE - SEND_TIMEOUT),)
            except Exception as error:  # a sentence that cannot be rendered: seen by staff, not lost
                logger.exception("cannot put into words outgoing=%d key=%s", row.id, row.reply.key)
                await _settle(uow, row, OutgoingState.FAILED, address, error=repr(error)[:300])
        return ()

    async def _paced(self, ready: Sequence[Ready], now: datetime, uow: Unit) -> Sequence[Ready]:
        """Those whose chat may be spoken to when it is their turn in what the account may say; the others are put back.

        Accounts are held in the order of their keys, before their chats: no two processes wait for each other in a circle.
        """
        paced: list[Ready] = []
        for account in sorted({_account_key(one.address) for one in ready}):
            some = [one for one in ready if _account_key(one.address) == account]
            overall, taken = some[0].transport.capabilities.overall, 0
            tat = await uow.pace.hold(account, overall, now) if overall else now
            for one in some:
                at = overall.moment(tat + taken * overall.cost, one.weight, now) if overall else now
                if at > now + SOON:
                    await uow.outgoing.put_back(one.row, at - SOON / 2)
                    continue
                rate = one.transport.capabilities.per_chat(one.address.kind)
                rests = await uow.pace.take(_chat_key(one.address), rate, one.weight, at) if rate else None
                if rests is None:
                    paced.append(replace(one, at=at))
                    taken += one.weight
                else:
                    await uow.outgoing.put_back(one.row, rests)
            if overall and taken:
                await uow.pace.reserve(account, overall, taken, now)
        return paced

    async def _send(self, one: Ready) -> None:
        row, address, transport = one.row, one.address, one.transport
        can_tell = transport.capabilities.can_tell
        if row.attempts > 1 and can_tell:  # an earlier try may have arrived
            receipt = await transport.was_delivered(row.id)
            if receipt is not None:
                await self._settle(row, OutgoingState.SENT, receipts=(receipt,))
                return
        await self._clock.wait_until(one.at)
        if self._clock.now() > one.until:  # the process stood still: somebody else may hold it for unknown already
            await self._together.run(lambda uow: uow.outgoing.put_back(row, one.at))
            return
        try:
            async with asyncio.timeout(SEND_TIMEOUT.total_seconds()):
                receipts = await transport.deliver(row.id, address.chat, one.rendered, row.said)
        except (TimeoutError, Unanswered) as error:
            if not can_tell:  # else asked when the lease ends: it may still be arriving
                said = error.said if isinstance(error, Unanswered) else row.said
                await self._settle(row, OutgoingState.UNKNOWN, address, said, str(error) or "no answer in time")
        except TransportError as error:
            await self._not_taken(one, error)
        except Exception as error:  # a bug of ours: seen by staff, not lost
            logger.exception("cannot say outgoing=%d key=%s", row.id, row.reply.key)
            await self._settle(row, OutgoingState.FAILED, address, row.said, repr(error)[:300])
        else:
            await self._settle(row, OutgoingState.SENT, address, receipts)
            if not address.active:  # as after a night in which nobody might write there, of which no platform tells
                channel, account, chat = address.channel, address.account, _whole(address.chat)
                await self._together.run(lambda uow: membership.found(channel, account, chat, uow))

    async def _not_taken(self, one: Ready, error: TransportError) -> None:
        """The platform refused it: for good, for a while, or because the chat is not what it was."""
        row, address, now = one.row, one.address, self._clock.now()

        async def work(uow: Unit) -> None:
            channel, account, chat = address.channel, address.account, address.chat
            again, at, words, said = True, now, str(error), error.said or row.said
            told: Address | None = address
            if isinstance(error, Moved):
                await uow.chats.move(channel, account, _whole(chat), error.to)
                again = error.to != _whole(chat) and row.attempts < TRIES
            elif isinstance(error, Unreachable):
                again = address.kind == ChatKind.DIRECT  # on another channel, or held: from its beginning
                if again:
                    said = ()
                    await membership.silenced(channel, account, chat, uow)
                else:
                    await membership.lost(channel, account, _whole(chat), words, uow)
                    told = None  # that the group is lost says it
            elif error.permanent or row.attempts >= TRIES:
                again = False
            else:
                at = now + (error.after or backoff(row.attempts))
                rate = one.transport.capabilities.per_chat(address.kind)
                if error.after is not None and rate is not None:
                    await uow.pace.rest(_chat_key(address), rate, at)
            if again:
                await _settle(uow, row, OutgoingState.WAITING, address, said, words, at)
            else:
                await _settle(uow, row, OutgoingState.FAILED, told, said, words)

        await self._together.run(work)
        logger.info("outgoing=%d key=%s was not taken: %s", row.id, row.reply.key, error)

    async def _settle(
        self,
        row: Queued,
        state: OutgoingState,
        address: Address | None = None,
        receipts: Sequence[str] = (),
        error: str = "",
        not_before: datetime | None = None,
    ) -> None:
        await self._together.run(lambda uow: _settle(uow, row, state, address, receipts, error, not_before))
        logger.info("outgoing=%d key=%s state=%s", row.id, row.reply.key, state)

    async def recover(self) -> None:
        """At the start, when no other process shares the database: whatever was being sent was cut off by a crash."""
        await self._doubt(self._clock.now() + LEASE)

    async def _doubt(self, until: datetime) -> None:
        """What was being sent when its lease ended is unknown; where the channel can tell, it is settled at once."""
        channels = tuple(self._transports)

        async def expire(uow: Unit) -> list[tuple[Queued, Address | None]]:
            lost = [await uow.outgoing.get(one) for one in await uow.outgoing.expire(until)]
            found = [(row, await uow.addresses.of(row, channels)) for row in lost if row is not None]
            for row, address in found:
                transport = self._transports.get(address.channel) if address else None
                if transport is None or not transport.capabilities.can_tell:
                    await _trouble(uow, row, OutgoingState.UNKNOWN, address, "the lease ended")
            return found

        for row, address in await self._db.run(expire):
            transport = self._transports.get(address.channel) if address else None
            logger.info("nobody knew whether it arrived outgoing=%d", row.id)
            if transport is None or not transport.capabilities.can_tell:
                continue
            receipt = await transport.was_delivered(row.id)
            if receipt is not None:
                await self._settle(row, OutgoingState.SENT, receipts=(receipt,))
            elif row.attempts >= TRIES:
                await self._settle(row, OutgoingState.FAILED, address, error="it never arrived")
            else:
                await self._settle(row, OutgoingState.WAITING, not_before=self._clock.now())


async def _settle(
    uow: Unit,
    row: Queued,
    state: OutgoingState,
    address: Address | None = None,
    receipts: Sequence[str] = (),
    error: str = "",
    not_before: datetime | None = None,
) -> None:
    await uow.outgoing.settle(row.id, state, receipt=" ".join(receipts), error=error, not_before=not_before)
    await _trouble(uow, row, state, address, error)


async def _trouble(uow: Unit, row: Queued, state: OutgoingState, address: Address | None, error: str) -> None:
    """A post that may not have arrived, or never will, is a fact, so that staff hear of it; but not one to themselves."""
    if state not in (OutgoingState.UNKNOWN, OutgoingState.FAILED) or address is None:
        return
    if address.kind == ChatKind.DIRECT or address.audience == Audience.STAFF or not address.community:
        return
    said: dict[str, Json] = {
        "outgoing": row.id,
        "title": address.title,
        "state": state,
        "reason": error,
        "key": row.reply.key,
    }
    await uow.facts.append(Fact(address.community, FactKind.POST_TROUBLED, uow.now, data=said))


def _whole(chat: str) -> str:
    """The group that a chat is, or is a topic of."""
    return chat.partition("/")[0]


def _chat_key(address: Address) -> str:
    return f"{address.channel}:{address.account}:{_whole(address.chat)}"


def _account_key(address: Address) -> str:
    return f"{address.channel}:{address.account}"
