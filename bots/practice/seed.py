"""The cast of the practice room, and how it gets into practice.db and Huying's database; both may be repeated."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Protocol

from pydantic import Field

from bots.practice.store import PracticeStore
from bots.practice.values import ACCOUNT, CHANNEL, RoomChat, RoomPerson
from bots.toml_file import Code, Name, Strict, TomlError, Wrong, YesNo, check_rules, first_repeated, read
from core.areas import Areas, Level
from core.messages import Audience, ChatKind
from core.people import STAFF, Role
from core.policy import Policy

PACKAGED = Path(__file__).with_name("cast.toml")
DIRECT_TITLE = "{bot} · {name}"
LEVEL_OF_ROLE = {
    Role.RESIDENT: Level.GRID,
    Role.VOLUNTEER: Level.GRID,
    Role.GRID_WORKER: Level.GRID,
    Role.COMMUNITY_STAFF: Level.COMMUNITY,
    Role.STREET_STAFF: Level.STREET,
    Role.DISTRICT_STAFF: Level.DISTRICT,
    Role.CITY_STAFF: Level.CITY,
    Role.PARTNER: Level.COMMUNITY,
}


class CastError(TomlError):
    """The cast cannot be used: `path`, `line` and `reason` say why."""


class PersonTable(Strict):
    id: Code
    name: Name
    role: Role
    area: Code


class GroupTable(Strict):
    id: Code
    title: Name
    audience: Audience
    area: Code
    members: Annotated[tuple[Code, ...], Field(min_length=1)]
    daily: YesNo = False


class CastFile(Strict):
    person: Annotated[tuple[PersonTable, ...], Field(min_length=1)]
    group: tuple[GroupTable, ...] = ()


@dataclass(frozen=True, slots=True)
class Cast:
    people: tuple[RoomPerson, ...]
    groups: tuple[RoomChat, ...]


@dataclass(frozen=True, slots=True)
class Names:
    """What a channel calls the people and the chats of the cast: its own ids, as they stand in Huying's database."""

    channel: str
    account: str
    person: Callable[[str], str]
    chat: Callable[[str], str]


IN_THE_ROOM = Names(CHANNEL, ACCOUNT, str, str)


class Registry(Protocol):
    """What storage.registry.Registry offers of this."""

    async def register(
        self,
        channel: str,
        account: str,
        external: str,
        name: str,
        role: Role,
        area: str,
        community: str,
        direct_chat: str = "",
    ) -> object: ...

    async def add_chat(
        self,
        channel: str,
        account: str,
        external: str,
        kind: ChatKind,
        audience: Audience,
        area: str,
        community: str,
        title: str = "",
        daily: bool = False,
    ) -> object: ...

    async def add_reward(self, community: str, code: str, name: str, price: int, stock: int) -> object: ...


def load_cast(areas: Areas, path: Path | None = None) -> Cast:
    """The cast in the file, or the packaged one. Raises CastError with the line and the reason."""
    path = path or PACKAGED
    file, lines = read(path, CastFile, CastError)
    check_rules(path, lines, [*_wrong_people(file.person, areas), *_wrong_groups(file, areas)], CastError)
    return Cast(
        tuple(RoomPerson(p.id, p.name, p.role, p.area) for p in file.person),
        tuple(RoomChat(g.id, ChatKind.GROUP, g.title, g.audience, g.area, g.members, g.daily) for g in file.group),
    )


def direct_chat(person: RoomPerson, bot_name: str) -> RoomChat:
    """The person's 1:1 chat with the bot."""
    audience = Audience.RESIDENTS
    if person.role in STAFF:
        audience = Audience.STAFF
    elif person.role == Role.PARTNER:
        audience = Audience.PARTNERS
    title = DIRECT_TITLE.format(bot=bot_name, name=person.name)
    return RoomChat(f"direct:{person.id}", ChatKind.DIRECT, title, audience, person.area, (person.id,))


async def seed_room(cast: Cast, store: PracticeStore, bot_name: str) -> None:
    """Put the cast, its groups and everybody's 1:1 chat into practice.db."""
    await store.add(cast.people, [*cast.groups, *(direct_chat(person, bot_name) for person in cast.people)])


async def seed_registry(cast: Cast, policy: Policy, registry: Registry, names: Names = IN_THE_ROOM) -> None:
    """Put the cast, its groups and the rewards of every community into Huying's database, within an open unit of work."""
    channel, account = names.channel, names.account
    areas = policy.areas
    for person in cast.people:
        community = areas.community_of(person.area) or ""
        chat = direct_chat(person, policy.bot_name)
        external, direct = names.person(person.id), names.chat(chat.id)
        await registry.register(
            channel, account, external, person.name, person.role, person.area, community, direct_chat=direct
        )
    for chat in (*cast.groups, *(direct_chat(person, policy.bot_name) for person in cast.people)):
        community = areas.community_of(chat.area) or ""
        external = names.chat(chat.id)
        await registry.add_chat(
            channel, account, external, chat.kind, chat.audience, chat.area, community, chat.title, chat.daily
        )
    await seed_rewards(policy, registry)


async def seed_rewards(policy: Policy, registry: Registry) -> None:
    """Put the rewards of the rules on the shelf of every community; what is there already keeps its stock."""
    for area in policy.areas.all(Level.COMMUNITY):
        for item in policy.rewards:
            await registry.add_reward(area.code, item.code, item.name, item.price, item.stock)


def _wrong_people(people: Sequence[PersonTable], areas: Areas) -> Iterator[Wrong]:
    for key in ("id", "name"):  # staff hand events on by name
        values = [str(getattr(person, key)) for person in people]
        repeated = first_repeated(values)
        if repeated is not None:
            yield Wrong(("person", repeated, key), f"{values[repeated]!r} stands twice")
    for index, person in enumerate(people):
        if person.area not in areas:
            yield Wrong(("person", index, "area"), f"there is no area {person.area!r}")
        elif areas[person.area].level != LEVEL_OF_ROLE[person.role]:
            yield Wrong(("person", index, "area"), f"a {person.role} belongs to a {LEVEL_OF_ROLE[person.role]}")


def _wrong_groups(file: CastFile, areas: Areas) -> Iterator[Wrong]:
    repeated = first_repeated([group.id for group in file.group])
    if repeated is not None:
        yield Wrong(("group", repeated, "id"), f"{file.group[repeated].id!r} stands twice")
    known = {person.id for person in file.person}
    for index, group in enumerate(file.group):
        if group.area not in areas:
            yield Wrong(("group", index, "area"), f"there is no area {group.area!r}")
        for at, member in enumerate(group.members):
            if member not in known:
                yield Wrong(("group", index, "members", at), f"there is no person {member!r}")
