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

FIRST_GRID = ((121.6400, 38.9100), (121.6455, 38.9093), (121.6462, 38.9152), (121.6404, 38.9146))
SECOND_GRID = ((121.6455, 38.9093), (121.6525, 38.9098), (121.6530, 38.9140), (121.6462, 38.9152))
THIRD_GRID = ((121.6404, 38.9146), (121.6462, 38.9152), (121.6530, 38.9140), (121.6470, 38.9205), (121.6398, 38.9190))
AREAS = Areas(
    [
        Area("dl", "大连市", Level.CITY),
        Area("zs", "中山区", Level.DISTRICT, "dl"),
        Area("gl", "桂林街道", Level.STREET, "zs"),
        Area("xiuyue", "秀月社区", Level.COMMUNITY, "gl"),
        Area("xiuyue-1", "第一网格", Level.GRID, "xiuyue", outline=FIRST_GRID),
        Area("xiuyue-2", "第二网格", Level.GRID, "xiuyue", outline=SECOND_GRID),
        Area("xiuyue-3", "第三网格", Level.GRID, "xiuyue", outline=THIRD_GRID),
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


def given(person: Person = WORKER) -> dict[str, Any]:
    """The data of a fact that gives an event to somebody."""
    return {"handler": person.id, "name": person.name, "role": str(person.role)}


def reported(text: str = REPORT, group: str = "秀月三网格居民群", actor: int = 1) -> Fact:
    return fact(FactKind.REPORTED, START, actor, text=text, group=group, tier="general", category="环境卫生")


def partly_solved(**more: Any) -> Story:
    facts = (
        reported("小区东门的路灯一到半夜就灭，老人下夜班回来看不清台阶，已经有人崴了脚。"),
        fact(FactKind.ASSIGNED, START, None, **given()),
        fact(FactKind.ACCEPTED, at(hours=2), 2),
        fact(FactKind.HANDLED, at(days=1, hours=3), 2, text="更换灯泡两只，定时器还要等厂家来调。"),
        fact(FactKind.RATED, at(days=1, hours=12), 1, stars=2, text="灯是亮了，半夜还是会灭。", first=True),
        fact(FactKind.SETTLED, at(days=1, hours=13), 1),
        fact(FactKind.CLOSED, at(days=1, hours=13), 1, how="settled"),
    )
    told = event(
        title="小区东门的路灯一到半夜就灭",
        place="小区东门",
        stars=2,
        comment="灯是亮了，半夜还是会灭。",
        handled_at=at(days=1, hours=3),
        closed_at=at(days=1, hours=13),
        people=2,
    )
    return story(told, facts, **more)


def reopened(**more: Any) -> Story:
    facts = (
        reported("楼道里的小广告清了又贴，楼梯扶手上都是，摸一手胶。"),
        fact(FactKind.ASSIGNED, START, None, **given()),
        fact(FactKind.ACCEPTED, at(minutes=28), 2),
        fact(FactKind.HANDLED, at(hours=5), 2, text="清理一至三层小广告 40 余张。"),
        fact(FactKind.RATED, at(hours=9), 1, stars=2, text="四层以上还没清", first=True),
        fact(FactKind.REOPENED, at(hours=9, minutes=5), 1, reason="四层以上还没清"),
        fact(FactKind.PROGRESSED, at(days=1, hours=2), 2, text="四层到六层也清了，扶手用除胶剂擦过", photos=[]),
        fact(FactKind.HANDLED, at(days=1, hours=3), 2, text="整个单元的小广告清完，扶手擦净，单元门口贴了举报电话牌。"),
        fact(FactKind.RATED, at(days=1, hours=10), 1, stars=4, text="这回干净了", first=True),
        fact(FactKind.CLOSED, at(days=1, hours=10), 1, how="rated"),
    )
    told = event(
        title="楼道小广告清了又贴",
        place="5号楼楼道",
        stars=4,
        comment="这回干净了",
        reopened=1,
        handled_at=at(days=1, hours=3),
        closed_at=at(days=1, hours=10),
        deadline=at(days=4, hours=9),
        people=1,
    )
    photos = (*PHOTOS, photo("last.jpg", Stage.AFTER, 2, days=1, hours=3))
    return story(told, facts, **{"photos": photos, **more})


def overdue(**more: Any) -> Story:
    facts = (
        reported("健身广场的跑步机缺了一块踏板，孩子爱往上爬，怕夹脚。"),
        fact(FactKind.ASSIGNED, START, None, **given()),
        fact(FactKind.ACCEPTED, at(hours=3), 2),
        fact(FactKind.PROGRESSED, at(days=1), 2, text="已用警戒带围上，踏板要等厂家寄来", photos=[]),
        fact(FactKind.HANDLED, at(days=5, hours=2), 2, text="踏板到货装好，试跑没有问题，警戒带已撤。"),
        fact(FactKind.RATED, at(days=5, hours=8), 1, stars=3, text="修好了，就是等得久了点。", first=True),
        fact(FactKind.CLOSED, at(days=5, hours=8), 1, how="rated"),
    )
    told = event(
        title="健身广场的跑步机缺了一块踏板",
        place="健身广场",
        stars=3,
        comment="修好了，就是等得久了点。",
        handled_at=at(days=5, hours=2),
        closed_at=at(days=5, hours=8),
        people=4,
    )
    return story(told, facts, **more)


def supervised(**more: Any) -> Story:
    facts = (
        reported("6号楼后面的下水井盖松了，车一过就响，夜里睡不着。"),
        fact(FactKind.ASSIGNED, START, None, **given()),
        fact(FactKind.ACCEPTED, at(hours=1), 2),
        fact(FactKind.SUPERVISED, at(days=4), None, level="桂林街道", reason="过了时限还没有办完"),
        fact(FactKind.TRANSFERRED, at(days=4, hours=1), 3, **given(STAFF), reason=""),
        fact(FactKind.HANDLED, at(days=4, hours=8), 3, text="联系排水公司换了新井盖和橡胶垫，夜里去听过，没有响声了。"),
        fact(FactKind.RATED, at(days=4, hours=14), 1, stars=4, text="终于能睡个安稳觉了。", first=True),
        fact(FactKind.CLOSED, at(days=4, hours=14), 1, how="rated"),
    )
    told = event(
        title="6号楼后面的井盖松了，车一过就响",
        place="6号楼后面",
        stars=4,
        comment="终于能睡个安稳觉了。",
        handler=3,
        handled_at=at(days=4, hours=8),
        closed_at=at(days=4, hours=14),
        people=7,
    )
    return story(told, facts, **more)


def rejected(**more: Any) -> Story:
    reason = (
        "您反映的这块空地在隔壁枫林社区，规划为停车场，已经批下来了，不能改种菜。需要的话，社区公园的共享菜园可以报名。"
    )
    facts = (
        reported("小区西边那块空地荒着可惜，能不能分给大家种菜？"),
        fact(FactKind.REJECTED, at(days=1, hours=2), 3, reason=reason),
    )
    told = event(
        title="西边空地能不能分给大家种菜？",
        place="小区西边空地",
        status=Status.REJECTED,
        handler=None,
        stars=None,
        comment="",
        handled_at=None,
        closed_at=at(days=1, hours=2),
        people=3,
        photos_allowed=None,
    )
    return story(told, facts, **{"photos": (), **more})


def by_partner(named: bool = True, **more: Any) -> Story:
    facts = (
        reported("4号楼一位独居老人家门口堆了旧家具，搬不动，邻居进出要侧着身子。"),
        fact(FactKind.ASSIGNED, START, None, **given()),
        fact(FactKind.PARTNER_JOINED, at(hours=1), 5, partner=PARTNER.name, named=named),
        fact(FactKind.TRANSFERRED, at(hours=1), 2, **given(PARTNER), reason=""),
        fact(FactKind.ACCEPTED, at(hours=1, minutes=20), 5),
        fact(FactKind.HANDLED, at(hours=6), 5, text="派两位师傅和一辆车，把旧家具搬走，楼道也扫干净了。"),
        fact(FactKind.RATED, at(hours=11), 1, stars=5, text="师傅们手脚麻利，还帮着扫了楼道。", first=True),
        fact(FactKind.CLOSED, at(hours=11), 1, how="rated"),
    )
    told = event(
        title="门口堆了旧家具，邻居进出要侧着身子",
        place="4号楼二层",
        handler=PARTNER.id,
        comment="师傅们手脚麻利，还帮着扫了楼道。",
        handled_at=at(hours=6),
        closed_at=at(hours=11),
        people=1,
    )
    photos = (photo("before.jpg", Stage.BEFORE, 2, minutes=40), photo("after.jpg", Stage.AFTER, 5, hours=6))
    return story(told, facts, **{"photos": photos, **more})


def suggestion(**more: Any) -> Story:
    facts = (
        reported("建议在小区门口装一个电动车充电棚，大家就不用从窗户往下拉线了。"),
        fact(FactKind.ASSIGNED, START, None, **given()),
        fact(FactKind.ADOPTED, at(hours=7), 3),
        fact(FactKind.HANDLED, at(days=2, hours=3), 3, text="和物业商量好了，门口东侧先装 10 个充电位，下周开工。"),
        fact(FactKind.RATED, at(days=2, hours=10), 1, stars=5, text="说话算数！", first=True),
        fact(FactKind.CLOSED, at(days=2, hours=10), 1, how="rated"),
    )
    told = event(
        kind=Kind.SUGGESTION,
        category="社区事务",
        title="建议在小区门口装一个充电棚",
        place="小区门口",
        adopted=True,
        comment="说话算数！",
        handled_at=at(days=2, hours=3),
        closed_at=at(days=2, hours=10),
        people=6,
    )
    return story(told, facts, **{"photos": (), **more})


def question(**more: Any) -> Story:
    facts = (
        reported("老年人体检今年在哪里做，要带什么？", group=""),
        fact(FactKind.ASSIGNED, START, None, **given(STAFF)),
        fact(FactKind.ACCEPTED, at(minutes=6), 3),
        fact(FactKind.HANDLED, at(minutes=35), 3, text="12 月 1 日到 5 日在社区卫生站，带身份证和医保卡，早上空腹来。"),
        fact(FactKind.CLOSED, at(days=7), None, how="unrated"),
    )
    told = event(
        kind=Kind.QUESTION,
        category="社区事务",
        title="老年人体检在哪里做",
        place="",
        handler=3,
        stars=None,
        comment="",
        handled_at=at(minutes=35),
        closed_at=at(days=7),
        people=1,
    )
    return story(told, facts, **{"photos": (), **more})


def in_english(**more: Any) -> Story:
    report = "The bins at Gate 2 have not been emptied for two days and the smell reaches the playground."
    result = "Emptied, washed down, and one more bin put in place. They are now emptied every morning and evening."
    comment = "Quick and thorough, thank you."
    told = event(title="Bins at Gate 2 not emptied", place="Gate 2", comment=comment)
    facts = history(report, result, "On the spot; the cleaning company is sending a cart", comment)
    return story(told, facts, **{"language": "en", **more})


def many_photos(count: int = 9) -> tuple[EventPhoto, ...]:
    """So many pictures, landscape, portrait and square, half of them of the result; named 1.jpg and so on."""
    sizes = ((1280, 960), (960, 1280), (1080, 1080), (1600, 900))
    stages = [Stage.BEFORE if n < count // 2 else Stage.AFTER for n in range(count)]
    return tuple(
        photo(f"{n}.jpg", stage, 2, sizes[n % len(sizes)], minutes=30 + n) for n, stage in enumerate(stages, 1)
    )


def variants() -> dict[str, Story]:
    """Stories of every variant and shape by name; the pictures' sizes are in the stories, see `jpeg`."""
    long_report = "".join(f"第{n}天，楼下的水泵还是整夜响，老人睡不好，孩子写作业也静不下心。" for n in range(1, 63))
    portraits = (
        photo("before.jpg", Stage.BEFORE, 1, (960, 1280), minutes=1),
        photo("after.jpg", Stage.AFTER, 2, (900, 1600), hours=1),
    )
    return {
        "solved": story(link="https://example.org/e/0123456789abcdef"),
        "reopened": reopened(),
        "partly": partly_solved(),
        "overdue": overdue(),
        "supervised": supervised(),
        "rejected": rejected(),
        "partner": by_partner(),
        "partner_unnamed": by_partner(named=False),
        "merged": story(event(people=13), (*history()[:3], fact(FactKind.MERGED, at(minutes=12), 3, **{"from": 8}), *history()[3:])),
        "suggestion": suggestion(),
        "question": question(),
        "english": in_english(),
        "portraits": story(photos=portraits),
        "nine_photos": story(photos=many_photos()),
        "no_photos": story(photos=()),
        "long": story(event(title="楼下的水泵整夜响"), history(long_report[:2000], RESULT * 4)),
        "one_character": story(event(title="灯", place="", people=1, comment="好"), history("灯", "好", "修", "好")),
        "own_words": story(changed_text="垃圾已经清走，门口冲洗消杀，补了两个分类桶。\n以后早晚各清一次，请大家一起监督。"),
        "unrated": story(event(stars=None, comment="", people=1), (*history()[:6], fact(FactKind.CLOSED, at(days=7), None, how="unrated"))),
        "bare": story(event(handled_at=None, stars=None, comment="", people=1, place=""), (), ()),
    }  # fmt: skip
