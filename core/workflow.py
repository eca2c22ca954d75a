"""The one table of what may happen to an event, by whom, and what it becomes.

Everything that changes an event's status is in this file. An illegal step raises Refused and changes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from enum import StrEnum
from types import MappingProxyType

from core.errors import Refused
from core.events import Event, Status
from core.people import Right


class Action(StrEnum):
    ASSIGN = "assign"  # 派单, and Huying itself at intake
    ACCEPT = "accept"  # 接单
    PROGRESS = "progress"  # 进展
    TRANSFER = "transfer"  # 转办
    SEND_BACK = "send_back"  # 退回
    ESCALATE = "escalate"  # 升级
    FINISH = "finish"  # 办结
    RATE = "rate"  # 评价, 3 to 5 stars
    RATE_LOW = "rate_low"  # 评价, 1 or 2 stars: 未解决 or 就这样 is asked
    SETTLE = "settle"  # 就这样
    EXPIRE = "expire"  # the rating time ended
    REOPEN = "reopen"  # 未解决
    WITHDRAW = "withdraw"  # 撤回
    REJECT = "reject"  # 不予受理
    MERGE = "merge"  # the same as another one
    REFILE = "refile"  # another category
    ADOPT = "adopt"  # 采纳


@dataclass(frozen=True, slots=True)
class Step:
    """What the event becomes, and the rights of which the person needs one."""

    to: Status
    needs: frozenset[Right]


_N, _A, _P, _W, _C = Status.NEW, Status.ASSIGNED, Status.IN_PROGRESS, Status.AWAITING_FEEDBACK, Status.CLOSED
_HANDLE = frozenset({Right.HANDLE})
_DIRECT = frozenset({Right.DIRECT})
_HANDLE_OR_DIRECT = _HANDLE | _DIRECT
_OWN = frozenset({Right.OWN})
_OWN_OR_DIRECT = _OWN | _DIRECT
_SYSTEM = frozenset({Right.SYSTEM})

STEPS: Mapping[tuple[Status, Action], Step] = MappingProxyType(
    {
        (_N, Action.ASSIGN): Step(_A, _DIRECT | _SYSTEM),
        (_N, Action.ESCALATE): Step(_A, _DIRECT),
        (_N, Action.WITHDRAW): Step(Status.WITHDRAWN, _OWN),
        (_N, Action.REJECT): Step(Status.REJECTED, _DIRECT),
        (_N, Action.MERGE): Step(Status.MERGED, _OWN_OR_DIRECT),
        (_N, Action.REFILE): Step(_N, _OWN_OR_DIRECT),
        (_N, Action.ADOPT): Step(_N, _DIRECT),
        (_A, Action.ASSIGN): Step(_A, _DIRECT),
        (_A, Action.ACCEPT): Step(_P, _HANDLE),
        (_A, Action.PROGRESS): Step(_P, _HANDLE),  # whoever reports progress has accepted
        (_A, Action.TRANSFER): Step(_A, _HANDLE_OR_DIRECT),
        (_A, Action.SEND_BACK): Step(_N, _HANDLE),
        (_A, Action.ESCALATE): Step(_A, _HANDLE_OR_DIRECT),
        (_A, Action.FINISH): Step(_W, _HANDLE),  # done on the spot, without accepting first
        (_A, Action.WITHDRAW): Step(Status.WITHDRAWN, _OWN),
        (_A, Action.REJECT): Step(Status.REJECTED, _DIRECT),
        (_A, Action.MERGE): Step(Status.MERGED, _OWN_OR_DIRECT),
        (_A, Action.REFILE): Step(_A, _OWN_OR_DIRECT),
        (_A, Action.ADOPT): Step(_A, _DIRECT),
        (_P, Action.ASSIGN): Step(_A, _DIRECT),
        (_P, Action.PROGRESS): Step(_P, _HANDLE),
        (_P, Action.TRANSFER): Step(_A, _HANDLE_OR_DIRECT),
        (_P, Action.SEND_BACK): Step(_N, _HANDLE),
        (_P, Action.ESCALATE): Step(_A, _HANDLE_OR_DIRECT),
        (_P, Action.FINISH): Step(_W, _HANDLE),
        (_P, Action.WITHDRAW): Step(Status.WITHDRAWN, _OWN),
        (_P, Action.REJECT): Step(Status.REJECTED, _DIRECT),
        (_P, Action.MERGE): Step(Status.MERGED, _OWN_OR_DIRECT),
        (_P, Action.REFILE): Step(_P, _DIRECT),
        (_P, Action.ADOPT): Step(_P, _DIRECT),
        (_W, Action.RATE): Step(_C, _OWN),
        (_W, Action.RATE_LOW): Step(_W, _OWN),  # closed only by 就这样 or the end of the rating time
        (_W, Action.SETTLE): Step(_C, _OWN),
        (_W, Action.EXPIRE): Step(_C, _SYSTEM),
        (_W, Action.REOPEN): Step(_P, _OWN),
        (_W, Action.WITHDRAW): Step(Status.WITHDRAWN, _OWN),
        (_W, Action.ADOPT): Step(_W, _DIRECT),
        (_W, Action.PROGRESS): Step(_W, _HANDLE),  # words and pictures that come after 办结
        (_W, Action.FINISH): Step(_W, _HANDLE),  # said again, better
        (_C, Action.RATE): Step(_C, _OWN),  # a neighbour's stars, or late ones
        (_C, Action.RATE_LOW): Step(_C, _OWN),
        (_C, Action.REOPEN): Step(_P, _OWN),
        (_C, Action.ADOPT): Step(_C, _DIRECT),  # a good suggestion noticed late
    }
)


def advance(event: Event, action: Action, rights: AbstractSet[Right]) -> Event:
    """The event after the step.

    Raises Refused `not_yours` when the step exists and the person lacks the right, `step_impossible` when it does not
    exist from this status; the params name the serial, the status and the action.
    """
    step = STEPS.get((event.status, action))
    if step is None:
        raise Refused("step_impossible", number=event.number, serial=event.serial, status=event.status, action=action)
    if not step.needs & rights:
        raise Refused("not_yours", number=event.number, serial=event.serial, action=action)
    return replace(event, status=step.to)
