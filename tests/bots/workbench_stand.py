"""The workbench on loopback: the real pages over a real database, with a small town of staff, groups and publications."""

from __future__ import annotations

import io
import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

from aiohttp import ClientResponse, DummyCookieJar, web
from aiohttp.test_utils import TestClient, TestServer
from PIL import Image, ImageDraw

from bots.clock import RealClock
from bots.community import load_policy
from bots.config import Settings
from bots.delivery import Delivery
from bots.drawing import Drawing
from bots.house import House, Wakeup
from bots.texts import Texts, load_texts
from bots.web import static, workbench
from bots.web.errors import answer_errors
from bots.web.workbench.door import COOKIE, LASTS, form_key
from core.events import Event, Kind, Status, Tier
from core.facts import Fact, FactKind
from core.messages import Audience, Chat, ChatKind
from core.people import Person, Role
from core.policy import Policy
from narratives.publications import Publication, PublicationKind, PublicationState
from storage.logins import LoginKind
from storage.media import MediaStore
from storage.unit_of_work import Database, Unit

MONDAY = datetime(2026, 11, 23, 1, 30, tzinfo=UTC)  # 09:30 in the community
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
HOME, ELSEWHERE, GRID, STREET = "xiuyue", "fenglin", "xiuyue-3", "guilin"
POLICY = load_policy()
TEXT = """【秀月社区】3号楼门口清爽了
居民反映：门口的垃圾堆了两天。
办理结果：当天清运，冲洗干净，补放分类垃圾桶 2 个。
王师傅办理，用时 1 小时 53 分。
反映人评价：★★★★★ 很满意"""
# (name, role, area)
STAFF = (
    ("刘敏", Role.COMMUNITY_STAFF, HOME),
    ("周洁", Role.COMMUNITY_STAFF, HOME),
    ("何平", Role.COMMUNITY_STAFF, ELSEWHERE),
    ("陈街", Role.STREET_STAFF, STREET),
    ("区里", Role.DISTRICT_STAFF, "zhongshan"),
    ("市里", Role.CITY_STAFF, "binhai"),
    ("王师傅", Role.GRID_WORKER, GRID),
    ("李秀兰", Role.RESIDENT, GRID),
    ("小林", Role.VOLUNTEER, GRID),
    ("洁净公司", Role.PARTNER, HOME),
)
GROUPS = (
    ("秀月三网格居民群", Audience.RESIDENTS, GRID, False),
    ("秀月社区大群", Audience.RESIDENTS, HOME, False),
    ("秀月微信客户群", Audience.RESIDENTS, HOME, True),
    ("四网格群", Audience.RESIDENTS, "xiuyue-4", False),
    ("秀月工作群", Audience.STAFF, HOME, False),
)


@lru_cache
def jpeg(size: tuple[int, int] = (640, 480), colour: str = "#8A9A5B", head: bool = True) -> bytes:
    """A scene of flat shapes, with somebody's head in it."""
    image = Image.new("RGB", size, colour)
    draw = ImageDraw.Draw(image)
    width, height = size
    draw.rectangle((0, height * 0.62, width, height), fill="#9C9C94")
    draw.rectangle((width * 0.1, height * 0.25, width * 0.4, height * 0.7), fill="#B9A58A")
    if head:
        draw.rectangle((width * 0.62, height * 0.45, width * 0.8, height * 0.85), fill="#3C5A7A")
        draw.ellipse((width * 0.65, height * 0.27, width * 0.77, height * 0.45), fill="#E8C39E")
    out = io.BytesIO()
    image.save(out, "JPEG", quality=85)
    return out.getvalue()


@lru_cache
def card(height: int = 1500) -> bytes:
    """Something as tall as a real picture of a log."""
    image = Image.new("RGB", (1080, height), "#F4F6F8")
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 0, 1080, 180), fill="#0F766E")
    for row in range(6):
        draw.rounded_rectangle((60, 240 + row * 200, 1020, 400 + row * 200), 20, fill="#FFFFFF")
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


@dataclass
class Stand:
    """The server, what stands behind it, and everybody's open session: the cookie by the person's name."""

    client: TestClient[web.Request, web.Application]
    house: House
    db: Database
    people: Mapping[str, Person]
    groups: Mapping[str, Chat]
    event: Event
    media: Mapping[str, str]
    sessions: dict[str, str] = field(default_factory=dict)

    @staticmethod
    async def paper(one: Publication) -> bytes:
        return f"%PDF-1.7 {one.number}".encode()

    async def session(self, name: str) -> str:
        """The secret of the person's session, opened when there is none yet."""
        if name not in self.sessions:
            secret, person = f"session-of-{self.people[name].id}", self.people[name].id
            await self.db.run(lambda uow: uow.logins.add(LoginKind.SESSION, secret, person, MONDAY, MONDAY + LASTS))
            self.sessions[name] = secret
        return self.sessions[name]

    async def headers(self, name: str) -> dict[str, str]:
        return {"Cookie": f"{COOKIE}={await self.session(name)}"} if name else {}

    async def get(self, path: str, who: str = "刘敏", cookies: str = "") -> ClientResponse:
        headers = await self.headers(who)
        if cookies:
            headers["Cookie"] = "; ".join(filter(None, (headers.get("Cookie"), cookies)))
        return await self.client.get(path, headers=headers, allow_redirects=False)

    async def post(self, path: str, who: str = "刘敏", **fields: Any) -> ClientResponse:
        secret = await self.session(who) if who else ""
        data = {"csrf": form_key(secret), **{name: str(value) for name, value in fields.items()}}
        headers = await self.headers(who)
        return await self.client.post(path, data=data, headers=headers, allow_redirects=False)

    async def page(self, path: str, who: str = "刘敏", status: int = 200) -> str:
        answer = await self.get(path, who)
        text = await answer.text()
        assert answer.status == status, text
        return text

    async def after(self, answer: ClientResponse, who: str = "刘敏") -> str:
        """The page that an answer leads to, with the note it left."""
        assert answer.status == 303, await answer.text()
        note = answer.cookies.get("huying_note")
        cookies = f"huying_note={note.value}" if note else ""
        there = await self.get(answer.headers["Location"], who, cookies)
        assert there.status == 200
        return await there.text()

    async def publication(self, **changes: Any) -> Publication:
        """L1, a log that waits, unless told otherwise; with the facts of its begin."""

        async def work(uow: Unit) -> Publication:
            serial = await uow.publications.next_serial(changes.get("community", HOME))
            first = Publication(
                id=0, community=HOME, serial=serial, kind=PublicationKind.LOG, area=GRID, event=self.event.id,
                state=PublicationState.WAITING, title="3号楼门口清爽了", text=TEXT, at=MONDAY - 2 * HOUR,
                token=f"token-{serial}", images=(self.media["card"],), photos=(self.media["before"], self.media["after"]),
                edition=1,
            )  # fmt: skip
            one = await uow.publications.add(replace(first, **changes))
            data: dict[str, Any] = {"log": one.serial, "title": one.title}
            await uow.facts.append(Fact(one.community, FactKind.LOG_DRAFTED, MONDAY - 2 * HOUR, one.event, None, data))
            return one

        return await self.db.run(work)

    async def now_of(self, one: Publication) -> Publication:
        return await self.db.read(lambda uow: uow.publications.get(one.id))

    async def kinds(self, one: Publication) -> list[str]:
        """Of the facts that name it, oldest first."""
        sql = "SELECT kind FROM fact WHERE community = ? AND CAST(data ->> 'log' AS TEXT) = ? ORDER BY id"
        rows = await self.db.read(lambda uow: uow.session.all(sql, one.community, str(one.serial)))
        return [row["kind"] for row in rows]

    async def said(self, key: str) -> int:
        """How often something of that key was written down to be said."""
        rows = await self.db.read(lambda uow: uow.session.all("SELECT id FROM outgoing WHERE reply = ?", key))
        return len(rows)


class Sentences(dict[str, str]):
    """A sentence that is not written yet says its key: what is tested here is the pages."""

    def __missing__(self, key: str) -> str:
        return f"⟨{key}⟩"


def sentences(policy: Policy) -> Texts:
    texts = load_texts("zh", policy.calendar.zone)
    return replace(texts, say=Sentences(texts.say))


@asynccontextmanager
async def standing(db: Database, folder: Path, policy: Policy = POLICY, **settings: Any) -> AsyncIterator[Stand]:
    options = Settings(data=folder, **settings)
    texts, clock, media = sentences(policy), RealClock(), MediaStore(folder / "media")
    house = House(options, policy, texts, db, media, Drawing(1), clock, Wakeup(), Delivery(db, texts, clock, {}))
    pictures = {
        "card": await media.put(card(), "png"),
        "before": await media.put(jpeg(), "jpg"),
        "after": await media.put(jpeg((480, 720), "#7FA39A"), "jpg"),
        "strange": await media.put(jpeg(colour="#AA5544"), "jpg"),
    }
    people, groups, event = await db.run(lambda uow: _settle_in(uow, policy))

    app = web.Application(
        middlewares=[answer_errors(options.language), static.guard()], client_max_size=32 * 1024 * 1024
    )
    app.on_response_prepare.append(static.add_headers)
    static.install_fonts(app)
    workbench.install(app, house, Stand.paper)
    async with TestClient(TestServer(app), cookie_jar=DummyCookieJar()) as client:
        yield Stand(client, house, db, people, groups, event, pictures)


async def _settle_in(uow: Unit, policy: Policy) -> tuple[dict[str, Person], dict[str, Chat], Event]:
    put, areas = uow.registry, policy.areas
    people = {
        name: await put.add_person(name, role, area, areas.community_of(area) or "") for name, role, area in STAFF
    }
    groups = {
        title: await put.add_chat(
            "practice", "room", title, ChatKind.GROUP, audience, area, areas.community_of(area) or "", title, daily
        )
        for title, audience, area, daily in GROUPS
    }
    serial = await uow.events.next_serial(HOME)
    event = Event(
        id=0, community=HOME, serial=serial, kind=Kind.COMPLAINT, status=Status.CLOSED, tier=Tier.GENERAL,
        category="环境卫生", grid=GRID, title="3号楼门口的垃圾堆了两天", reporter=people["李秀兰"].id,
        handler=people["王师傅"].id, created_at=MONDAY - DAY, deadline=MONDAY + DAY, closed_at=MONDAY - 3 * HOUR,
        number=f"EV-20261123-{serial:04d}",
    )  # fmt: skip
    return people, groups, replace(event, id=await uow.events.add(event))


def forms(page: str) -> list[str]:
    return re.findall(r"<form.*?</form>", page, re.DOTALL)
