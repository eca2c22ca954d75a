"""The cast of the practice room as people and groups of the stand-in, and as Huying knows them there."""

from __future__ import annotations

from bots.practice.platforms.telegram.standin import StandIn
from bots.practice.seed import Cast, Names

FIRST_PERSON = 7_000_001
FIRST_GROUP = -1_002_000_000_001  # as supergroups are numbered
DIRECT = "direct:"


def people_of(cast: Cast) -> dict[str, int]:
    """The Telegram id of everybody of the cast, by their own."""
    return {person.id: FIRST_PERSON + number for number, person in enumerate(cast.people)}


def groups_of(cast: Cast) -> dict[str, int]:
    return {group.id: FIRST_GROUP - number for number, group in enumerate(cast.groups)}


def names_of(cast: Cast, account: str) -> Names:
    people, groups = people_of(cast), groups_of(cast)

    def chat(id: str) -> str:
        return str(people[id.removeprefix(DIRECT)] if id.startswith(DIRECT) else groups[id])

    return Names("telegram", account, lambda id: str(people[id]), chat)


def settle_in(standin: StandIn, cast: Cast) -> None:
    """Everybody and every group, the bot in all of them, and everybody's 1:1 chat with it open."""
    people, groups = people_of(cast), groups_of(cast)
    for person in cast.people:
        standin.add_user(people[person.id], person.name, note=person.role)
        standin.world.chats[people[person.id]].started = True
    for group in cast.groups:
        members = [people[member] for member in group.members]
        standin.add_group(groups[group.id], group.title, members, note=group.audience)
