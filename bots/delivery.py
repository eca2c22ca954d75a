"""The one way out: what was written down is claimed, put into words, sent and settled, on whatever channel."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from datetime import datetime, timedelta

from bots.channel import Rendered, Transport, TransportError
from bots.clock import Clock
from bots.texts import Texts
from core.messages import Reply, Urgency
from storage.outbox import Address, OutgoingState, Queued, When
from storage.unit_of_work import Database, Unit, at_once

logger = logging.getLogger(__name__)

LEASE = timedelta(seconds=60)  # a send that takes longer is given up as unknown
SEND_TIMEOUT_S = 30.0
BATCH = 20
TRIES = 8  # of a message that the platform says it did not take


def backoff(attempts: int) -> timedelta:
    """How long to wait before the next try: 2 s, doubling, at most 10 minutes."""
    return min(timedelta(seconds=2**attempts), timedelta(minutes=10))


class Delivery:
    """`transports` are the channels by name; `when` says from when on something of an urgency may be said."""

    def __init__(
        self, db: Database, texts: Texts, clock: Clock, transports: Mapping[str, Transport], when: When = at_once
    ) -> None:
        self._db, self._texts, self._clock, self._transports, self._when = db, texts, clock, transports, when

    async def send_due(self) -> int:
        """Send what is due, in the order of each chat; returns how many there were. A process without doors sends nothing."""
        if not self._transports:
            return 0

        await self._doubt(self._clock.now())

        async def claim(uow: Unit) -> tuple[tuple[Queued, Address | None], ...]:
            claimed = await uow.outgoing.claim(self._clock.now(), BATCH, LEASE)
            return tuple([(row, await uow.outgoing.address_of(row)) for row in claimed])

        claimed = await self._db.run(claim)
        # Side by side, since each goes to another chat: one that does not answer must not use up the others' lease.
        await asyncio.gather(*(self._send(row, address) for row, address in claimed))
        return len(claimed)

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

    async def _send(self, row: Queued, address: Address | None) -> None:
        transport = self._transports.get(address.channel) if address else None
        if address is None or transport is None:
            await self._settle(row, OutgoingState.FAILED, error="there is no channel to say it on")
            return
        opens = self._when(row.urgency, self._clock.now())
        if opens > self._clock.now():  # late at night after a standstill: what missed its hours waits for the next ones
            await self._settle(row, OutgoingState.WAITING, not_before=opens)
            return
        if row.attempts > 1 and transport.can_tell():  # an earlier try may have arrived
            receipt = await transport.was_delivered(row.id)
            if receipt is not None:
                await self._settle(row, OutgoingState.SENT, receipt=receipt)
                return
        try:
            async with asyncio.timeout(SEND_TIMEOUT_S):
                receipt = await transport.deliver(row.id, address.chat, self.render(row.reply))
        except TimeoutError:
            if transport.can_tell():
                return  # asked when the lease ends: it may still be arriving
            await self._settle(row, OutgoingState.UNKNOWN, error="no answer in time")
        except TransportError as error:
            if error.permanent or row.attempts >= TRIES:
                await self._settle(row, OutgoingState.FAILED, error=str(error))
            else:
                later = self._clock.now() + backoff(row.attempts)
                await self._settle(row, OutgoingState.WAITING, error=str(error), not_before=later)
        except Exception as error:  # a sentence that cannot be rendered, a bug of ours: seen by staff, not lost
            logger.exception("cannot say outgoing=%d key=%s", row.id, row.reply.key)
            await self._settle(row, OutgoingState.FAILED, error=repr(error)[:300])
        else:
            await self._settle(row, OutgoingState.SENT, receipt=receipt)

    async def _settle(
        self,
        row: Queued,
        state: OutgoingState,
        receipt: str = "",
        error: str = "",
        not_before: datetime | None = None,
    ) -> None:
        async def work(uow: Unit) -> None:
            await uow.outgoing.settle(row.id, state, receipt=receipt, error=error, not_before=not_before)

        await self._db.run(work)
        logger.info("outgoing=%d key=%s state=%s", row.id, row.reply.key, state)

    async def recover(self) -> None:
        """At the start, when no other process shares the database: whatever was being sent was cut off by a crash."""
        await self._doubt(self._clock.now() + LEASE)

    async def _doubt(self, until: datetime) -> None:
        """What was being sent when its lease ended is unknown; where the channel can tell, it is settled at once."""

        async def expire(uow: Unit) -> tuple[tuple[Queued, Address | None], ...]:
            lost = [await uow.outgoing.get(one) for one in await uow.outgoing.expire(until)]
            return tuple([(row, await uow.outgoing.address_of(row)) for row in lost if row is not None])

        for row, address in await self._db.run(expire):
            transport = self._transports.get(address.channel) if address else None
            logger.info("nobody knew whether it arrived outgoing=%d", row.id)
            if transport is None or not transport.can_tell():
                continue
            receipt = await transport.was_delivered(row.id)
            if receipt is not None:
                await self._settle(row, OutgoingState.SENT, receipt=receipt)
            elif row.attempts >= TRIES:
                await self._settle(row, OutgoingState.FAILED, error="it never arrived")
            else:
                await self._settle(row, OutgoingState.WAITING, not_before=self._clock.now())
