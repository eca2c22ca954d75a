from __future__ import annotations

import tomllib

import pytest

from core.events import Kind, Tier
from core.facts import FactKind
from core.people import Role
from core.tracking import LoopStep
from narratives.text import post_text, short
from narratives.words import LANGUAGES, TEMPLATES, words_of
from tests.narratives.builders import event, fact, history, story
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
