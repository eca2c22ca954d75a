"""Two people turn out to be one: all that was the one's becomes the other's. Facts stay as they were written."""

from __future__ import annotations

from storage.sql import Session, marks, pack, unpack

# Whose a row is. What is said to a person moves whatever its state, so that an answer to an old message finds its matter.
_OWNED = (
    ("report", "person_id"),
    ("event_photo", "person_id"),
    ("redemption", "person_id"),
    ("outgoing", "person_id"),
    ("identity", "person_id"),
)


async def hold(session: Session, *people: int) -> None:
    """Nobody else joins, parts or tries codes for these people until this unit is through."""
    for person in sorted(set(people)):  # always in one order, so that two units never wait for each other
        await session.all("UPDATE person SET name = name WHERE id = ? RETURNING id", person)


async def has_duties(session: Session, person: int) -> bool:
    """Whether any matter is, or was, given to the person."""
    return await session.one("SELECT 1 AS found FROM event WHERE handler_id = ? LIMIT 1", person) is not None


async def has_reports(session: Session, person: int) -> bool:
    """Whether the person reported anything, or joined in."""
    return await session.one("SELECT 1 AS found FROM report WHERE person_id = ? LIMIT 1", person) is not None


async def move(session: Session, source: int, target: int) -> None:
    """What `source` reported, wrote, photographed, redeemed and is asked is `target`'s; may be repeated without harm.

    A neighbour counted twice in a matter that both had reported is counted once. Points are the ledger's to move.
    """
    shared = [
        int(row["event_id"])
        for row in await session.all(
            "SELECT DISTINCT r.event_id FROM report r JOIN report o ON o.event_id = r.event_id AND o.person_id = ? "
            "WHERE r.person_id = ?",
            target, source,
        )
    ]  # fmt: skip
    # The version moves on, so that whoever read the event before writes nothing back over this.
    await session.all("UPDATE event SET reporter_id = ?, version = version + 1 WHERE reporter_id = ?", target, source)
    for table, column in _OWNED:
        await session.all(f"UPDATE {table} SET {column} = ? WHERE {column} = ?", target, source)
    if shared:
        await session.all(
            "UPDATE event SET version = version + 1, people = "
            "(SELECT count(DISTINCT r.person_id) FROM report r WHERE r.event_id = event.id) "
            f"WHERE id IN ({marks(len(shared))})",
            *shared,
        )
    await _move_questions(session, source, target)


async def _move_questions(session: Session, source: int, target: int) -> None:
    """Whoever was asked is still asked, in groups as well."""
    rows = await session.all(
        "SELECT id, asked FROM outgoing WHERE asks = ? AND answered_at IS NULL AND "
        "(person_id = ? OR (chat_id IS NOT NULL AND CAST(asked AS TEXT) LIKE ?))",
        True, target, f"%{source}%",
    )  # fmt: skip
    for row in rows:
        asked = unpack(row["asked"])
        if source in asked:
            now = list(dict.fromkeys(target if one == source else one for one in asked))
            await session.all("UPDATE outgoing SET asked = ? WHERE id = ?", pack(now), row["id"])
