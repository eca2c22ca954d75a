"""The cast: whole, checked, and put into both databases as often as one likes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from bots.community import load_policy
from bots.practice.seed import PACKAGED, CastError, load_cast, seed_registry, seed_room
from bots.practice.store import PracticeStore
from core.areas import Level
from core.people import Role

POLICY = load_policy()
TEXT = PACKAGED.read_text(encoding="utf-8")


class Shelf:
    """Stands for storage.registry.Registry: what it was asked to keep."""

    def __init__(self) -> None:
        self.people: dict[tuple[str, str, str], tuple[Any, ...]] = {}
        self.chats: dict[tuple[str, str, str], tuple[Any, ...]] = {}
        self.rewards: dict[tuple[str, str], tuple[Any, ...]] = {}

    async def register(self, channel: str, account: str, external: str, *more: object, direct_chat: str = "") -> None:
        self.people[channel, account, external] = (*more, direct_chat)

    async def add_chat(self, channel: str, account: str, external: str, *more: object) -> None:
        self.chats[channel, account, external] = more

    async def add_reward(self, community: str, code: str, *more: object) -> None:
        self.rewards[community, code] = more


WRONG: dict[str, tuple[str, str, str]] = {
    "an unknown role": ('role = "volunteer"', 'role = "helper"', "volunteer"),
    "an unknown area": ('area = "xiuyue-3"', 'area = "xiuyue-9"', "no area"),
    "a resident of a community": ('area = "xiuyue-3"', 'area = "xiuyue"', "belongs to a grid"),
    "an id twice": ('id = "zhao-yi"', 'id = "li-xiulan"', "stands twice"),
    "a name twice": ('name = "赵姨"', 'name = "李秀兰"', "stands twice"),
    "an unknown member": ('members = [\n  "li-xiulan"', 'members = [\n  "nobody"', "no person 'nobody'"),
    "a group of nobody": ('members = [\n  "feng-laoban", "liu-min", "meng-xiangyu",\n]', "members = []", "at least 1"),
    "a group of nowhere": (
        'audience = "residents"\narea = "xiuyue-3"',
        'audience = "residents"\narea = "x"',
        "no area",
    ),
    "an unknown audience": ('audience = "staff"', 'audience = "all"', "staff"),
    "an unknown key": ('name = "赵姨"', 'name = "赵姨"\nphone = "1"', "unknown key"),
}


@pytest.mark.parametrize(("old", "new", "reason"), WRONG.values(), ids=WRONG.keys())
def test_what_is_wrong_in_the_cast_is_told_with_its_line(tmp_path: Path, old: str, new: str, reason: str) -> None:
    assert old in TEXT
    path = tmp_path / "cast.toml"
    path.write_text(TEXT.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(CastError) as caught:
        load_cast(POLICY.areas, path)
    assert reason in caught.value.reason
    assert caught.value.line > 1


def test_the_cast_has_everybody_a_community_needs() -> None:
    cast = load_cast(POLICY.areas)
    roles = Counter(person.role for person in cast.people)
    assert roles[Role.RESIDENT] >= 8
    assert roles[Role.VOLUNTEER] == 3
    assert roles[Role.PARTNER] == 2
    assert all(roles[role] == 1 for role in (Role.STREET_STAFF, Role.DISTRICT_STAFF, Role.CITY_STAFF))
    workers = {person.area for person in cast.people if person.role == Role.GRID_WORKER}
    assert workers == {grid.code for grid in POLICY.areas.all(Level.GRID)}
    staff = Counter(person.area for person in cast.people if person.role == Role.COMMUNITY_STAFF)
    assert staff == {"xiuyue": 2, "fenglin": 2}


def test_every_community_has_a_group_for_each_grid_one_for_staff_one_for_partners_and_one_is_daily() -> None:
    cast = load_cast(POLICY.areas)
    person: Callable[[str], Any] = {one.id: one for one in cast.people}.__getitem__
    assert Counter(group.audience for group in cast.groups) == {"residents": 5, "staff": 2, "partners": 2}
    assert [group.id for group in cast.groups if group.daily] == ["fenglin-2-daily"]
    for group in cast.groups:
        community = POLICY.areas.community_of(group.area)
        staff = {one.id for one in cast.people if one.role == Role.COMMUNITY_STAFF and one.area == community}
        assert staff <= set(group.members)
        if group.audience == "residents":
            assert [person(m).role for m in group.members].count(Role.GRID_WORKER) == 1


async def test_seeding_the_room_twice_gives_everybody_one_direct_chat(tmp_path: Path) -> None:
    cast = load_cast(POLICY.areas)
    store = await PracticeStore.open(tmp_path / "practice.db")
    for _ in range(2):
        await seed_room(cast, store, "小应")
    assert await store.people() == cast.people
    chats = await store.chats()
    assert len(chats) == len(cast.groups) + len(cast.people)
    assert {chat.id: chat.members for chat in chats}["direct:li-xiulan"] == ("li-xiulan",)
    await store.close()


async def test_seeding_the_registry_names_community_direct_chat_and_rewards() -> None:
    cast, shelf = load_cast(POLICY.areas), Shelf()
    for _ in range(2):
        await seed_registry(cast, POLICY, shelf)
    assert shelf.people["practice", "practice", "li-xiulan"] == (
        "李秀兰", Role.RESIDENT, "xiuyue-3", "xiuyue", "direct:li-xiulan",
    )  # fmt: skip
    assert shelf.people["practice", "practice", "fang-ming"][3] == ""
    assert shelf.chats["practice", "practice", "xiuyue-3-residents"] == (
        "group", "residents", "xiuyue-3", "xiuyue", "秀月三网格居民群", False,
    )  # fmt: skip
    assert shelf.chats["practice", "practice", "direct:liu-min"][1] == "staff"
    assert shelf.rewards["fenglin", "trash-bags"] == ("垃圾袋一卷", 5, 50)
    assert len(shelf.rewards) == 2 * len(POLICY.rewards)
