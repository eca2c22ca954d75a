"""工作台: the one-time link by which staff come from a chat to the pages where they approve (bots/web/workbench)."""

from __future__ import annotations

from datetime import timedelta

from core.errors import Refused
from core.messages import Json, Reply
from core.people import RIGHTS_OF_ROLE, Right
from core.turn import Turn
from storage.logins import LoginKind
from storage.unit_of_work import Unit

FORGOTTEN_AFTER = timedelta(days=1)  # what has ended so long ago
LINK_LASTS = timedelta(minutes=10)


async def workbench_link(number: int | None, turn: Turn, uow: Unit) -> Reply:
    """工作台, 工作台 L3: a link, 1:1, that opens the pages once and within ten minutes. Raises Refused `staff_only`."""
    if Right.APPROVE not in RIGHTS_OF_ROLE[turn.who.role]:
        raise Refused("staff_only")
    community = turn.community
    target = f"/workbench/{community}/L{number}" if number is not None and community is not None else "/workbench"
    await uow.logins.sweep(turn.now - FORGOTTEN_AFTER)
    await uow.logins.add(LoginKind.LINK, turn.token, turn.who.id, turn.now, turn.now + LINK_LASTS, target)
    params: dict[str, Json] = {
        "link": f"{turn.address}/workbench/enter/{turn.token}",
        "minutes": LINK_LASTS // timedelta(minutes=1),
    }
    return Reply("workbench_link", params, private=True)
