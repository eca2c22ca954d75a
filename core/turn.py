"""One person saying one thing in one chat: what every use case is given."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from core.messages import Chat, ChatKind, Photo
from core.people import Person
from core.policy import Policy


@dataclass(frozen=True, slots=True)
class Turn:
    """`key` identifies the message, so that what it causes has keys of its own; `now` is aware UTC.

    `context`: the event that the message answered or the pressed button was about. `loose_photos`: pictures the person sent
    1:1 just before, still without a matter. `code`: a fresh random code, in case something needs one.
    `token`: 128 random bits as 22 url-safe characters, likewise. `address`: where people reach our pages, "" for nowhere.
    `about`: the code of the community or grid that a page was opened for; "" in a chat, which has an area of its own.
    `reachable`: whether the person can be spoken to 1:1; if not, they can open that chat at `opens`, "" for nowhere.
    """

    key: str
    who: Person
    chat: Chat
    policy: Policy
    now: datetime
    photos: tuple[Photo, ...] = ()
    context: int | None = None
    loose_photos: int = 0
    code: str = ""
    token: str = ""
    address: str = ""
    about: str = ""
    reachable: bool = True
    opens: str = ""

    @property
    def in_group(self) -> bool:
        return self.chat.kind != ChatKind.DIRECT

    @property
    def community(self) -> str | None:
        """The community talked about: the page's or the group's, else the person's own; None 1:1 with somebody above
        communities."""
        areas = self.policy.areas
        if self.about:
            return areas.community_of(self.about)
        if self.in_group and self.chat.area:
            return areas.community_of(self.chat.area) or areas.community_of(self.who.area)
        return areas.community_of(self.who.area)

    def street(self, community: str) -> str:
        """The code of the street above a community."""
        return self.policy.areas[community].parent or ""
