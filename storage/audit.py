"""Is everything in order? Each finding is one line for whoever runs `huying audit`; none is what it should find."""

from __future__ import annotations

from collections.abc import Callable

from core.events import OPEN, Status
from narratives.publications import PublicationState
from points.ledger import may_go_negative
from storage.outbox import OutgoingState
from storage.sql import Row, Session, Value

LISTED = 100  # findings of one kind; more than that is one trouble, not many

# What must not be found: the question, its values, and how a row is told.
_CHECKS: tuple[tuple[str, tuple[Value, ...], Callable[[Row], str]], ...] = (
    (
        "SELECT t.community, t.key, COALESCE(sum(p.points), 0) AS total, count(p.id) AS legs FROM ledger_transaction t "
        "LEFT JOIN posting p ON p.transaction_id = t.id GROUP BY t.id, t.community, t.key "
        "HAVING COALESCE(sum(p.points), 0) <> 0 OR count(p.id) < 2",
        (),
        lambda row: f"ledger: {row['community']}/{row['key']} has {row['legs']} postings that sum to {row['total']}",
    ),
    (
        "SELECT b.account, b.points, COALESCE((SELECT sum(p.points) FROM posting p WHERE p.account = b.account), 0) "
        "AS total FROM balance b "
        "WHERE b.points <> COALESCE((SELECT sum(p.points) FROM posting p WHERE p.account = b.account), 0)",
        (),
        lambda row: f"ledger: {row['account']} shows {row['points']} and its postings sum to {row['total']}",
    ),
    (
        "SELECT DISTINCT p.account FROM posting p WHERE NOT EXISTS "
        "(SELECT 1 FROM balance b WHERE b.account = p.account)",
        (),
        lambda row: f"ledger: {row['account']} has postings and no balance",
    ),
    (
        "SELECT community, code, stock FROM reward WHERE stock < 0",
        (),
        lambda row: f"rewards: {row['community']}/{row['code']} has a stock of {row['stock']}",
    ),
    (
        "SELECT e.number FROM event e WHERE e.status <> ? AND NOT EXISTS "
        "(SELECT 1 FROM report r WHERE r.event_id = e.id)",
        (Status.MERGED,),
        lambda row: f"orphan: event {row['number']} has no report",
    ),
    (
        "SELECT e.number FROM event e WHERE NOT EXISTS (SELECT 1 FROM fact f WHERE f.event_id = e.id)",
        (),
        lambda row: f"orphan: event {row['number']} has no fact",
    ),
    (
        "SELECT e.number FROM event e WHERE (e.status = ?) <> (e.merged_into_id IS NOT NULL)",
        (Status.MERGED,),
        lambda row: f"orphan: event {row['number']} is merged into nothing, or is not merged and says so",
    ),
    (
        "SELECT e.number FROM event e WHERE e.status = ? AND e.rate_by IS NULL",
        (Status.AWAITING_FEEDBACK,),
        lambda row: f"stuck: event {row['number']} awaits stars without an end",
    ),
    (
        "SELECT l.community, l.serial FROM publication l WHERE l.state IN (?, ?) AND CAST(l.images AS TEXT) = '[]'",
        (PublicationState.WAITING, PublicationState.APPROVED),
        lambda row: f"log: {row['community']}/L{row['serial']} has no picture",
    ),
    (
        "SELECT l.community, l.serial FROM publication l WHERE l.state = ? AND l.approved_by_id IS NULL",
        (PublicationState.APPROVED,),
        lambda row: f"log: {row['community']}/L{row['serial']} was approved by nobody",
    ),
    (
        "SELECT l.community, l.serial FROM publication l JOIN event e ON e.id = l.event_id "
        f"WHERE l.state = ? AND e.status IN ({', '.join('?' * len(OPEN))})",
        (PublicationState.WAITING, *sorted(OPEN)),
        lambda row: f"log: {row['community']}/L{row['serial']} waits for approval and its event is open",
    ),
    (
        "SELECT o.id, o.key, o.error FROM outgoing o WHERE o.state IN (?, ?) ORDER BY o.id",
        (OutgoingState.UNKNOWN, OutgoingState.FAILED),
        lambda row: f"outgoing: {row['id']} {row['key']} did not surely arrive: {row['error'] or 'no reason known'}",
    ),
    (
        "SELECT o.id FROM outgoing o WHERE o.person_id IS NULL AND o.chat_id IS NULL",
        (),
        lambda row: f"outgoing: {row['id']} goes to nobody",
    ),
    (
        "SELECT f.id, f.kind, f.attempts FROM fact f WHERE f.reacted_at IS NULL AND f.attempts > 5",
        (),
        lambda row: f"fact: {row['id']} {row['kind']} was tried {row['attempts']} times",
    ),
    (
        "SELECT x.community, x.highest, COALESCE(c.value, 0) AS value FROM "
        "(SELECT community, max(serial) AS highest FROM event GROUP BY community) AS x "
        "LEFT JOIN counter c ON c.community = x.community AND c.name = 'event' WHERE x.highest > COALESCE(c.value, 0)",
        (),
        lambda row: f"counter: {row['community']} counts events to {row['value']} and has a number {row['highest']}",
    ),
    (
        "SELECT x.community, x.highest, COALESCE(c.value, 0) AS value FROM "
        "(SELECT community, max(serial) AS highest FROM publication GROUP BY community) AS x "
        "LEFT JOIN counter c ON c.community = x.community AND c.name = 'log' WHERE x.highest > COALESCE(c.value, 0)",
        (),
        lambda row: f"counter: {row['community']} counts logs to {row['value']} and has a number {row['highest']}",
    ),
)  # fmt: skip


async def audit(session: Session) -> tuple[str, ...]:
    """Every finding, at most LISTED of a kind."""
    findings: list[str] = []
    for question, values, told in _CHECKS:
        findings += [told(row) for row in await session.all(f"{question} LIMIT {LISTED}", *values)]
    overdrawn = await session.all("SELECT account, points FROM balance WHERE points < 0 ORDER BY account")
    findings += [
        f"ledger: {row['account']} is at {row['points']}" for row in overdrawn if not may_go_negative(row["account"])
    ]
    return tuple(findings)
