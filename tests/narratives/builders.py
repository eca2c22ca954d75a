"""One closed event with everything a log can show, and ways to change any part of it."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from PIL import Image

from core.areas import Area, Areas, Level
from core.events import Event, EventPhoto, Kind, Stage, Status, Tier
from core.facts import Fact, FactKind
from core.people import Person, Role
from core.policy import Category, Policy
from narratives.story import Story, tell

AREAS = Areas(
    [
        Area("dl", "大连市", Level.CITY),
        Area("zs", "中山区", Level.DISTRICT, "dl"),
        Area("gl", "桂林街道", Level.STREET, "zs"),
        Area("xiuyue", "秀月社区", Level.COMMUNITY, "gl"),
        Area("xiuyue-3", "第三网格", Level.GRID, "xiuyue"),
    ]
)
POLICY = Policy(
    areas=AREAS,
    categories={"环境卫生": Category("环境卫生", "城市管理"), "社区事务": Category("社区事务", "社会治理")},
    default_category="社区事务",
)
RESIDENT = Person(1, "李秀兰", Role.RESIDENT, "xiuyue-3")
WORKER = Person(2, "王师傅", Role.GRID_WORKER, "xiuyue-3")
STAFF = Person(3, "周敏", Role.COMMUNITY_STAFF, "xiuyue")
NEIGHBOUR = Person(4, "孙大爷", Role.RESIDENT, "xiuyue-3")
PARTNER = Person(5, "洁净保洁公司", Role.PARTNER, "xiuyue")
PEOPLE: Mapping[int, Person] = {person.id: person for person in (RESIDENT, WORKER, STAFF, NEIGHBOUR, PARTNER)}

START = datetime(2026, 11, 23, 0, 12, tzinfo=UTC)  # 08:12 in the community
REPORT = "3号楼单元门口的垃圾堆了两天没人清理，味道很大，老人孩子进出都捂着鼻子走，希望社区尽快安排清运，并补放一个分类垃圾桶。"
RESULT = "联系保洁公司清运完毕，门口冲洗消杀，补放分类垃圾桶 2 个。以后每天早晚各清运一次，欢迎大家监督。"
COMMENT = "又快又好，门口终于清爽了，谢谢小王跑前跑后。"


def at(**after: float) -> datetime:
    return START + timedelta(**after)


def event(**changes: Any) -> Event:
    whole = Event(
        id=7,
        community="xiuyue",
        serial=7,
        number="EV-20261123-0007",
        kind=Kind.COMPLAINT,
        status=Status.CLOSED,
        tier=Tier.GENERAL,
        category="环境卫生",
        grid="xiuyue-3",
        title="3号楼单元门口的垃圾堆了两天没人清理",
        place="3号楼单元门口",
        reporter=RESIDENT.id,
        handler=WORKER.id,
        created_at=START,
        deadline=at(days=3, hours=9),
        handled_at=at(hours=1, minutes=53),
        closed_at=at(hours=10),
        stars=5,
        comment=COMMENT,
        people=13,
        photos_allowed=True,
    )
    return replace(whole, **changes)


def fact(kind: FactKind, when: datetime, actor: int | None = None, /, **data: Any) -> Fact:
    return Fact("xiuyue", kind, when, 7, actor, data)


def history(
    report: str = REPORT,
    result: str = RESULT,
    progress: str = "到场查看，已联系保洁公司派车清运",
    comment: str = COMMENT,
) -> tuple[Fact, ...]:
    given = {"handler": WORKER.id, "name": WORKER.name, "role": "grid_worker"}
    return (
        fact(FactKind.REPORTED, START, 1, text=report, group="秀月三网格居民群", tier="general", category="环境卫生"),
        fact(FactKind.ASSIGNED, START, None, **given),
        fact(FactKind.JOINED, at(minutes=9), 4, text="我家楼下也是"),
        fact(FactKind.ACCEPTED, at(minutes=28), 2),
        fact(FactKind.PROGRESSED, at(minutes=40), 2, text=progress, photos=[]),
        fact(FactKind.HANDLED, at(hours=1, minutes=53), 2, text=result, photos=["after.jpg"]),
        fact(FactKind.RATED, at(hours=10), 1, stars=5, text=comment, first=True),
        fact(FactKind.CLOSED, at(hours=10), 1, how="rated"),
    )


def photo(name: str, stage: Stage, person: int = 2, size: tuple[int, int] = (1280, 960), **after: float) -> EventPhoto:
    return EventPhoto(name, *size, 7, person, stage, at(**(after or {"minutes": 30})))


PHOTOS = (photo("before.jpg", Stage.BEFORE, 1, minutes=1), photo("after.jpg", Stage.AFTER, 2, hours=1))


def story(
    of: Event | None = None,
    facts: Sequence[Fact] | None = None,
    photos: Sequence[EventPhoto] = PHOTOS,
    people: Mapping[int, Person] = PEOPLE,
    **more: Any,
) -> Story:
    return tell(of or event(), history() if facts is None else facts, people, photos, POLICY, **more)


def jpeg(size: tuple[int, int] = (1280, 960), colour: str = "#8A9A5B") -> bytes:
    """A plain photo."""
    out = io.BytesIO()
    Image.new("RGB", size, colour).save(out, "JPEG")
    return out.getvalue()
