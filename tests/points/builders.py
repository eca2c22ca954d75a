"""A small town with a shelf of rewards, turns of its people, and everything the database holds at a glance."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import count
from typing import Any

from bots.community import load_policy
from core.errors import Refused
from core.events import Event, Kind, Status, Tier
from core.messages import Audience, Chat, ChatKind
from core.people import Person, Role
from core.turn import Turn
from points.ledger import Transaction, issue_account, person_account, transfer
from points.rewards import Reward, code_from
from storage.unit_of_work import Unit

MONDAY = datetime(2026, 11, 23, 1, 30, tzinfo=UTC)  # 09:30 in the community
POLICY = load_policy()
HOME, GRID, ELSEWHERE = "xiuyue", "xiuyue-3", "fenglin"
CODE, OTHER_CODE = code_from(20261123), code_from(7)
_TABLES = ("balance", "posting", "ledger_transaction", "reward", "redemption", "fact", "outgoing")


@dataclass(frozen=True)
class Town:
    """Two residents and two staff at home, a resident and staff of the community next door; groups of both."""

    resident: Person
    neighbour: Person
    staff: Person
    colleague: Person
    stranger: Person
    strange_staff: Person
    group: Chat
    strange_group: Chat
    soap: Reward  # 10 points, 3 pieces
    umbrella: Reward  # 25 points, 1 piece
    strange_soap: Reward


async def settle_in(uow: Unit) -> Town:
    put = uow.registry

    async def group(area: str, community: str) -> Chat:
        return await put.add_chat(
            "practice", "room", area, ChatKind.GROUP, Audience.RESIDENTS, area, community, "居民群"
        )

    return Town(
        resident=await put.add_person("李秀兰", Role.RESIDENT, GRID, HOME),
        neighbour=await put.add_person("孙大爷", Role.RESIDENT, GRID, HOME),
        staff=await put.add_person("刘敏", Role.COMMUNITY_STAFF, HOME, HOME),
        colleague=await put.add_person("周洁", Role.COMMUNITY_STAFF, HOME, HOME),
        stranger=await put.add_person("赵阿姨", Role.RESIDENT, "fenglin-1", ELSEWHERE),
        strange_staff=await put.add_person("何平", Role.COMMUNITY_STAFF, ELSEWHERE, ELSEWHERE),
        group=await group(GRID, HOME),
        strange_group=await group("fenglin-1", ELSEWHERE),
        soap=await put.add_reward(HOME, "hand-soap", "洗手液", 10, 3),
        umbrella=await put.add_reward(HOME, "umbrella", "爱心雨伞", 25, 1),
        strange_soap=await put.add_reward(ELSEWHERE, "hand-soap", "枫林洗手液", 10, 3),
    )


def turn(who: Person, **changes: Any) -> Turn:
    """The person speaking 1:1, on Monday, with a fresh code should something need one."""
    direct = Chat(0, "practice", "room", f"direct:{who.id}", ChatKind.DIRECT, Audience.RESIDENTS, who.area)
    return replace(Turn(f"in:{who.id}", who, direct, POLICY, MONDAY, code=CODE), **changes)


def closed(reporter: Person, **changes: Any) -> Event:
    """A complaint of the person, handled and closed."""
    first = Event(
        id=0, community=HOME, serial=7, kind=Kind.COMPLAINT, status=Status.CLOSED, tier=Tier.GENERAL,
        category="环境卫生", grid=GRID, title="3号楼门口垃圾清走了", reporter=reporter.id, created_at=MONDAY,
        deadline=MONDAY, closed_at=MONDAY, number="EV-20261123-0007",
    )  # fmt: skip
    return replace(first, **changes)


async def add_event(uow: Unit, reporter: Person, **changes: Any) -> Event:
    """`closed`, put into the database under the community's next number."""
    serial = await uow.events.next_serial(HOME)
    event = closed(reporter, **{"serial": serial, "number": f"EV-20261123-{serial:04d}", **changes})
    return replace(event, id=await uow.events.add(event))


_gifts = count(1)


async def give(uow: Unit, person: Person, points: int) -> None:
    """Points as if they had been earned."""
    postings = transfer(points, issue_account(HOME), person_account(person.id))
    assert await uow.ledger.post(Transaction(HOME, f"gift:{next(_gifts)}", "verified_report", MONDAY, postings))


Everything = Mapping[str, tuple[tuple[Any, ...], ...]]


async def everything(uow: Unit) -> Everything:
    """Every row that points, rewards and what is said about them leave behind."""
    rows = {table: await uow.session.all(f"SELECT * FROM {table} ORDER BY id") for table in _TABLES}
    return {table: tuple(tuple(row) for row in found) for table, found in rows.items()}


async def sums(uow: Unit) -> dict[str, int]:
    """The sum of every account's postings."""
    rows = await uow.session.all("SELECT account, sum(points) AS points FROM posting GROUP BY account")
    return {row["account"]: row["points"] for row in rows}


async def balances(uow: Unit) -> dict[str, int]:
    rows = await uow.session.all("SELECT account, points FROM balance")
    return {row["account"]: row["points"] for row in rows}


async def assert_books_are_right(uow: Unit) -> None:
    """The ledger sums to zero, every balance is the sum of its postings, and only the source is below zero."""
    found = await balances(uow)
    assert found == await sums(uow)
    assert sum(found.values()) == 0
    assert [account for account, points in found.items() if points < 0 and not account.endswith(":issued")] == []


async def stock_of(uow: Unit, reward: Reward) -> int:
    return next(r.stock for r in await uow.shelf.rewards(reward.community) if r.id == reward.id)


def refusals(results: Iterable[object]) -> list[str]:
    """The keys of those that were refused; anything else that went wrong is raised."""
    found: list[str] = []
    for result in results:
        if isinstance(result, Refused):
            found.append(result.key)
        elif isinstance(result, BaseException):
            raise result
    return found
