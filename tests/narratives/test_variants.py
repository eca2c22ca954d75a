"""Which story it is, its lead, its thanks and the pace of its steps."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import combinations
from typing import Any

import pytest
from hypothesis import given as taking
from hypothesis import settings
from hypothesis import strategies as st

from core.characters import HAN
from core.events import Event, Kind, Status
from core.facts import Fact, FactKind
from narratives.story import LEAD, Story
from narratives.text import post_text
from narratives.variants import SIGNS, Variant, variant_of
from narratives.words import LANGUAGES, TEMPLATES
from tests.narratives.builders import (
    AREAS,
    NEIGHBOUR,
    PARTNER,
    PEOPLE,
    POLICY,
    STAFF,
    START,
    WORKER,
    at,
    by_partner,
    event,
    fact,
    given,
    history,
    overdue,
    partly_solved,
    question,
    rejected,
    reopened,
    reported,
    story,
    suggestion,
    supervised,
    variants,
)

TOLD: dict[Variant, Callable[..., Story]] = {
    Variant.REJECTED: rejected,
    Variant.PARTLY: partly_solved,
    Variant.SUPERVISED: supervised,
    Variant.OVERDUE: overdue,
    Variant.REOPENED: reopened,
    Variant.PARTNER: by_partner,
    Variant.SOLVED: story,
}
CHANGES: dict[Variant, tuple[dict[str, Any], tuple[Fact, ...]]] = {
    Variant.REJECTED: ({"status": Status.REJECTED}, ()),
    Variant.PARTLY: ({"stars": 2}, ()),
    Variant.SUPERVISED: ({}, (fact(FactKind.SUPERVISED, at(hours=1), None, level="桂林街道", reason=""),)),
    Variant.OVERDUE: ({"handled_at": at(days=9)}, ()),
    Variant.REOPENED: ({"reopened": 1}, ()),
    Variant.PARTNER: ({}, (fact(FactKind.PARTNER_JOINED, at(hours=1), 5, partner=PARTNER.name, named=False),)),
}


# ---------------------------------------------------------------------------------------------------------- the variant
def test_what_went_wrong_names_the_story_before_what_went_well() -> None:
    assert [variant for variant, _ in SIGNS] == ["rejected", "partly", "supervised", "overdue", "reopened", "partner"]


@pytest.mark.parametrize(("first", "second"), list(combinations(CHANGES, 2)))
def test_of_two_signs_the_one_higher_in_the_table_names_the_story(first: Variant, second: Variant) -> None:
    changes = CHANGES[second][0] | CHANGES[first][0]
    facts = (*history(), *CHANGES[first][1], *CHANGES[second][1])
    assert variant_of(event(**changes), facts, PEOPLE) == first


def test_without_any_sign_it_is_solved() -> None:
    assert variant_of(event(), history(), PEOPLE) == Variant.SOLVED
    assert variant_of(event(stars=None, handled_at=None), (), {}) == Variant.SOLVED


@pytest.mark.parametrize("facts", [
    (fact(FactKind.HANDLED, at(hours=1), 5, text=""),),
    (fact(FactKind.TRANSFERRED, at(hours=1), 3, **given(PARTNER)),),
])  # fmt: skip
def test_a_partner_that_was_given_it_or_did_it_makes_a_partners_story(facts: Sequence[Fact]) -> None:
    assert variant_of(event(), facts, PEOPLE) == Variant.PARTNER


def test_what_a_partner_handed_back_is_no_partners_story() -> None:
    facts = (
        fact(FactKind.TRANSFERRED, at(hours=1), 3, **given(PARTNER)),
        fact(FactKind.TRANSFERRED, at(hours=2), 3, **given()),
    )
    assert variant_of(event(), facts, PEOPLE) == Variant.SOLVED


def test_the_gallery_holds_every_variant_and_both_languages() -> None:
    told = variants()
    assert {one.variant for one in told.values()} == set(Variant)
    assert {one.language for one in told.values()} == set(LANGUAGES)
    assert len(told) >= 12


# ------------------------------------------------------------------------------------------------------------- the lead
LEADS = {
    Variant.SOLVED: (
        "11 月 23 日早上 8 点多，一位居民在群里反映了这件事，另有 12 位邻居也反映了。"
        "网格员王师傅 28 分钟后接单，当天上午就办好了。",
        "On the morning of 23 November a resident reported this in the group, and 12 more neighbours reported it too. "
        "Grid worker 王师傅 accepted it after 28 minutes, and it was put right that same morning.",
    ),
    Variant.REOPENED: (
        "11 月 23 日早上 8 点多，一位居民在群里反映了这件事。网格员王师傅 28 分钟后接单。"
        "当天下午，反映的居民说没有解决，又重新办理，第二天上午办好了。这一回，反映的居民给了 4 星，满意。",
        "On the morning of 23 November a resident reported this in the group. "
        "Grid worker 王师傅 accepted it after 28 minutes. The resident said that afternoon it was not solved, "
        "so it was taken up again, and it was put right the next morning. "
        "This time the resident gave 4 stars: satisfied.",
    ),
    Variant.PARTLY: (
        "11 月 23 日早上 8 点多，一位居民在群里反映了这件事，另有 1 位邻居也反映了。"
        "网格员王师傅 2 小时后接单，第二天上午办完了。"
        "反映的居民给了 2 星，不满意，表示就这样。结果还没有让人满意，照实记在这里。",
        "On the morning of 23 November a resident reported this in the group, and 1 more neighbour reported it too. "
        "Grid worker 王师傅 accepted it after 2 hours, and it was dealt with the next morning. "
        "The resident gave 2 stars (dissatisfied) and left it at that. It did not turn out as hoped.",
    ),
    Variant.OVERDUE: (
        "11 月 23 日早上 8 点多，一位居民在群里反映了这件事，另有 3 位邻居也反映了。"
        "网格员王师傅 3 小时后接单，11 月 28 日上午办完了，没有赶上时限，晚了 1 天 17 小时。",
        "On the morning of 23 November a resident reported this in the group, and 3 more neighbours reported it too. "
        "Grid worker 王师傅 accepted it after 3 hours, and it was dealt with on the morning of 28 November, "
        "missing the deadline by 1 day 17 hours.",
    ),
    Variant.SUPERVISED: (
        "11 月 23 日早上 8 点多，一位居民在群里反映了这件事，另有 6 位邻居也反映了。"
        "网格员王师傅 1 小时后接单。11 月 27 日早上，这件事由桂林街道督办，"
        "社区工作人员周敏当天下午办好了，比时限晚了 23 小时。",
        "On the morning of 23 November a resident reported this in the group, and 6 more neighbours reported it too. "
        "Grid worker 王师傅 accepted it after 1 hour. "
        "桂林街道 stepped in to supervise it on the morning of 27 November. "
        "It was put right that afternoon by community staff 周敏, 23 hours past the deadline.",
    ),
    Variant.REJECTED: (
        "11 月 23 日早上 8 点多，一位居民在群里反映了这件事，另有 2 位邻居也反映了。"
        "社区工作人员第二天上午答复：这次没有受理，原因写在下面。",
        "On the morning of 23 November a resident reported this in the group, and 2 more neighbours reported it too. "
        "Community staff answered the next morning that it was not taken up this time; the reason is given below.",
    ),
    Variant.PARTNER: (
        "11 月 23 日早上 8 点多，一位居民在群里反映了这件事。"
        "共建单位洁净保洁公司 1 个多小时后接了过去，当天下午就办好了。",
        "On the morning of 23 November a resident reported this in the group. "
        "Partner 洁净保洁公司 took it on after more than an hour, and it was put right that afternoon.",
    ),
}  # fmt: skip


@pytest.mark.parametrize("variant", list(Variant))
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_lead_of_each_variant_reads_as_a_neighbour_would_tell_it(variant: Variant, language: str) -> None:
    told = TOLD[variant](language=language)
    assert (told.variant, told.lead) == (variant, LEADS[variant][LANGUAGES.index(language)])


@pytest.mark.parametrize("variant", list(Variant))
def test_no_lead_is_longer_than_a_hundred_and_twenty_characters(variant: Variant) -> None:
    assert 20 <= len(TOLD[variant]().lead) <= 120
    assert len(TOLD[variant](language="en").lead) <= 300 < LEAD


def test_beside_staffs_own_words_there_is_no_lead() -> None:
    assert story(changed_text="我们的话").lead == ""


def test_a_suggestion_and_a_question_are_answered_not_put_right() -> None:
    assert suggestion().lead.endswith("社区工作人员周敏采纳了这条建议，11 月 25 日上午给了回应。")
    assert question().lead == (
        "11 月 23 日早上 8 点多，一位居民问了这件事。社区工作人员周敏 6 分钟后接单，当天早上就给了答复。"
    )
    assert "办" not in suggestion().lead + question().lead
    english = suggestion(language="en").lead
    assert english.endswith(
        "Community staff 周敏 took up the suggestion, and it was answered on the morning of 25 November."
    )


@pytest.mark.parametrize(
    ("facts", "changes", "says"),
    [
        ((), {"handled_at": None}, "一位居民反映了这件事，另有 12 位邻居也反映了。"),
        ((), {}, "另有 12 位邻居也反映了。当天上午就办好了。"),
        (history()[:2], {"handled_at": None, "people": 1}, "一位居民在群里反映了这件事。"),
        (history()[:4], {"handled_at": None, "people": 1}, "这件事。网格员王师傅 28 分钟后接单。"),
        ((history()[0], history()[5]), {"people": 1}, "这件事。网格员王师傅当天上午就办好了。"),
        ((history()[3], history()[5]), {"people": 1}, "这件事。网格员王师傅 28 分钟后接单，当天上午就办好了。"),
    ],
)
def test_what_no_fact_says_is_left_out_and_the_sentence_still_ends(
    facts: Sequence[Fact], changes: dict[str, Any], says: str
) -> None:
    assert story(event(**changes), facts).lead.endswith(says)


def test_people_whose_data_was_erased_are_told_by_what_they_were() -> None:
    lead = story(people={}).lead
    assert "一位居民在群里反映了" in lead
    assert "工作人员 28 分钟后接单" in lead
    assert "王师傅" not in lead


def test_staff_who_reported_it_and_took_it_are_named_once() -> None:
    lead = story(event(people=1), (reported(actor=2), *history()[1:])).lead
    assert lead == "11 月 23 日早上 8 点多，网格员王师傅在群里反映了这件事。28 分钟后接单，当天上午就办好了。"


def test_the_next_day_is_said_only_where_nobody_can_take_it_for_another() -> None:
    late_start = (
        *history()[:2],
        fact(FactKind.ACCEPTED, at(days=1, hours=2), 2),
        fact(FactKind.HANDLED, at(days=1, hours=3), 2, text=""),
    )
    assert "接单，11 月 24 日上午办好了" in story(event(handled_at=at(days=1, hours=3)), late_start).lead
    same_day = (*history()[:4], fact(FactKind.HANDLED, at(days=1, hours=3), 2, text=""))
    assert "接单，第二天上午办好了" in story(event(handled_at=at(days=1, hours=3)), same_day).lead


def test_stars_from_before_it_was_taken_up_again_praise_nothing() -> None:
    facts = (
        *history()[:7],
        fact(FactKind.REOPENED, at(days=1), 1, reason=""),
        fact(FactKind.HANDLED, at(days=2), 2, text="又清了一次"),
        fact(FactKind.CLOSED, at(days=9), None, how="rated"),
    )
    told = story(event(reopened=1, stars=5, handled_at=at(days=2)), facts)
    assert (told.outcome, told.rating) == ("重新办理后办结", "很满意（重新办理之前的评价）")
    assert "星" not in told.lead
    assert "办完了" in told.lead


def test_a_refusal_speaks_for_the_office_and_says_nothing_was_done() -> None:
    for language in LANGUAGES:
        told = rejected(language=language)
        seen = "\n".join([told.lead, post_text(told), *(step.text for step in told.steps)])
        assert STAFF.name not in seen
        assert not re.search("办好|办结|办完|办理结果|评价|put right|Done|Rating", seen)
        assert (told.figures[0].key, told.result, told.rating, told.handler) == ("people", "", "", "")
    assert rejected().reason.startswith("您反映的这块空地在隔壁枫林社区")
    assert rejected().steps[-1].text == "社区工作人员答复：这次没有受理，原因已告诉反映人"


def test_a_matter_refused_after_it_had_been_called_done_is_told_as_refused() -> None:
    facts = (
        *history()[:6],
        fact(FactKind.REOPENED, at(hours=3), 1, reason=""),
        fact(FactKind.REJECTED, at(hours=5), 3, reason="要找供电公司"),
    )
    told = story(event(status=Status.REJECTED, reopened=1, stars=None, comment="", closed_at=at(hours=5)), facts)
    assert (told.outcome, told.reason, told.result) == ("这次没有受理", "要找供电公司", "")
    assert told.lead.endswith("社区工作人员当天下午答复：这次没有受理，原因写在下面。")
    assert [pace.mark for pace in told.pace] == ["assign", "accept"]


def test_a_reason_is_masked_and_gives_way_to_staffs_own_words() -> None:
    facts = (reported(), fact(FactKind.REJECTED, at(hours=1), 3, reason="孙大爷 13812345678 已经同意"))
    refused = event(status=Status.REJECTED, handled_at=None, stars=None, comment="")
    assert story(refused, facts).reason == "孙* 138****5678 已经同意"
    assert story(refused, facts, changed_text="不归社区管").reason == ""


def test_how_soon_it_was_accepted_counts_from_the_report_whenever_it_was_given() -> None:
    facts = (
        history()[0],
        fact(FactKind.ASSIGNED, at(hours=2), 3, **given()),
        fact(FactKind.ACCEPTED, at(hours=2, minutes=20), 2),
    )
    told = story(event(handled_at=None), facts)
    assert told.lead.endswith("网格员王师傅 2 个多小时后接单。")
    assert [(p.mark, p.took) for p in told.pace] == [("assign", "2 小时"), ("accept", "20 分")]


def test_an_acceptance_of_the_second_round_is_not_told_as_the_first() -> None:
    facts = (
        *history()[:2],
        fact(FactKind.HANDLED, at(hours=1), 2, text=""),
        fact(FactKind.REOPENED, at(hours=2), 1, reason=""),
        fact(FactKind.ACCEPTED, at(hours=3), 2),
        fact(FactKind.HANDLED, at(hours=4), 2, text=""),
    )
    told = story(event(reopened=1, handled_at=at(hours=4)), facts)
    assert "接单" not in told.lead
    assert [p.mark for p in told.pace] == ["assign", "handle"]


def test_where_it_was_both_supervised_and_taken_up_again_each_turn_has_its_date() -> None:
    facts = (
        *history()[:6],
        fact(FactKind.REOPENED, at(days=1), 1, reason=""),
        fact(FactKind.SUPERVISED, at(days=2), None, level="桂林街道", reason=""),
        fact(FactKind.HANDLED, at(days=2, hours=2), 2, text=""),
    )
    told = story(event(reopened=1, handled_at=at(days=2, hours=2)), facts)
    assert told.lead.endswith(
        "11 月 25 日早上，这件事由桂林街道督办。11 月 24 日早上，反映的居民说没有解决，又重新办理，"
        "网格员王师傅 11 月 25 日上午办好了。"
    )


# ---------------------------------------------------------------------------------------------------------- the partner
def test_a_partner_is_thanked_by_name_only_when_it_agreed() -> None:
    assert by_partner().thanks == "谢谢洁净保洁公司出力帮忙。"
    assert by_partner(language="en").thanks == "Thank you, 洁净保洁公司, for lending a hand."
    told = by_partner(named=False)
    assert told.thanks == "谢谢出力帮忙的共建单位。"
    assert PARTNER.name not in repr(replace(told, words=story().words))


def test_a_partner_that_never_agreed_is_not_named_in_what_staff_wrote_either() -> None:
    facts = (
        *history(result=f"联系{PARTNER.name}清运完毕"),
        fact(FactKind.TRANSFERRED, at(hours=1), 2, **given(PARTNER)),
    )
    told = story(facts=facts)
    assert told.result == "联系共建单位清运完毕"
    assert PARTNER.name not in repr(told)


def test_the_last_word_of_a_partner_about_its_name_counts() -> None:
    joined = [
        fact(FactKind.PARTNER_JOINED, at(minutes=n), 5, partner=PARTNER.name, named=named)
        for n, named in ((1, True), (2, False))
    ]
    assert story(facts=[*history(), *joined]).thanks == "谢谢出力帮忙的共建单位。"


def test_a_partner_that_joined_in_is_told_beside_whoever_handled_it() -> None:
    joined = fact(FactKind.PARTNER_JOINED, at(minutes=30), 5, partner=PARTNER.name, named=True)
    told = story(facts=(*history()[:4], joined, *history()[4:]))
    assert "网格员王师傅 28 分钟后接单，共建单位洁净保洁公司也来出力，网格员王师傅当天上午就办好了。" in told.lead
    assert "共建单位洁净保洁公司参与办理" in [step.text for step in told.steps]


def test_no_partner_no_thanks() -> None:
    assert story().thanks == ""


def test_reports_that_were_merged_are_told_in_the_timeline() -> None:
    merged = "另一条反映说的是同一件事，合在一起办"
    assert merged in [step.text for step in variants()["merged"].steps]
    joined = fact(FactKind.JOINED, at(minutes=9), 4, text="", serial=12)
    assert merged in [step.text for step in story(facts=(history()[0], joined)).steps]


# ------------------------------------------------------------------------------------------------------------- the pace
def test_every_step_says_how_long_it_took_against_its_deadline() -> None:
    assert [(p.mark, p.took, p.limit, p.share, p.late) for p in story().pace] == [
        ("assign", "1 分钟内", "", None, False),
        ("accept", "28 分", "", None, False),
        ("handle", "1 小时 53 分", "时限 11 月 26 日 17:12", 0.023, False),
        ("evaluate", "8 小时 7 分", "", None, False),
    ]


def test_a_step_that_never_happened_has_no_pace() -> None:
    assert story(event(handled_at=None), ()).pace == ()
    assert [p.mark for p in question().pace] == ["assign", "accept", "handle"]
    assert [p.mark for p in suggestion().pace] == ["assign", "handle", "evaluate"]
    assert [p.mark for p in rejected().pace] == []


def test_a_late_handling_takes_more_than_its_share() -> None:
    handling = overdue().pace[2]
    assert (handling.late, handling.took, handling.share) == (True, "5 天 2 小时", 1.506)


def test_just_in_time_is_a_share_of_one_and_not_late() -> None:
    told = story(event(handled_at=event().deadline))
    handling = next(p for p in told.pace if p.mark == "handle")
    assert (handling.share, handling.late, told.variant) == (1.0, False, "solved")


def test_a_matter_taken_up_again_counts_from_the_first_report_and_against_the_last_term() -> None:
    handling = reopened().pace[2]
    assert (handling.label, handling.took) == ("从第一次反映到最后办结", "1 天 3 小时")
    assert handling.limit == "重新办理的时限 11 月 27 日 17:12"
    term, used = at(days=4, hours=9) - at(hours=9, minutes=5), at(days=1, hours=3) - at(hours=9, minutes=5)
    assert handling.share == round(used / term, 3)


def test_a_term_that_is_no_term_has_no_share() -> None:
    handling = next(p for p in story(event(deadline=START)).pace if p.mark == "handle")
    assert (handling.share, handling.late) == (None, True)


def test_what_was_handed_on_before_it_was_accepted_counts_from_the_last_hand() -> None:
    facts = (
        *history()[:2],
        fact(FactKind.TRANSFERRED, at(hours=2), 2, **given(STAFF)),
        fact(FactKind.ACCEPTED, at(hours=2, minutes=5), 3),
        fact(FactKind.TRANSFERRED, at(hours=9), 3, **given()),
    )
    assert [(p.mark, p.took) for p in story(event(handled_at=None), facts).pace] == [
        ("assign", "1 分钟内"),
        ("accept", "5 分"),
    ]


# ------------------------------------------------------------------------------------------------------- never invented
_RUN = re.compile(f"[{HAN}]+")
_OURS = {
    run
    for path in (*TEMPLATES.glob("*.j2"), *TEMPLATES.glob("words.*.toml"))
    for run in _RUN.findall(path.read_text(encoding="utf-8"))
}
_WORDS = ("楼道灯不亮", "换了灯泡", "谢谢大家", "晚上看不清路", "厂家明天来", "没有修好", "不归社区")


def _told_numbers(whole: Event, facts: Sequence[Fact]) -> set[int]:
    """Every number that the facts give: days on the community's clock, and the lengths that are worth telling."""
    zone, start = timedelta(hours=8), whole.created_at + timedelta(hours=8)
    numbers = {whole.people - 1, whole.stars or 0, whole.reopened, 1}
    numbers |= {start.month, start.day, (start.hour - 1) % 12 + 1, start.hour}
    for moment in (whole.handled_at, whole.closed_at, *(one.at for one in facts)):
        numbers |= {(moment + zone).month, (moment + zone).day} if moment else set()
    accepted = [one.at for one in facts if one.kind == FactKind.ACCEPTED]
    lengths = [moment - whole.created_at for moment in (*accepted, whole.handled_at) if moment]
    for length in [*lengths, whole.handled_at - whole.deadline] if whole.handled_at else lengths:
        minutes = int(length / timedelta(minutes=1))
        numbers |= {minutes, minutes // 60, minutes // 60 + 1, minutes // 1440, minutes // 1440 + 1}
        numbers |= {minutes % 60, minutes // 60 % 24}
    return numbers


def _is_made_of(run: str, pieces: set[str]) -> bool:
    ends = {0}
    for end in range(1, len(run) + 1):
        if any(run[start:end] in pieces for start in ends):
            ends.add(end)
    return len(run) in ends


@st.composite
def _histories(draw: st.DrawFn) -> tuple[Event, tuple[Fact, ...]]:
    """Any facts in any number at rising times, whether a real event could have them or not."""
    start = START + timedelta(minutes=draw(st.integers(0, 60 * 24 * 40)))
    pace = draw(st.sampled_from([90, 60 * 24 * 2, 60 * 24 * 20]))
    moments = sorted(draw(st.lists(st.integers(0, pace), min_size=12, max_size=12)))
    text = st.sampled_from(_WORDS)
    makers: list[tuple[FactKind, int | None, dict[str, Any]]] = [
        (FactKind.REPORTED, 1, {"text": draw(text), "group": draw(st.sampled_from(["", "居民群"])), "tier": "general"}),
        (FactKind.ASSIGNED, None, given()),
        (FactKind.ACCEPTED, draw(st.sampled_from([2, 3, 5])), {}),
        (FactKind.ADOPTED, 3, {}),
        (FactKind.PARTNER_JOINED, 5, {"partner": PARTNER.name, "named": draw(st.booleans())}),
        (FactKind.SUPERVISED, None, {"level": "桂林街道", "reason": draw(text)}),
        (FactKind.HANDLED, 2, {"text": draw(text)}),
        (FactKind.RATED, 1, {"stars": 2, "text": "", "first": True}),
        (FactKind.REOPENED, 1, {"reason": draw(text)}),
        (FactKind.HANDLED, draw(st.sampled_from([2, 3, 5])), {"text": draw(text)}),
        (FactKind.REJECTED, 3, {"reason": draw(text)}),
        (FactKind.CLOSED, None, {"how": "unrated"}),
    ]
    facts = tuple(
        fact(kind, start + timedelta(minutes=minute), actor, **data)
        for minute, (kind, actor, data) in zip(moments, makers, strict=True)
        if draw(st.integers(0, 2))
    )
    later = st.none() | st.integers(0, 60 * 24 * 20).map(lambda minute: start + timedelta(minutes=minute))
    handled: datetime | None = draw(later)
    whole = event(
        kind=draw(st.sampled_from(list(Kind))),
        status=draw(st.sampled_from([Status.CLOSED, Status.CLOSED, Status.REJECTED])),
        title=draw(text),
        place=draw(st.sampled_from(["", "东门"])),
        created_at=start,
        deadline=start + timedelta(days=draw(st.integers(1, 9))),
        handled_at=handled,
        closed_at=handled,
        stars=draw(st.none() | st.integers(1, 5)),
        comment=draw(st.sampled_from(["", *_WORDS])),
        people=draw(st.integers(1, 40)),
        reopened=draw(st.integers(0, 3)),
    )
    return whole, facts


@settings(max_examples=150, deadline=None, derandomize=True)
@taking(_histories(), st.sampled_from(LANGUAGES))
def test_nothing_is_said_that_neither_the_facts_nor_the_rules_say(
    drawn: tuple[Event, tuple[Fact, ...]], language: str
) -> None:
    whole, facts = drawn
    told = story(whole, facts, (), language=language)
    names = [area.name for area in AREAS.all()] + [PARTNER.name, WORKER.name, STAFF.name, *POLICY.categories, "居民群"]
    pieces = _OURS | {run for text in (*_WORDS, "东门", *names) for run in _RUN.findall(text)}
    numbers = _told_numbers(whole, facts)
    for text in (told.lead, post_text(told).replace(whole.number, "")):
        assert [run for run in _RUN.findall(text) if len(run) >= 4 and not _is_made_of(run, pieces)] == []
        assert [number for number in re.findall(r"\d+", text) if int(number) not in numbers] == []
        assert NEIGHBOUR.name not in text
        assert not re.search(r"[，,：:] *[。.，,]|。。|  |\n\n|None|\{|\}", text)
    lines = post_text(told).splitlines()
    assert 4 <= len(lines) <= 8
    assert lines[0].endswith(told.title)
    assert lines[-1].startswith(told.number)


def test_the_check_for_inventions_finds_an_invented_word_and_keeps_what_is_ours() -> None:
    assert not _is_made_of("王师傅连夜赶到现场", _OURS | {"王师傅"})
    assert _is_made_of("网格员王师傅", _OURS | {"王师傅"})
