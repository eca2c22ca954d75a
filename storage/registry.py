"""Puts people, chats and rewards where the use cases find them; each call may be repeated without harm."""

from __future__ import annotations

from core.messages import Audience, Chat, ChatKind
from core.people import STAFF, Person, Role
from points.rewards import Reward
from storage.people import to_chat, to_person
from storage.sql import Session


class Registry:
    """`community` is the code of the community the area is or lies in, empty for areas above communities."""

    def __init__(self, session: Session) -> None:
        self._session = session

    async def add_person(self, name: str, role: Role, area: str, community: str) -> Person:
        """A new person every time: names repeat in life. Whoever has an identity is kept apart by it."""
        row = await self._session.one(
            "INSERT INTO person (name, role, area, community) VALUES (?, ?, ?, ?) RETURNING id, name, role, area",
            name, role, area, community,
        )  # fmt: skip
        assert row is not None
        return to_person(row)

    async def add_identity(self, person: int, channel: str, account: str, external: str, direct_chat: str = "") -> None:
        """Binds a sender of a channel to the person; a `direct_chat` given replaces the one known, an empty one does not."""
        await self._session.all(
            "INSERT INTO identity (channel, account, external, direct_chat, person_id) VALUES (?, ?, ?, ?, ?) "
            "ON CONFLICT (channel, account, external) DO UPDATE SET person_id = excluded.person_id, "
            "direct_chat = CASE WHEN excluded.direct_chat = '' THEN identity.direct_chat ELSE excluded.direct_chat END",
            channel, account, external, direct_chat, person,
        )  # fmt: skip

    async def close_direct(self, channel: str, account: str, direct_chat: str) -> None:
        """Nobody can be spoken to in that 1:1 chat until they speak there again."""
        await self._session.all(
            "UPDATE identity SET direct_chat = '' WHERE channel = ? AND account = ? AND direct_chat = ?",
            channel, account, direct_chat,
        )  # fmt: skip

    async def person_of(self, channel: str, account: str, external: str) -> Person | None:
        row = await self._session.one(
            "SELECT p.id, p.name, p.role, p.area FROM identity i JOIN person p ON p.id = i.person_id "
            "WHERE i.channel = ? AND i.account = ? AND i.external = ?",
            channel, account, external,
        )  # fmt: skip
        return to_person(row) if row else None

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
    ) -> Person:
        """The person behind a sender: the one known already, else a new one with that name, role and area."""
        known = await self.person_of(channel, account, external)
        person = known or await self.add_person(name, role, area, community)
        if known is None or direct_chat:
            await self.add_identity(person.id, channel, account, external, direct_chat)
        return person

    async def register_resident(
        self, channel: str, account: str, external: str, name: str, area: str, community: str, direct_chat: str = ""
    ) -> Person:
        """`register` for whoever simply speaks."""
        return await self.register(channel, account, external, name, Role.RESIDENT, area, community, direct_chat)

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
    ) -> Chat:
        """The chat; one known already takes over what is given here and is active again."""
        row = await self._session.one(
            "INSERT INTO chat (channel, account, external, kind, audience, area, community, title, active, daily, trouble) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, '') ON CONFLICT (channel, account, external) DO UPDATE SET "
            "kind = excluded.kind, audience = excluded.audience, area = excluded.area, "
            "community = excluded.community, title = excluded.title, active = excluded.active, "
            "daily = excluded.daily, trouble = excluded.trouble "
            "RETURNING id, channel, account, external, kind, audience, area, title, daily",
            channel, account, external, kind, audience, area, community, title, True, daily,
        )  # fmt: skip
        assert row is not None
        return to_chat(row)

    async def place(self, person: int, area: str, community: str, role: Role) -> None:
        """The person lives, or works, there from now on in that role, and so do their 1:1 chats."""
        await self._session.all(
            "UPDATE person SET area = ?, community = ?, role = ? WHERE id = ?", area, community, role, person
        )
        await self._session.all(
            "UPDATE chat SET area = ?, community = ?, audience = ? WHERE kind = ? AND EXISTS (SELECT 1 FROM identity i "
            "WHERE i.person_id = ? AND i.channel = chat.channel AND i.account = chat.account "
            "AND i.direct_chat = chat.external)",
            area, community, audience_of(role), ChatKind.DIRECT, person,
        )  # fmt: skip

    async def give_identity(self, identity: int, source: int, target: int) -> bool:
        """That sender is another person from now on; False when they were not `source` any more."""
        row = await self._session.one(
            "UPDATE identity SET person_id = ? WHERE id = ? AND person_id = ? RETURNING id", target, identity, source
        )
        return row is not None

    async def place_topics(self, chat: Chat) -> None:
        """The topics of a group that are answered as the group is belong where it does."""
        await self._session.all(
            "UPDATE chat SET area = ?, audience = ?, community = (SELECT g.community FROM chat g WHERE g.id = ?) "
            "WHERE channel = ? AND account = ? AND external LIKE ? AND kind = ?",
            chat.area, chat.audience, chat.id, chat.channel, chat.account, f"{chat.external}/%", ChatKind.TOPIC,
        )  # fmt: skip

    async def add_reward(self, community: str, code: str, name: str, price: int, stock: int) -> Reward:
        """Puts a reward on the shelf; one that is there already keeps its stock and takes the name and price."""
        row = await self._session.one(
            "INSERT INTO reward (community, code, name, price, stock) VALUES (?, ?, ?, ?, ?) "
            "ON CONFLICT (community, code) DO UPDATE SET name = excluded.name, price = excluded.price "
            "RETURNING id, community, code, name, price, stock",
            community, code, name, price, stock,
        )  # fmt: skip
        assert row is not None
        return Reward(row["id"], row["community"], row["code"], row["name"], row["price"], row["stock"])


def audience_of(role: Role) -> Audience:
    """For whom the 1:1 chat of somebody in that role is."""
    if role == Role.PARTNER:
        return Audience.PARTNERS
    return Audience.STAFF if role in STAFF else Audience.RESIDENTS
