"""Values for the tests of core, with keyword overrides."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from core.areas import Area, Areas, Level
from core.events import Event, Kind, Status, Tier
from core.policy import Category, Policy

MONDAY = datetime(2026, 11, 23, 1, 30, tzinfo=UTC)  # 09:30 in Shanghai

AREAS = Areas(
    (
        Area("city", "滨海市", Level.CITY),
        Area("district", "中山区", Level.DISTRICT, "city"),
        Area("street", "桂林街道", Level.STREET, "district"),
        Area("street-2", "海港街道", Level.STREET, "district"),
        Area("xiuyue", "秀月社区", Level.COMMUNITY, "street", ("秀月街",)),
        Area("xiuyue-3", "第三网格", Level.GRID, "xiuyue", ("秀月花园", "1号楼", "3号楼", "解放巷")),
        Area("xiuyue-4", "第四网格", Level.GRID, "xiuyue", ("望海家园", "13号楼", "9号楼", "望海路")),
        Area("fenglin", "枫林社区", Level.COMMUNITY, "street", ("枫林街",)),
        Area("fenglin-1", "第一网格", Level.GRID, "fenglin", ("枫林苑", "3栋")),
    )
)

_WORDS = {
    "物业管理": ("物业", "电梯", "门禁", "楼道灯"),
    "停水停电停暖": ("停水", "没水", "停电"),
    "环境卫生": ("垃圾", "脏", "臭味"),
    "噪音油烟污染": ("噪音", "扰民", "施工", "广场舞", "吵"),
    "市政设施": ("路灯", "井盖", "下水道"),
    "社区事务": ("社区", "证明"),
}
POLICY = Policy(
    areas=AREAS,
    categories={
        **{name: Category(name, "城市管理", words) for name, words in _WORDS.items()},
        "规划与征拆": Category("规划与征拆", "城市管理", ("拆迁", "规划"), tier=Tier.DIFFICULT),
        "重大工程": Category("重大工程", "城市管理", ("大坝",), tier=Tier.MAJOR),
    },
    default_category="社区事务",
    urgent_words=("着火", "燃气泄漏", "煤气味", "井盖没了", "被困", "塌了"),
)


def event(**changes: Any) -> Event:
    """A new complaint of resident 7 in the third grid."""
    first = Event(
        id=1, community="xiuyue", serial=7, kind=Kind.COMPLAINT, status=Status.NEW, tier=Tier.GENERAL,
        category="物业管理", grid="xiuyue-3", title="3号楼电梯坏了", reporter=7, created_at=MONDAY, deadline=MONDAY,
        number="EV-20261123-0007",
    )  # fmt: skip
    return replace(first, **changes)
