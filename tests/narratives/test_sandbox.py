"""A community's own words and templates: what they may do, and that ours speak where they cannot."""

from __future__ import annotations

from pathlib import Path

import pytest

from narratives.sandbox import LONGEST, ROUNDS
from narratives.story import as_data, tell
from narratives.text import faults_in, post_text, write_post
from narratives.words import words_of
from tests.narratives.builders import PEOPLE, PHOTOS, POLICY, event, history, rejected, story

OURS = story()
HEAD = "【{{ story.community }}】{{ story.title }}\n"
FOOT = "\n{{ story.number }}"
INTERNALS = (
    "{{ story.__class__.__mro__ }}",
    "{{ ''.__class__ }}",
    "{{ story._asdict }}",
    "{{ story.title.__init__.__globals__ }}",
    "{{ story['__class__'] }}",
    "{{ story.words.folder }}",
    "{{ story }}",
    "{{ story.steps }}",
    "{{ self }}",
    "{{ story.title|attr('__class__') }}",
    "{{ '{0.__class__}'.format(story) }}",
    "{{ story.words.say('title', 'joined') }}",
    "{{ cycler.__init__.__globals__.os }}",
    "{{ lipsum(n=100000) }}",
)
ENDLESS = (
    "{% for a in range(1000000000) %}{% endfor %}",
    "{% for a in range(100) %}{% for b in range(100) %}{% for c in range(100) %}{% endfor %}{% endfor %}{% endfor %}",
    "{% for a in story.title %}{% endfor %}",
    "{% macro f(n) %}{{ f(n) }}{{ f(n) }}{% endmacro %}{{ f(1) }}",
    "{% for a in [1] recursive %}{{ loop([1]) }}{% endfor %}",
    '{% include "post.zh.j2" %}',
    '{% extends "post.solved.zh.j2" %}',
)
HUGE = (
    "{% set range = story.title.ljust %}{{ range(1000000000) }}",
    "{% set super = story.title.zfill %}{{ super(1000000000) }}",
    "{% for range in (1, 2) %}{{ range(3) }}{% endfor %}",
    "{{ 'a' * 1000000000 }}",
    "{{ 'ab'|replace('a', 'a' * 9) }}",
    "{{ '%1000000000d' % 1 }}",
    "{{ 9 ** 9 ** 9 }}",
    "{{ 'a'|center(1000000000) }}",
    "{{ 'a'.ljust(1000000000) }}",
    "".join("{% set a = a ~ a %}" if n else "{% set a = 'aaaaaaaa' %}" for n in range(60)) + "{{ a }}",
    "".join("{% set a = a|replace('a', a) %}" if n else "{% set a = 'aaaaaaaa' %}" for n in range(60)) + "{{ a }}",
    "".join("{% set a = [a, a] %}" if n else "{% set a = [1] %}" for n in range(60)) + "{{ a }}",
    "{% set a %}{{ story.title }}{% endset %}{{ a }}",
    "{% for n in range(900) %}无穷无尽{% endfor %}{% for n in range(90) %}1234567890{% endfor %}",
    "长" * (LONGEST + 1),
    "{# " + "长" * 20_001 + " #}好",
)
WRONG = (
    "{% if %}",
    "{{ story.titel }}",
    "{{ nobody }}",
    "{{ story.title + 1 }}",
    "{{ 1 / 0 }}",
    "{{ story.stars + story.title }}",
    "{{ story.title|shout }}",
    '{% extends "nowhere.j2" %}',
    '{% extends "../words.zh.toml" %}',
    "",
    "{# only a remark #}",
)


def put(folder: Path, name: str, text: str) -> Path:
    (folder / name).write_text(text, encoding="utf-8")
    return folder


@pytest.mark.parametrize("source", [*INTERNALS, *ENDLESS, *HUGE, *WRONG])
def test_a_lead_of_the_communitys_that_fails_is_told_in_ours_and_says_where_and_why(
    source: str, tmp_path: Path
) -> None:
    told = story(
        folder=put(tmp_path, "lead.solved.zh.j2", source.replace("story.", "course.").replace("title", "kind"))
    )
    assert told.lead == OURS.lead
    assert [(fault.file, bool(fault.reason)) for fault in told.faults] == [("lead.solved.zh.j2", True)]


@pytest.mark.parametrize("source", [*INTERNALS, *ENDLESS, *HUGE, *WRONG])
def test_a_post_of_the_communitys_that_fails_is_told_in_ours_and_says_where_and_why(
    source: str, tmp_path: Path
) -> None:
    told = story(folder=put(tmp_path, "post.solved.zh.j2", source if source in WRONG else f"{HEAD}{source}{FOOT}"))
    post = write_post(told)
    assert post.text == post_text(OURS)
    assert [(fault.file, bool(fault.reason)) for fault in post.faults] == [("post.solved.zh.j2", True)]


@pytest.mark.parametrize(
    ("source", "line", "reason"),
    [
        ("好\n\n{% if %}", 3, "写法有误：Expected an expression, got 'end of statement block'"),
        ("好\n{{ nobody }}", 2, "用了没有的名称：nobody"),
        ("好\n{{ course.nobody }}", 2, "用了没有的名称：nobody"),
        ('{% extends "lead.solved.zh.j2" %}', 1, f"重复太多次，停下了（最多 {ROUNDS} 次）"),
        ('{% extends "nowhere.j2" %}', 1, "没有 nowhere.j2 这个模板"),
        ("好\n{{ course.__class__ }}", 2, "这里不允许：access to attribute '__class__' of 'Course' object is unsafe."),
        ("\n{% include 'post.zh.j2' %}", 2, "这里不允许：Include"),
        ("{% for n in range(99999) %}{% endfor %}", 1, f"重复太多次，停下了（最多 {ROUNDS} 次）"),
        ("{# #}", 0, "结果是空的"),
        ("长" * 401, 0, "结果超过 400 字"),
    ],
)
def test_staff_are_told_the_line_and_the_reason_in_words(source: str, line: int, reason: str, tmp_path: Path) -> None:
    (fault,) = story(folder=put(tmp_path, "lead.solved.zh.j2", source)).faults
    assert (fault.file, fault.line, fault.reason) == ("lead.solved.zh.j2", line, reason)


def test_a_fault_in_the_base_is_told_of_the_base_whatever_the_variant(tmp_path: Path) -> None:
    put(tmp_path, "lead.zh.j2", "\n{{ nobody }}")
    for told, ours in ((story(folder=tmp_path), OURS), (rejected(folder=tmp_path), rejected())):
        assert told.lead == ours.lead
        assert [(fault.file, fault.line) for fault in told.faults] == [("lead.zh.j2", 2)]


def test_the_reason_is_told_in_the_language_of_the_story(tmp_path: Path) -> None:
    told = story(folder=put(tmp_path, "lead.solved.en.j2", "{# #}"), language="en")
    assert [fault.reason for fault in told.faults] == ["the result is empty"]


def test_a_template_that_cannot_be_read_is_told_as_broken(tmp_path: Path) -> None:
    (tmp_path / "lead.solved.zh.j2").write_bytes(b"\xff\xfe\x00")
    told = story(folder=tmp_path)
    assert (told.lead, [fault.file for fault in told.faults]) == (OURS.lead, ["lead.solved.zh.j2"])


@pytest.mark.parametrize("source", ["只有一句话", f"{HEAD}没有编号", "【别的社区】别的标题\n" + FOOT])
def test_a_post_keeps_its_first_and_last_line_because_the_screen_leaves_them_out(source: str, tmp_path: Path) -> None:
    post = write_post(story(folder=put(tmp_path, "post.zh.j2", source)))
    assert post.text == post_text(OURS)
    assert [fault.reason for fault in post.faults] == ["第一行要有社区名和标题，最后一行要以编号开头"]


# ------------------------------------------------------------------------------------------------------ what they may do
def test_a_community_may_write_a_lead_of_its_own(tmp_path: Path) -> None:
    told = story(
        folder=put(tmp_path, "lead.solved.zh.j2", "{{ course.handled }}{{ course.handled_when }}就办妥了，请放心。")
    )
    assert (told.lead, told.faults) == ("网格员王师傅当天上午就办妥了，请放心。", ())
    assert rejected(folder=tmp_path).lead == rejected().lead


def test_one_block_changed_in_the_base_is_changed_in_every_variant(tmp_path: Path) -> None:
    put(tmp_path, "lead.zh.j2", '{% extends "ours/lead.zh.j2" %}{% block opening %}大家好。{% endblock %}')
    for told, ours in ((story(folder=tmp_path), OURS), (rejected(folder=tmp_path), rejected())):
        assert told.lead == "大家好。" + ours.lead.partition("。")[2]
        assert told.faults == ()


def test_a_block_may_add_to_ours(tmp_path: Path) -> None:
    source = '{% extends "post.zh.j2" %}{% block rating %}{{ super() }}\n欢迎来坐坐。{% endblock %}'
    post = write_post(story(folder=put(tmp_path, "post.solved.zh.j2", source)))
    assert post.faults == ()
    assert post.text.splitlines() == [
        *post_text(OURS).splitlines()[:-1],
        "欢迎来坐坐。",
        post_text(OURS).splitlines()[-1],
    ]


def test_a_post_of_its_own_may_choose_loop_and_shorten(tmp_path: Path) -> None:
    source = HEAD + (
        "{% set most = 6 %}{% for step in story.steps if step.tone == 'done' %}{{ loop.index }}. {{ step.text|short(most) }}\n"
        "{% endfor %}{{ '谢谢' if story.stars in (4, 5) else '' }}{{ story.comment|upper|replace('又', '')|default('') }}"
    )
    post = write_post(story(folder=put(tmp_path, "post.solved.zh.j2", source + FOOT)))
    assert post.faults == ()
    assert post.text.splitlines()[1:3] == ["1. 网格员王师傅……", "2. 反映人评价……"]


def test_a_template_changed_on_the_disk_is_used_from_then_on(tmp_path: Path) -> None:
    assert story(folder=tmp_path).lead == OURS.lead
    for text in ("第一种说法。", "第二种写法更长。"):
        assert story(folder=put(tmp_path, "lead.solved.zh.j2", text)).lead == text
    (tmp_path / "lead.solved.zh.j2").unlink()
    assert story(folder=tmp_path).lead == OURS.lead


def test_what_people_wrote_is_no_template_in_a_template_of_the_communitys_either(tmp_path: Path) -> None:
    put(tmp_path, "post.solved.zh.j2", HEAD + "{{ story.description }}" + FOOT)
    told = story(facts=history("{{ 7 * 7 }}{% include 'x' %}"), folder=tmp_path)
    assert "{{ 7 * 7 }}{% include 'x' %}" in post_text(told)


def test_a_folder_that_is_not_there_or_empty_changes_nothing(tmp_path: Path) -> None:
    for folder in (tmp_path, tmp_path / "nowhere"):
        told = story(folder=folder)
        assert (told.lead, told.faults, post_text(told)) == (OURS.lead, (), post_text(OURS))


def test_a_folder_can_be_checked_before_anything_is_told(tmp_path: Path) -> None:
    assert faults_in(tmp_path) == ()
    put(tmp_path, "lead.partner.en.j2", "\n{% if %}")
    put(tmp_path, "post.zh.j2", "{{ story.title.upper() }}")
    put(tmp_path, "lead.zh.j2", '{% extends "ours/lead.zh.j2" %}')
    put(tmp_path, "words.en.toml", "[role]\nnobody = 'x'")
    assert [(fault.file, fault.line) for fault in faults_in(tmp_path)] == [
        ("words.en.toml", 2),
        ("lead.partner.en.j2", 2),
        ("post.zh.j2", 1),
    ]


# ------------------------------------------------------------------------------------------------------- their own words
def test_a_community_may_say_things_its_own_way(tmp_path: Path) -> None:
    put(tmp_path, "words.zh.toml", '[role]\ngrid_worker = "网格长"\n\n[label]\ncall = "有事喊一声"\n')
    told = story(folder=tmp_path)
    assert told.faults == ()
    assert told.handler == "网格长王师傅"
    assert told.lead == OURS.lead.replace("网格员", "网格长")
    labels = as_data(told)["labels"]
    assert isinstance(labels, dict)
    assert labels["call"] == "有事喊一声"
    assert story().handler == "网格员王师傅"


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        ("[role]\n\ngrid_worke = '网格长'", 3, "[role] 里没有 grid_worke 这一句"),
        ("[roles]\ngrid_worker = '网格长'", 2, "没有 [roles] 这一组，或这一组不能改"),
        ("role = '网格长'", 0, "没有 [role] 这一组，或这一组不能改"),
        ("[fault]\nempty = '没事'", 2, "没有 [fault] 这一组，或这一组不能改"),
        ("[step]\naccepted = '{whom}接单'", 2, "[step] 的 accepted 里不能用 whom，能用的有：who"),
        (
            "[step]\naccepted = '{who.__class__}接单'",
            2,
            "[step] 的 accepted 要是一句不超过 400 字的话，花括号里只写名称",
        ),
        ("[step]\naccepted = '{who!r}'", 2, "[step] 的 accepted 要是一句不超过 400 字的话，花括号里只写名称"),
        ("[step]\naccepted = '{who:9999999}'", 2, "[step] 的 accepted 要是一句不超过 400 字的话，花括号里只写名称"),
        ("[step]\naccepted = '{who'", 2, "[step] 的 accepted 要是一句不超过 400 字的话，花括号里只写名称"),
        ("[step]\naccepted = '{}'", 2, "[step] 的 accepted 要是一句不超过 400 字的话，花括号里只写名称"),
        ("[step]\naccepted = 7", 2, "[step] 的 accepted 要是一句不超过 400 字的话，花括号里只写名称"),
        (f"[step]\naccepted = '{'长' * 401}'", 2, "[step] 的 accepted 要是一句不超过 400 字的话，花括号里只写名称"),
    ],
)
def test_a_sentence_that_cannot_be_used_stays_ours_and_is_reported(
    text: str, line: int, reason: str, tmp_path: Path
) -> None:
    told = story(folder=put(tmp_path, "words.zh.toml", text))
    assert told.lead == OURS.lead
    assert [(fault.file, fault.line, fault.reason) for fault in told.faults] == [("words.zh.toml", line, reason)]


def test_beside_a_wrong_sentence_the_right_ones_still_count(tmp_path: Path) -> None:
    put(tmp_path, "words.zh.toml", "[role]\nnobody = '无'\ngrid_worker = '网格长'\n")
    told = story(folder=tmp_path)
    assert (told.handler, len(told.faults)) == ("网格长王师傅", 1)


def test_a_broken_file_of_words_is_reported_with_its_line(tmp_path: Path) -> None:
    told = story(folder=put(tmp_path, "words.zh.toml", "[role]\ngrid_worker = 网格长\n"))
    assert (told.lead, [(f.file, f.line) for f in told.faults]) == (OURS.lead, [("words.zh.toml", 2)])
    (tmp_path / "words.zh.toml").write_bytes(b"\xff")
    assert [f.line for f in story(folder=tmp_path).faults] == [0]


def test_the_words_of_a_language_nobody_wrote_are_chinese(tmp_path: Path) -> None:
    assert words_of("xx", tmp_path).language == "zh"


def test_words_of_one_folder_are_not_those_of_another(tmp_path: Path) -> None:
    put(tmp_path, "words.zh.toml", "[role]\ngrid_worker = '网格长'")
    ours = tell(event(), history(), PEOPLE, PHOTOS, POLICY)
    assert tell(event(), history(), PEOPLE, PHOTOS, POLICY, folder=tmp_path).handler != ours.handler
    assert tell(event(), history(), PEOPLE, PHOTOS, POLICY).handler == ours.handler
