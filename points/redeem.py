"""积分 and 兑换: the balance, the shelf, a redemption with its code, handed over or cancelled."""

from __future__ import annotations

from core.errors import Refused
from core.facts import Fact, FactKind
from core.messages import Choice, Json, Outgoing, Reply, Urgency
from core.people import Right, rights_in
from core.privacy import mask
from core.turn import Turn
from points.ledger import Transaction, person_account, redeemed_account, transfer
from points.ports import PointsWork
from points.rewards import MAX_COUNT, Redemption, RedemptionAction, RedemptionState, Reward, advance, is_code


async def show_points(turn: Turn, uow: PointsWork, entries: int = 3) -> Reply:
    """积分: the balance and the last entries."""
    account = person_account(turn.who.id)
    lines = await uow.ledger.entries(account, entries)
    items: list[Json] = [
        {
            "rule": line.kind,
            "points": f"{line.points:+d}",
            "at": line.at.isoformat(),
            "what": str(line.data.get("title") or line.data.get("reward") or ""),
        }
        for line in lines
    ]
    params: dict[str, Json] = {"balance": await uow.ledger.balance(account), "items": items, "count": len(items)}
    key = "points" if items else "points_none"
    choices = (Choice("catalogue", "catalogue", "兑换"),)
    return Reply(key, params, choices, private=True, asked=(turn.who.id,))


async def catalogue(turn: Turn, uow: PointsWork) -> Reply:
    """兑换: what is on the shelf, with its price and stock, each a choice where the balance reaches.

    The choice says how many, because a name may end in a figure.
    """
    rewards = await uow.shelf.rewards(_home(turn))
    if not rewards:
        raise Refused("shelf_empty")
    balance = await uow.ledger.balance(person_account(turn.who.id))
    items: list[Json] = [{"reward": r.name, "price": r.price, "stock": r.stock} for r in rewards]
    choices = tuple(
        Choice(f"reward-{r.code}", "reward", f"兑换 {r.name} 1", {"reward": r.name, "price": r.price})
        for r in rewards
        if r.stock > 0 and r.price <= balance
    )
    params: dict[str, Json] = {"balance": balance, "items": items}
    key = "catalogue" if choices else "catalogue_short"
    return Reply(key, params, choices[:9], private=True, asked=(turn.who.id,))


async def redeem(item: str, count: int | None, turn: Turn, uow: PointsWork) -> Reply:
    """兑换 ITEM [count]: stock and balance together or not at all; the code is what is shown when collecting."""
    community = _home(turn)
    pieces = 1 if count is None else count
    if not 1 <= pieces <= MAX_COUNT:
        raise Refused("count_out_of_range", count=pieces, most=MAX_COUNT)
    reward = _find(item, await uow.shelf.rewards(community))
    if reward is None:
        raise Refused("reward_unknown", (Choice("catalogue", "catalogue", "兑换"),), reward=mask(item)[:40])
    if not await uow.shelf.take(reward.id, pieces):
        raise Refused("out_of_stock", reward=reward.name, stock=reward.stock)
    price = reward.price * pieces
    account = person_account(turn.who.id)
    posted = await uow.ledger.post(
        Transaction(
            community=community,
            key=f"redemption:{turn.code}",
            kind="redemption",
            at=turn.now,
            postings=transfer(price, account, redeemed_account(community)),
            data={"reward": reward.name, "count": pieces, "code": turn.code},
        )
    )
    if not posted:
        raise Refused("try_again")  # the code is taken: one in 34 thousand million
    await uow.shelf.add_redemption(community, turn.code, turn.who.id, reward, pieces, price, turn.now)
    data: dict[str, Json] = {"code": turn.code, "reward": reward.name, "count": pieces, "points": price}
    await uow.facts.append(Fact(community, FactKind.REDEEMED, turn.now, None, turn.who.id, data))
    choices = (Choice("cancel", "cancel_redemption", f"取消兑换 {turn.code}"),)
    params: dict[str, Json] = {**data, "balance": await uow.ledger.balance(account)}
    return Reply("redeemed", params, choices, private=True, asked=(turn.who.id,))


async def my_redemptions(turn: Turn, uow: PointsWork) -> Reply:
    """我的兑换: the latest ones with their codes and where they stand."""
    mine = await uow.shelf.redemptions_of(turn.who.id)
    if not mine:
        return Reply("redemptions_none", private=True)
    items: list[Json] = [
        {"code": r.code, "reward": r.reward_name, "count": r.count, "redemption": r.state, "at": r.at.isoformat()}
        for r in mine
    ]
    return Reply("my_redemptions", {"items": items, "count": len(items)}, private=True)


async def cancel(code: str, turn: Turn, uow: PointsWork) -> Reply:
    """取消兑换 CODE: the points come back by a reversing entry and the pieces go back on the shelf."""
    redemption = await _by_code(code, _home(turn), uow)
    if redemption.person != turn.who.id:
        raise Refused("code_unknown", code=code)
    await _settle(redemption, RedemptionAction.CANCEL, turn, uow)
    await uow.shelf.put_back(redemption.reward, redemption.count)
    account = person_account(redemption.person)
    await uow.ledger.post(
        Transaction(
            community=redemption.community,
            key=f"reversal:redemption:{redemption.code}",
            kind="reversal",
            at=turn.now,
            postings=transfer(redemption.points, redeemed_account(redemption.community), account),
            data={"reward": redemption.reward_name, "count": redemption.count, "code": redemption.code},
        )
    )
    data: dict[str, Json] = {"code": redemption.code}
    await uow.facts.append(Fact(redemption.community, FactKind.REDEMPTION_CANCELLED, turn.now, None, turn.who.id, data))
    params: dict[str, Json] = {
        "code": redemption.code,
        "reward": redemption.reward_name,
        "points": redemption.points,
        "balance": await uow.ledger.balance(account),
    }
    return Reply("redemption_cancelled", params, private=True)


async def hand_over(code: str, turn: Turn, uow: PointsWork) -> Reply:
    """核销 CODE: staff give the reward away, once, also when two press at the same moment."""
    community = _community(turn)
    if Right.HAND_OVER not in rights_in(turn.who, community, turn.policy.areas):
        raise Refused("staff_only")
    redemption = await _by_code(code, community, uow)
    await _settle(redemption, RedemptionAction.HAND_OVER, turn, uow)
    data: dict[str, Json] = {"code": redemption.code}
    await uow.facts.append(Fact(redemption.community, FactKind.HANDED_OVER, turn.now, None, turn.who.id, data))
    params: dict[str, Json] = {
        "code": redemption.code,
        "reward": redemption.reward_name,
        "count": redemption.count,
    }
    notice = Reply("handed_over_for_owner", params)
    await uow.outgoing.add(
        Outgoing(f"{turn.key}:handed_over", notice, person=redemption.person, urgency=Urgency.NOTICE)
    )
    return Reply("handed_over", params)


def _home(turn: Turn) -> str:
    """The person's own community, whose shelf their points are for, also when they ask in a group elsewhere: the code is told
    1:1, and what is said there about it means the same shelf."""
    return turn.policy.areas.community_of(turn.who.area) or _community(turn)


def _community(turn: Turn) -> str:
    if turn.community is None:
        raise Refused("no_community")
    return turn.community


def _find(item: str, rewards: tuple[Reward, ...]) -> Reward | None:
    """The reward of that number in the list, code or name, or the only one whose name contains the words."""
    wanted = item.strip()
    if wanted.isdecimal() and 1 <= int(wanted) <= len(rewards):
        return rewards[int(wanted) - 1]
    exact = [r for r in rewards if wanted in (r.name, r.code)]
    close = exact or [r for r in rewards if wanted and (wanted in r.name or r.name in wanted)]
    return close[0] if len(close) == 1 else None


async def _by_code(code: str, community: str, uow: PointsWork) -> Redemption:
    wanted = code.strip().upper()
    found = await uow.shelf.redemption(community, wanted) if is_code(wanted) else None
    if found is None:
        raise Refused("code_unknown", code=wanted[:20])
    return found


async def _settle(redemption: Redemption, action: RedemptionAction, turn: Turn, uow: PointsWork) -> None:
    state: RedemptionState = advance(redemption, action)
    if not await uow.shelf.settle(redemption, state, turn.who.id, turn.now):
        raise Refused("redemption_settled", code=redemption.code, state=state)
