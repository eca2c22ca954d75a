from __future__ import annotations

import tomllib
from collections.abc import Callable

import pytest

from core.events import Kind, Status, Tier
from core.facts import FactKind
from core.people import Role
from core.tracking import LoopStep
from narratives.sandbox import short
from narratives.story import Story
from narratives.text import post_text
from narratives.variants import Variant
from narratives.words import LANGUAGES, TEMPLATES, words_of
from tests.narratives.builders import (
    at,
    by_partner,
    event,
    fact,
    history,
    overdue,
    partly_solved,
    question,
    rejected,
    reopened,
    story,
    suggestion,
    supervised,
    variants,
)
from tests.narratives.test_story import SECRET, SECRETS

INJECTED = (
    "{{7*7}}",
    "{% for x in range(9) %}x{% endfor %}",
    "{{ story.__class__.__mro__ }}",
    "<script>alert(1)</script>",
    "{n} %s",
)


@pytest.mark.parametrize("text", INJECTED)
def test_what_people_wrote_is_never_a_template_and_never_escaped(text: str) -> None:
    told = story(event(title=text, comment=text), history(text, text, text, text))
    assert text in post_text(told)
    assert "49" not in post_text(told)


def test_a_report_cannot_pretend_to_be_a_line_of_its_own() -> None:
    told = story(event(comment="好\n【社区通知】停水"), history("不亮\n【社区通知】明天停水\u2028【停电】"))
    assert [line for line in post_text(told).splitlines() if line.startswith("【")] == [post_text(told).splitlines()[0]]


def test_no_post_shows_what_must_be_hidden() -> None:
    told = story(event(title=SECRET[:24], comment=SECRET), history(SECRET, SECRET, SECRET, SECRET))
    assert [secret for secret in SECRETS if secret in post_text(told)] == []


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", list(Kind))
@pytest.mark.parametrize("stars", [None, 2, 5])
def test_a_post_has_three_to_eight_lines_none_of_them_long_or_empty(
    language: str, kind: Kind, stars: int | None
) -> None:
    for people, result, changed in ((1, "", ""), (13, "办好" * 400, ""), (1, "好了", "改过的话")):
        facts = history("很长的话，" * 300, result)
        told = story(event(kind=kind, stars=stars, people=people), facts, (), changed_text=changed, language=language)
        lines = post_text(told).splitlines()
        assert 3 <= len(lines) <= 8
        assert all(line.strip() and len(line) < 300 for line in lines)


def test_the_post_reads_as_somebody_would_say_it() -> None:
    assert post_text(story()).splitlines() == [
        "【秀月社区】3号楼单元门口的垃圾堆了两天没人清理，不到 2 小时办好了",
        "居民反映：3号楼单元门口的垃圾堆了两天没人清理，味道很大，老人孩子进出都捂着鼻子走，希望社区尽快安排清运，并补放一个分类垃圾桶。",
        "11 月 23 日早上 8 点多，一位居民在群里反映了这件事，另有 12 位邻居也反映了。网格员王师傅 28 分钟后接单，当天上午就办好了。",
        "办理结果：联系保洁公司清运完毕，门口冲洗消杀，补放分类垃圾桶 2 个。以后每天早晚各清运一次，欢迎大家监督。",
        "反映人评价：★★★★★ 很满意，“又快又好，门口终于清爽了，谢谢小王跑前跑后。”",
        "EV-20261123-0007，详情见图。身边有事，群里说一声。",
    ]


def test_an_unrated_event_says_so() -> None:
    told = story(
        event(stars=None, comment=""), (*history()[:6], fact(FactKind.CLOSED, event().created_at, None, how="unrated"))
    )
    assert "反映人未评价" in post_text(told).splitlines()


def test_a_post_about_what_was_not_taken_up_gives_the_reason_and_asks_for_no_stars() -> None:
    assert post_text(rejected()).splitlines() == [
        "【秀月社区】西边空地能不能分给大家种菜？这次没有受理",
        "居民反映：小区西边那块空地荒着可惜，能不能分给大家种菜？",
        "11 月 23 日早上 8 点多，一位居民在群里反映了这件事，另有 2 位邻居也反映了。社区工作人员第二天上午答复：这次没有受理，原因写在下面。",
        "没有受理的原因：您反映的这块空地在隔壁枫林社区，规划为停车场，已经批下来了，不能改种菜。需要的话，社区公园的共享菜园可以报名。",
        "EV-20261123-0007，详情见图。身边有事，群里说一声。",
    ]


def test_a_post_about_what_is_only_partly_solved_asks_to_be_told_again() -> None:
    assert post_text(partly_solved()).splitlines()[-2:] == [
        "反映人评价：★★☆☆☆ 不满意，“灯是亮了，半夜还是会灭。”",
        "EV-20261123-0007，详情见图。还没解决好的地方，请再告诉我们。",
    ]


def test_a_post_in_english_reads_as_well() -> None:
    assert post_text(variants()["english"]).splitlines() == [
        "[秀月社区] Bins at Gate 2 not emptied: put right in under 2 hours",
        "Reported: The bins at Gate 2 have not been emptied for two days and the smell reaches the playground.",
        "On the morning of 23 November a resident reported this in the group, and 12 more neighbours reported it too. "
        "Grid worker 王师傅 accepted it after 28 minutes, and it was put right that same morning.",
        "The result: Emptied, washed down, and one more bin put in place. They are now emptied every morning and evening.",
        'Rating: ★★★★★ very satisfied, "Quick and thorough, thank you."',
        "EV-20261123-0007; more in the picture. Something wrong nearby? Say it in the group.",
    ]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    "teller",
    [story, reopened, partly_solved, overdue, supervised, rejected, by_partner, suggestion, question],
)
def test_the_post_of_every_variant_has_four_to_eight_lines(teller: Callable[..., Story], language: str) -> None:
    for own in ("", "改过的话"):
        told = teller(language=language, changed_text=own)
        lines = post_text(told).splitlines()
        assert 4 - bool(own) <= len(lines) <= 8
        assert told.community in lines[0]
        assert lines[0].endswith(told.title)
        assert lines[-1].startswith(told.number)
        assert (told.lead in lines) == (own == "")


def test_the_posts_of_the_gallery_are_all_of_a_good_length() -> None:
    for told in variants().values():
        assert 4 <= len(post_text(told).splitlines()) <= 8
        assert len(post_text(told)) < 1000


@pytest.mark.parametrize("text", INJECTED)
def test_what_was_written_by_staff_or_partners_is_no_template_either(text: str) -> None:
    facts = (
        *history(),
        fact(FactKind.PARTNER_JOINED, at(hours=1), 5, partner=text, named=True),
        fact(FactKind.SUPERVISED, at(hours=1), None, level=text, reason=text),
        fact(FactKind.REJECTED, at(hours=2), 3, reason=text),
    )
    told = story(facts=facts)
    assert text in told.lead
    assert text in told.thanks
    assert "49" not in post_text(told)
    refused = story(event(status=Status.REJECTED), facts)
    assert text in post_text(refused)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_variant_has_a_lead_of_its_own_on_the_common_base(language: str) -> None:
    for variant in Variant:
        source = (TEMPLATES / f"lead.{variant}.{language}.j2").read_text(encoding="utf-8")
        assert source.startswith(f'{{% extends "lead.{language}.j2" %}}')


def test_both_languages_have_the_same_templates() -> None:
    zh, en = ({path.name.removesuffix(f".{lang}.j2") for path in TEMPLATES.glob(f"*.{lang}.j2")} for lang in LANGUAGES)
    assert zh == en


def test_a_cut_text_ends_at_a_clause_where_there_is_one() -> None:
    assert short("门口的垃圾堆了两天，味道很大，没人管", 16) == "门口的垃圾堆了两天，味道很大……"
    assert short("没有标点" * 9, 10) == "没有标点没有标点没有……"
    assert short("一\n二", 9) == "一 二"


def test_both_languages_have_the_same_sentences_with_the_same_places() -> None:
    zh, en = (
        tomllib.loads((TEMPLATES / f"words.{language}.toml").read_text(encoding="utf-8")) for language in LANGUAGES
    )
    assert {table: set(keys) for table, keys in zh.items()} == {table: set(keys) for table, keys in en.items()}


def test_every_stored_value_has_its_word() -> None:
    for language in LANGUAGES:
        tables = words_of(language).tables
        assert set(tables["tier"]) == set(Tier)
        assert set(tables["role"]) == set(Role) - {Role.RESIDENT, Role.VOLUNTEER}
        assert set(tables["mark"]) == set(LoopStep)
        assert {f"{kind}_{how}" for kind in Kind for how in ("good", "done", "good_late", "done_late")} < set(
            tables["outcome"]
        )
