"""The file of the community has changed: an area in which people live, work and have their group is there no more."""

from __future__ import annotations

from dataclasses import replace

import pytest

from core.areas import Areas
from core.people import rights_in
from tests.bots.talk import GROUP, Talk

SPEAKING = {
    "a resident in its group": ("li", GROUP, "@小应 路灯不亮", "group_unbound"),
    "somebody new in its group": ("new", GROUP, "@小应 路灯不亮", "group_unbound"),
    "its grid worker in its group": ("wang", GROUP, "@小应 帮助", "group_unbound"),
    "a resident 1:1": ("li", "", "路灯不亮", "where_do_you_live"),
    "a resident who moves": ("li", "", "住在 xiuyue-4", "home_welcome"),
    "a resident who binds": ("li", "", "绑定", "own_code"),
    "a resident who looks at their points": ("li", "", "积分", "points_none"),
    "its grid worker who looks for a home": ("wang", "", "住在 xiuyue-4", "home_fixed"),
    "its grid worker": ("wang", "", "待办", "todo_empty"),
    "staff of the community": ("liu", "", "待办", "todo_empty"),
}


@pytest.mark.parametrize(("who", "chat", "text", "key"), SPEAKING.values(), ids=SPEAKING.keys())
async def test_whoever_speaks_in_or_from_a_grid_that_is_gone_is_answered(
    talk: Talk, who: str, chat: str, text: str, key: str
) -> None:
    for known in ("li", "wang", "liu"):
        await talk.say("你好", known)
    left = [area for area in talk.policy.areas.all() if area.code != "xiuyue-3"]
    talk.policy = replace(talk.policy, areas=Areas(left))
    assert await talk.key(text, who, chat=chat) == key


async def test_nobody_has_more_rights_because_their_area_is_gone(talk: Talk) -> None:
    left = [area for area in talk.policy.areas.all() if not area.code.startswith("xiuyue")]
    talk.policy = replace(talk.policy, areas=Areas(left))
    for text in ("审核", "待发", "通知 明天停水"):
        assert await talk.key(text, "liu") in ("staff_only", "no_community"), text
    who = await talk.person("liu")
    assert [area.code for area in left if rights_in(who, area.code, talk.policy.areas)] == []
