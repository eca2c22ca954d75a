"""Whoever writes 1:1 for the first time is asked where they live when it matters, and loses nothing they said."""

from __future__ import annotations

from dataclasses import replace

import pytest

from core.areas import Areas, Level
from core.messages import Photo
from core.people import Role
from storage.outbox import Queued
from tests.bots.talk import GROUP, TELEGRAM, Talk

NEW = ("ann", TELEGRAM)


async def ask(talk: Talk, words: str, photos: tuple[Photo, ...] = ()) -> Queued:
    (row,) = await talk.say(words, *NEW, photos=photos)
    assert row.reply.key == "where_do_you_live"
    return row


async def test_a_report_of_a_newcomer_is_a_question_and_the_answer_files_it_as_it_was_said(talk: Talk) -> None:
    row = await ask(talk, "路灯不亮，天黑了看不见", photos=(Photo("a.jpg", 1, 1),))
    assert await talk.rows("event") == []
    assert {choice.says for choice in row.reply.choices} == {
        f"住在 {code} 路灯不亮，天黑了看不见" for code in ("xiuyue", "fenglin")
    }
    assert await talk.press(row, "home-fenglin", *NEW) == "reported_unassigned"
    (event,) = await talk.rows("event")
    assert event["community"] == "fenglin"
    assert [report["text"] for report in await talk.rows("report")] == ["路灯不亮，天黑了看不见"]
    assert [photo["event_id"] for photo in await talk.rows("event_photo")] == [event["id"]]
    assert (await talk.person(*NEW)).area == "fenglin"


async def test_the_second_press_files_nothing_twice(talk: Talk) -> None:
    row = await ask(talk, "路灯不亮")
    await talk.press(row, "home-fenglin", *NEW)
    assert await talk.press(row, "home-xiuyue", *NEW) == "choice_gone"
    assert len(await talk.rows("event")) == 1
    assert (await talk.person(*NEW)).area == "fenglin"


@pytest.mark.parametrize(
    "answer", ["枫林社区", "住在枫林社区", "住在 枫林苑", "枫林。", "我住枫林苑3栋2单元", "fenglin"]
)
async def test_typed_in_ones_own_words_the_answer_brings_the_words_back_too(talk: Talk, answer: str) -> None:
    await ask(talk, "路灯不亮")
    assert (await talk.key(answer, *NEW)).startswith("reported")
    (event,) = await talk.rows("event")
    assert event["community"] == "fenglin"
    assert "501" not in str(await talk.rows("person"))


async def test_an_answer_that_is_not_clear_asks_again_and_still_keeps_the_words(talk: Talk) -> None:
    await ask(talk, "路灯不亮")
    (again,) = await talk.say("住在火星小区", *NEW)
    assert again.reply.key == "home_unclear"
    assert all(choice.says.endswith(" 路灯不亮") for choice in again.reply.choices)
    assert (await talk.key("枫林", *NEW)).startswith("reported")
    assert [report["text"] for report in await talk.rows("report")] == ["路灯不亮"]


@pytest.mark.parametrize("words", ["积分", "兑换", "报事 路灯不亮", "建议 多种树", "我也遇到 1", "进度 1"])
async def test_whatever_needs_a_community_is_carried_out_after_the_answer(talk: Talk, words: str) -> None:
    await talk.say("3号楼楼道灯坏了", "li")
    (row,) = await talk.say(words, *NEW)
    key = row.reply.key
    if key == "where_do_you_live":
        key = await talk.press(row, "home-xiuyue", *NEW)
        assert (await talk.person(*NEW)).area == "xiuyue"  # even where the words were refused
    assert key in (await talk.key(words, *NEW), "reported_unassigned", "joined", "points_none")


async def test_another_matter_said_instead_of_the_answer_is_no_answer(talk: Talk) -> None:
    first = await ask(talk, "路灯不亮")
    for matter in ("枫林路积水", "枫林中学门口堵车", "秀月街路灯不亮"):
        assert all(choice.says.endswith(matter) for choice in (await ask(talk, matter)).reply.choices)
    assert (await talk.press(first, "home-fenglin", *NEW)).startswith("reported")
    assert [report["text"] for report in await talk.rows("report")] == ["路灯不亮"]


async def test_words_that_are_refused_leave_nothing_behind_but_where_somebody_lives(talk: Talk) -> None:
    await talk.db.run(lambda uow: uow.registry.add_reward("xiuyue", "soap", "洗手液", 20, 5))
    row = await ask(talk, "兑换 洗手液")
    assert await talk.press(row, "home-xiuyue", *NEW) == "points_short"  # the shelf was asked first
    assert [reward["stock"] for reward in await talk.rows("reward")] == [5]
    assert (await talk.person(*NEW)).area == "xiuyue"


async def test_the_community_whose_place_is_named_is_offered_first(talk: Talk) -> None:
    assert (await ask(talk, "枫林中学门口路灯不亮")).reply.choices[0].id == "home-fenglin"
    assert (await ask(talk, "秀月街路灯不亮")).reply.choices[0].id == "home-xiuyue"


async def test_a_link_with_the_area_is_a_pleasant_first_message(talk: Talk) -> None:
    (row,) = await talk.say("住在 xiuyue-3", *NEW)
    assert (row.reply.key, row.reply.params["area"]) == ("home_welcome", "秀月社区第三网格")
    assert (await talk.person(*NEW)).area == "xiuyue-3"
    (again,) = await talk.say("住在 xiuyue", *NEW)
    assert again.reply.key == "home_welcome"
    assert (await talk.person(*NEW)).area == "xiuyue-3"  # what is known better is kept
    assert (await talk.key("路灯不亮", *NEW)) == "reported"
    assert [event["grid"] for event in await talk.rows("event")] == ["xiuyue-3"]


async def test_residents_may_move_and_their_1_to_1_chat_moves_along(talk: Talk) -> None:
    (row,) = await talk.say("住在枫林苑", "ma")
    assert (row.reply.key, row.reply.params["was"]) == ("home_moved", "秀月社区第四网格")
    moved = await talk.person("ma")
    assert (moved.role, moved.area) == (Role.VOLUNTEER, "fenglin-1")
    assert await talk.key("路灯不亮", "ma") == "reported_unassigned"
    assert [event["grid"] for event in await talk.rows("event")] == ["fenglin-1"]


@pytest.mark.parametrize("who", ["wang", "liu", "cao", "feng"])
async def test_where_somebody_works_is_not_theirs_to_change(talk: Talk, who: str) -> None:
    before = await talk.person(who)
    assert await talk.key("住在 fenglin", who) == "home_fixed"
    assert await talk.person(who) == before


@pytest.mark.parametrize(
    "text",
    ["我住在3号楼，楼道灯坏了", "我住在3号楼楼道灯坏了", "住在 b1 那边漏水了", "住在3号楼的老人摔倒了"],
)
async def test_a_story_stays_a_report(talk: Talk, text: str) -> None:
    assert (await talk.key(text, "li")).startswith("reported")
    assert [report["text"] for report in await talk.rows("report")] == [text]
    assert (await talk.person("li")).area == "xiuyue-3"


async def test_places_that_are_no_home_move_nobody(talk: Talk) -> None:
    for text in ("住在 binhai", "住在 guilin", "住在", "住在 火星"):
        assert await talk.key(text, "li") in ("home_unclear", "where_do_you_live")
    assert (await talk.person("li")).area == "xiuyue-3"


async def test_words_that_nest_are_carried_out_once(talk: Talk) -> None:
    assert await talk.key("住在 fenglin " + "住在 xiuyue " * 300, *NEW) == "home_welcome"
    assert (await talk.person(*NEW)).area == "fenglin"


async def test_in_a_group_the_answer_is_for_the_speaker_alone(talk: Talk) -> None:
    here, there = await talk.say("@小应 住在 枫林社区", "li", chat=GROUP)
    assert (here.reply.key, there.reply.key, there.chat) == ("sent_privately", "home_moved", None)


async def test_somebody_met_1_to_1_lives_where_their_group_is(talk: Talk) -> None:
    await ask(talk, "路灯不亮")
    await talk.db.run(
        lambda uow: uow.registry.add_identity(2, TELEGRAM, TELEGRAM, "other", "")  # somebody else is not moved
    )
    newcomer = await talk.person(*NEW)
    await talk.db.run(lambda uow: uow.registry.add_identity(newcomer.id, "practice", "practice", "ann", ""))
    assert await talk.key("报事 路灯不亮", "ann", chat=GROUP) == "reported"
    assert (await talk.person(*NEW)).area == "xiuyue-3"


async def test_where_there_is_one_community_nobody_is_asked(talk: Talk) -> None:
    areas = [area for area in talk.policy.areas.all() if not area.code.startswith("fenglin")]
    talk.policy = replace(talk.policy, areas=Areas(areas))
    assert len(talk.policy.areas.all(Level.COMMUNITY)) == 1
    assert await talk.key("路灯不亮", *NEW) == "reported_unassigned"
    assert (await talk.person(*NEW)).area == "xiuyue"


async def test_an_ordinary_report_costs_what_it_did(talk: Talk) -> None:
    await talk.say("你好", "li")
    before = talk.db.statements
    assert await talk.key("路灯不亮", "li") == "reported"
    assert talk.db.statements - before <= 12 + 1  # the test itself looks once
