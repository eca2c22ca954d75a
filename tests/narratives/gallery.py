"""The gallery: real sheets of every kind, drawn for the tests and for docs/gallery.md.

python -m tests.narratives.gallery DIR            the pictures as they are posted
python -m tests.narratives.gallery DIR --small    those of the manual: narrow, with few colours
"""

from __future__ import annotations

import io
import math
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path

from PIL import Image

from core.messages import Json
from core.policy import Look, Theme
from narratives.card import draw, draw_poster
from narratives.sheets import (
    DigestItem,
    Honoured,
    MonthFigures,
    digest_data,
    honours_data,
    month_data,
    notice_data,
)
from narratives.story import as_data
from tests.narratives.builders import AREAS, variants
from tests.narratives.scenes import photo

SAMPLES = Path(__file__).resolve().parents[2] / "bots" / "practice" / "samples"
SMALL = 400  # pixels wide, in the manual
COLOURS = 88
COMMUNITY, GRID = AREAS.path("xiuyue"), AREAS.path("xiuyue-3")
DAY, MONTH = date(2026, 11, 23), date(2026, 11, 1)
LINK = "https://example.org/e/0123456789abcdef0123456789abcdef"
WARM, PLAIN = Look(Theme.WARM), Look(Theme.PLAIN)
BLUE = Look(Theme.CALM, primary="#1F5FA8", accent="#E08A1E")
NOT_SHOWN = (  # in the manual, because they look like another; they are drawn and checked all the same
    "log-merged", "log-unrated", "log-partner_unnamed", "log-no_photos", "log-one_character", "log-bare", "log-question",
    "log-overdue-warm", "log-long", "honours-warm", "a4-log-long", "a4-digest",
)  # fmt: skip
_SCENE = {  # of each story's pictures; the two samples where none is named
    "reopened": "wall",
    "partly": "lamp",
    "overdue": "gym",
    "supervised": "road",
    "partner": "stairs",
    "partner_unnamed": "stairs",
    "portraits": "bins",
    "nine_photos": "bins",
}


@dataclass(frozen=True, slots=True)
class Exhibit:
    """One sheet with its photos; `paper`: as A4 pages."""

    data: Mapping[str, Json]
    photos: Mapping[str, bytes]
    paper: bool = False

    def pictures(self) -> tuple[tuple[bytes, str], ...]:
        """The picture files and their suffixes."""
        made = (draw_poster if self.paper else draw)(self.data, self.photos)
        return tuple((picture.data, picture.suffix) for picture in made)


def exhibits() -> dict[str, Exhibit]:
    """Every exhibit by name, in the order of the manual."""
    logs = {name: _log(name, dict(as_data(story))) for name, story in variants().items()}
    solved, overdue = logs["solved"], logs["overdue"]
    return {
        **{f"log-{name}": exhibit for name, exhibit in logs.items()},
        "log-solved-warm": Exhibit(dict(solved.data) | {"look": _json(WARM)}, solved.photos),
        "log-solved-plain": Exhibit(dict(solved.data) | {"look": _json(PLAIN)}, solved.photos),
        "log-overdue-warm": Exhibit(dict(overdue.data) | {"look": _json(WARM)}, overdue.photos),
        "log-reopened-blue": Exhibit(dict(logs["reopened"].data) | {"look": _json(BLUE)}, logs["reopened"].photos),
        **{f"notice-{name}": Exhibit(notice(look), {}) for name, look in (("calm", Look()), ("warm", WARM))},
        "digest": Exhibit(digest(3), digest_photos()),
        "digest-warm-twelve": Exhibit(digest(12, WARM), digest_photos()),
        "honours": Exhibit(honours(), {}),
        "honours-warm": Exhibit(honours(WARM), {}),
        "month": Exhibit(month(), {}),
        "month-warm": Exhibit(month(WARM), {}),
        "a4-log": Exhibit(solved.data, solved.photos, paper=True),
        "a4-log-plain": Exhibit(dict(solved.data) | {"look": _json(PLAIN)}, solved.photos, paper=True),
        "a4-log-long": Exhibit(logs["long"].data, logs["long"].photos, paper=True),
        "a4-notice": Exhibit(notice(Look()), {}, paper=True),
        "a4-digest": Exhibit(digest(6), digest_photos(), paper=True),
        "a4-honours": Exhibit(honours(), {}, paper=True),
        "a4-month": Exhibit(month(), {}, paper=True),
    }


def _json(look: Look) -> Json:
    return {"theme": look.theme.value, "primary": look.primary, "accent": look.accent}


def _log(name: str, data: dict[str, Json]) -> Exhibit:
    photos = {}
    for side in ("before", "after"):
        for shown in items if isinstance(items := data[side], list) else []:
            assert isinstance(shown, dict)
            size = (int(str(shown["width"])), int(str(shown["height"])))
            done = shown["stage"] == "after"
            scene = _SCENE.get(name, "")
            photos[str(shown["name"])] = _drawn(scene, done, size)
    return Exhibit(data, photos)


@lru_cache
def _drawn(scene: str, done: bool, size: tuple[int, int]) -> bytes:
    if scene:
        return photo(scene, done, size)
    return (SAMPLES / ("after.jpg" if done else "before.jpg")).read_bytes()


def notice(look: Look) -> dict[str, Json]:
    text = (
        "各位居民：\n今年冬天的供暖从 11 月 5 日开始。供暖初期请您留意家里的阀门和管道，发现漏水请先关阀门，"
        "再在群里说一声，网格员会马上联系维修师傅。\n"
        "家里有独居老人的，社区会在 11 月 10 日前逐户上门看一看暖气热不热。不在家的，请给门上留个字条，写上方便的时间。\n"
        "低保和残疾人家庭的取暖补贴，请于 11 月 20 日前带身份证和户口本到社区一楼办理；行动不便的，网格员上门代办。"
    )
    title = "今年冬天供暖 11 月 5 日开始，请留意家里的阀门"
    return notice_data(title, text, COMMUNITY, "community_staff", date(2026, 11, 2), link=LINK, look=look)


_ITEMS = (
    DigestItem("3 号楼单元门口的垃圾清走了", "清运完毕，补放分类垃圾桶 2 个，以后早晚各清一次。", "EV-20261123-0007", "trash-0", "trash-1", 5),
    DigestItem("2 号楼前的路灯又亮了", "换了整流器和灯泡，晚上八点去看过，亮得很稳。", "EV-20261123-0009", "lamp-0", "lamp-1", 4),
    DigestItem("西门口的窨井盖补上了", "维修队当天换了新井盖，周边重新抹平。", "EV-20261123-0011", "", "road-1", None),
    DigestItem("小花园补种了花，还添了一条长椅", "采纳了居民的建议，周末邻居们一起种的。", "EV-20261123-0012", "garden-0", "garden-1", 5),
    DigestItem("5 号楼楼道里的旧家具搬走了", "和三户邻居商量好，共建单位免费拉走。", "EV-20261123-0013", "stairs-0", "stairs-1", 5),
    DigestItem("医保缴费的时间问清楚了", "12 月 25 日前在手机上或社区一楼都能缴。", "EV-20261123-0014", stars=5),
)  # fmt: skip


def digest(count: int, look: Look | None = None) -> dict[str, Json]:
    return digest_data((_ITEMS * 2)[:count], GRID, DAY, link=LINK, look=look)


def digest_photos() -> dict[str, bytes]:
    drawn = {
        f"{scene}-{int(done)}": _drawn(scene, done, (1280, 960))
        for scene in ("lamp", "road", "garden", "stairs")
        for done in (False, True)
    }
    return drawn | {f"trash-{int(done)}": _drawn("", done, (0, 0)) for done in (False, True)}


def honours(look: Look | None = None) -> dict[str, Json]:
    people = (
        Honoured("李**", "反映 6 件，帮着把楼道里的旧家具劝走了 3 户。", 86, "“她不光说，还自己动手，楼里人都服她。”", "居民"),
        Honoured("王师傅", "办好 23 件，件件按时，居民评价平均 4.9 分。", 120, "“打个电话就到，下雨天也来。”", "网格员"),
        Honoured("孙**", "连续三个月带队巡楼，提醒 11 户电动车不进楼。", 74, "“他一敲门，大家就知道该把车推下去了。”", "志愿者"),
        Honoured("洁净保洁公司", "接下 8 件清运的活，周末也不耽误。", 60, "“一个电话，两小时就清走了。”", "共建单位"),
        Honoured("赵**", "提的三条建议都被采纳，小花园就是她画的草图。", 55, "“开春花一开，准得谢谢赵老师。”", "居民"),
        Honoured("周敏", "挨户问清 14 位老人的取暖情况，没落下一家。", 0, "“她来了两回，我家暖气才算真热了。”", "社区工作人员"),
    )  # fmt: skip
    return honours_data(people, COMMUNITY, MONTH, link=LINK, look=look)


def month(look: Look | None = None) -> dict[str, Json]:
    now = {"环境卫生": 41, "公共设施": 28, "物业管理": 22, "噪声扰民": 14, "停车秩序": 12, "邻里关系": 11}
    then = {"环境卫生": 48, "公共设施": 20, "物业管理": 22, "噪声扰民": 19, "停车秩序": 7, "邻里关系": 2}
    days = (3, 5, 2, 6, 4, 1, 0, 7, 5, 6, 3, 4, 2, 1, 6, 8, 5, 4, 3, 7, 2, 1, 9, 6, 4, 5, 3, 2, 6, 8)
    figures = MonthFigures(128, 0.94, 4.7, now), MonthFigures(113, 0.91, 4.6, then)
    return month_data(*figures, days, COMMUNITY, MONTH, link=LINK, look=look)


def small(picture: bytes) -> bytes:
    """The picture for the manual: narrow, in a palette that keeps small spots of strong colour, too."""
    image = Image.open(io.BytesIO(picture)).convert("RGB")
    image = image.resize((SMALL, round(image.height * SMALL / image.width)), Image.Resampling.LANCZOS)
    found = image.getcolors(maxcolors=1 << 22) or []
    # A colour counts by the fourth root of its pixels, else a red that matters would give way to shades of grey.
    told = [colour for count, colour in found for _ in range(math.ceil(count**0.25)) if count > 1 or len(found) < 4000]
    seen = Image.new("RGB", (len(told), 1))
    seen.putdata(told)  # type: ignore[arg-type]
    shades = seen.quantize(COLOURS, method=Image.Quantize.MEDIANCUT, kmeans=1)
    out = io.BytesIO()
    image.quantize(palette=shades, dither=Image.Dither.NONE).save(out, "PNG", optimize=True)
    return out.getvalue()


def main(folder: Path, shrink: bool) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, exhibit in exhibits().items():
        if shrink and name in NOT_SHOWN:
            continue
        made = exhibit.pictures()
        for n, (picture, suffix) in enumerate(made, 1):
            stem = name if len(made) == 1 else f"{name}-{n}"
            file = folder / f"{stem}.{'png' if shrink else suffix}"
            file.write_bytes(small(picture) if shrink else picture)


if __name__ == "__main__":
    main(Path(sys.argv[1]), "--small" in sys.argv)
