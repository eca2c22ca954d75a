from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import timedelta

import pytest

from core.areas import Areas
from core.events import Kind, Stage, Status, Tier
from core.facts import FactKind
from core.people import Person, Role
from core.policy import Look, Theme
from narratives.story import as_data, tell, words_in
from narratives.text import post_text
from tests.narratives.builders import (
    AREAS,
    COMMENT,
    FIRST_GRID,
    NEIGHBOUR,
    PEOPLE,
    POLICY,
    REPORT,
    RESULT,
    SECOND_GRID,
    START,
    THIRD_GRID,
    at,
    event,
    fact,
    history,
    many_photos,
    photo,
    story,
    supervised,
    variants,
)

SECRET = "李秀兰家 13812345678，身份证 210202199003071234，3栋2单元501室，微信 wxid_abcdef12"
SECRETS = ("李秀兰", "13812345678", "210202199003071234", "501", "wxid_abcdef12")


def everything(told: object) -> str:
    return json.dumps(told, ensure_ascii=False)


def test_no_field_shows_a_phone_an_identity_number_a_room_or_a_residents_name() -> None:
    told = story(
        event(title=SECRET[:24], place=SECRET, comment=SECRET),
        (*history(SECRET, SECRET, SECRET, SECRET), fact(FactKind.REOPENED, at(hours=11), 1, reason=SECRET)),
    )
    for text in (everything(as_data(told)), everything(as_data(story(changed_text=SECRET)))):
        assert [secret for secret in SECRETS if secret in text] == []


def test_a_neighbours_name_in_somebody_elses_words_is_hidden_too() -> None:
    assert NEIGHBOUR.name not in everything(as_data(story(facts=history(f"{NEIGHBOUR.name}家门口堆满了"))))


def test_what_was_said_one_to_one_names_no_group() -> None:
    facts = (fact(FactKind.REPORTED, START, 1, text="路灯不亮", group="", tier="general"),)
    assert story(facts=facts).steps[0].text == "居民反映，登记为一般事件"


def test_a_resident_in_the_title_of_a_group_is_hidden() -> None:
    facts = (fact(FactKind.REPORTED, START, 1, text="路灯不亮", group="李秀兰和邻居们", tier="general"),)
    assert "李秀兰" not in story(facts=facts).steps[0].text


def test_a_reporter_whose_data_was_erased_is_still_a_resident() -> None:
    assert story(people={}).steps[0].text.startswith("居民")
    assert story(people={}).before == ()


@pytest.mark.parametrize("allowed", [None, False])
def test_the_reporters_own_photos_are_not_shown_without_their_yes(allowed: bool | None) -> None:
    told = story(event(photos_allowed=allowed))
    assert [p.name for p in (*told.before, *told.after)] == ["after.jpg"]


@pytest.mark.parametrize(("allowed", "shown"), [(None, []), (False, []), (True, ["same.jpg"])])
def test_the_reporters_photo_sent_on_by_staff_is_still_the_reporters(allowed: bool | None, shown: list[str]) -> None:
    photos = (photo("same.jpg", Stage.BEFORE, 1), photo("same.jpg", Stage.AFTER, 2))
    assert [p.name for p in story(event(photos_allowed=allowed), photos=photos).after] == shown


def test_the_reporters_yes_is_no_yes_of_a_neighbour() -> None:
    told = story(photos=(photo("theirs.jpg", Stage.BEFORE, NEIGHBOUR.id), photo("mine.jpg", Stage.BEFORE, 1)))
    assert [p.name for p in told.before] == ["mine.jpg"]


def test_a_resident_cannot_bring_a_photo_in_as_one_of_the_work_or_the_result() -> None:
    assert story(photos=(photo("a.jpg", Stage.AFTER, 1), photo("d.jpg", Stage.DURING, 1))).after == ()


@pytest.mark.parametrize("person", [2, 3, 5])
def test_photos_of_staff_and_partners_are_always_shown(person: int) -> None:
    told = story(event(photos_allowed=None), photos=(photo("s.jpg", Stage.BEFORE, person),))
    assert [p.label for p in told.before] == ["处置前"]


def test_at_most_nine_photos_are_shown_and_both_sides_keep_theirs() -> None:
    for before, during, after in ((9, 0, 9), (1, 9, 1), (9, 9, 0), (0, 0, 12), (2, 0, 12)):
        shots = [photo(f"b{n}", Stage.BEFORE) for n in range(before)] + [
            photo(f"a{n}", Stage.AFTER) for n in range(after)
        ]
        shots += [photo(f"d{n}", Stage.DURING) for n in range(during)]
        told = story(photos=shots)
        assert len(told.before) + len(told.after) == 9
        assert bool(told.before) == bool(before + during)
        assert bool(told.after) == bool(after)


def test_what_was_called_done_before_it_was_taken_up_again_is_no_after() -> None:
    facts = (*history(), fact(FactKind.REOPENED, at(hours=12), 1, reason=""))
    told = story(
        facts=facts, photos=(photo("first.jpg", Stage.AFTER, 2, hours=1), photo("last.jpg", Stage.AFTER, 2, days=1))
    )
    assert ([p.label for p in told.before], [p.name for p in told.after]) == (["处置中"], ["last.jpg"])


def test_an_event_without_facts_says_nothing_but_what_the_event_itself_holds() -> None:
    told = story(event(handled_at=None, stars=None, comment="", people=1, place=""), facts=(), photos=())
    assert (told.steps, told.figures, told.result, told.handler, told.neighbours) == ((), (), "", "", "")
    assert told.description == told.subject == event().title
    assert told.rating == "反映人未评价"


def test_every_step_comes_from_a_fact_at_its_time_and_in_its_order() -> None:
    told = story()
    assert [(step.mark, step.at[-5:], step.text) for step in told.steps] == [
        ("collect", "08:12", "居民在“秀月三网格居民群”反映，登记为一般事件"),
        ("assign", "08:12", "自动派给网格员王师傅"),
        ("handle", "08:40", "网格员王师傅接单"),
        ("handle", "08:52", "网格员王师傅：到场查看，已联系保洁公司派车清运"),
        ("handle", "10:05", "网格员王师傅办结"),
        ("feedback", "10:05", "办理结果告知反映人，请反映人评价"),
        ("evaluate", "18:12", "反映人评价 5 星（很满意），事件办结"),
    ]


def test_without_a_fact_its_sentence_is_gone() -> None:
    whole = story().steps
    for kind, gone in ((FactKind.ACCEPTED, 1), (FactKind.HANDLED, 2), (FactKind.REPORTED, 1), (FactKind.JOINED, 0)):
        left = story(facts=[f for f in history() if f.kind != kind]).steps
        assert len(left) == len(whole) - gone
        assert set(left) <= set(whole)


def test_numbers_in_the_story_are_those_of_the_facts() -> None:
    given = REPORT + RESULT + COMMENT + event().title + event().number
    for step in story(event(place="")).steps:
        for number in re.findall(r"\d+", step.text):
            assert number in given or number == "5"
    assert [(f.key, f.value) for f in story().figures] == [
        ("took", "1 小时 53 分"),
        ("early", "3 天 7 小时"),
        ("stars", "5 星"),
    ]


def test_a_late_handling_is_called_late_and_its_duration_is_no_headline() -> None:
    told = story(event(handled_at=at(days=5)))
    assert [figure.key for figure in told.figures] == ["took", "late", "stars"]
    assert told.outcome == "办好了"


def test_few_stars_praise_nothing() -> None:
    assert story(event(stars=2)).outcome == "办理经过"


@pytest.mark.parametrize(
    ("kind", "stars", "after", "outcome"),
    [
        (Kind.COMPLAINT, 5, timedelta(hours=1, minutes=53), "不到 2 小时办好了"),
        (Kind.COMPLAINT, 3, timedelta(hours=2), "2 小时办结"),
        (Kind.COMPLAINT, None, timedelta(minutes=35), "35 分钟办结"),
        (Kind.QUESTION, 5, timedelta(seconds=20), "1 分钟内有了答复"),
        (Kind.SUGGESTION, 4, timedelta(days=2, hours=5), "不到 3 天有了回应"),
    ],
)
def test_the_headline_says_how_it_went_by_kind_stars_and_time(
    kind: Kind, stars: int | None, after: timedelta, outcome: str
) -> None:
    assert story(event(kind=kind, stars=stars, handled_at=START + after)).outcome == outcome


def test_staffs_own_words_stand_instead_of_everything_that_was_written() -> None:
    told = as_data(
        story(
            facts=history(report="原话甲", result="原话乙", progress="原话丙", comment="原话丁"),
            changed_text="我们的话",
        )
    )
    assert told["own_words"] == "我们的话"
    assert "原话" not in everything(told)
    assert COMMENT not in everything(told)
    assert told["stars"] == 5


def test_a_reopened_event_tells_it_was_not_solved_the_first_time() -> None:
    facts = (
        *history()[:6],
        fact(FactKind.RATED, at(hours=3), 1, stars=2, text="", first=True),
        fact(FactKind.REOPENED, at(hours=4), 1, reason="下午又堆上了"),
        fact(FactKind.HANDLED, at(hours=8), 2, text="又清了一次"),
        fact(FactKind.CLOSED, at(days=7), None, how="unrated"),
    )
    told = story(event(stars=None, comment="", reopened=1), facts)
    assert "反映人表示还没有解决：下午又堆上了" in [step.text for step in told.steps if step.tone == "again"]
    assert told.steps[-1].text == "评价期满，反映人未评价，事件办结"
    assert (told.result, told.again) == ("又清了一次", "重新办理过 1 次")


def test_handing_on_and_escalating_name_the_new_handler_and_no_reason() -> None:
    facts = (
        *history()[:2],
        fact(FactKind.TRANSFERRED, at(hours=1), 2, handler=3, name="周敏", role="community_staff", reason="我不想管"),
        fact(
            FactKind.ESCALATED,
            at(hours=2),
            3,
            handler=9,
            name="陈科长",
            role="street_staff",
            reason="太难",
            tier="major",
        ),
        fact(FactKind.SENT_BACK, at(hours=3), 3, reason="不归我管"),
    )
    told = story(event(tier=Tier.MAJOR), facts)
    assert [step.text for step in told.steps[2:]] == [
        "转给社区工作人员周敏办理",
        "升级为重大事件，由街道工作人员陈科长办理",
    ]
    assert "我不想管" not in everything(as_data(told))


def test_a_resident_given_as_handler_in_the_data_is_not_named() -> None:
    facts = (fact(FactKind.ASSIGNED, START, None, handler=1, name="李秀兰", role="resident"),)
    assert story(facts=facts).steps[0].text == "自动派给工作人员"


def test_a_neighbours_stars_are_not_told_as_the_reporters() -> None:
    facts = (fact(FactKind.RATED, at(hours=3), 4, stars=1, text="不行", first=False),)
    assert story(facts=facts).steps == ()


def test_a_long_history_keeps_its_beginning_and_its_end() -> None:
    progress = [fact(FactKind.PROGRESSED, at(minutes=30 + n), 2, text=f"第{n}步") for n in range(40)]
    told = story(facts=(*history()[:2], *progress, *history()[5:]))
    assert len(told.steps) == 12
    assert [told.steps[0].mark, told.steps[1].mark, told.steps[-1].mark] == ["collect", "assign", "evaluate"]


def test_the_masthead_runs_from_the_district_down_to_where_it_is() -> None:
    assert story().masthead == ("中山区", "桂林街道", "秀月社区", "第三网格")
    assert story(event(grid="xiuyue")).masthead == ("中山区", "桂林街道", "秀月社区")


def test_a_category_that_is_no_longer_in_the_rules_still_makes_a_story() -> None:
    assert (story(event(category="旧类别")).scenario, story(event(title="", category="旧类别")).subject) == (
        "",
        "旧类别",
    )


def test_the_story_is_json_and_has_the_labels_of_its_language() -> None:
    for language in ("zh", "en", "xx"):
        data = json.loads(everything(as_data(story(language=language))))
        assert data["labels"]["photo_before"] in ("处置前", "before")
        assert set(data["marks"]) == {"collect", "assign", "handle", "feedback", "evaluate"}


def test_staff_who_reported_it_themselves_are_not_called_residents() -> None:
    facts = (fact(FactKind.REPORTED, START, 2, text="路灯不亮", group="", tier="general"),)
    told = story(facts=facts)
    assert told.steps[0].text == "网格员王师傅反映，登记为一般事件"
    assert post_text(told).splitlines()[1] == "工作人员反映：路灯不亮"
    for shown, label in ((told, "工作人员反映"), (story(), "居民反映"), (story(people={}), "居民反映")):
        labels = as_data(shown)["labels"]
        assert isinstance(labels, dict)
        assert labels["complaint"] == label


def test_a_volunteer_is_a_resident_here() -> None:
    people = {**PEOPLE, 1: Person(1, "马晓东", Role.VOLUNTEER, "xiuyue-3")}
    assert "马晓东" not in everything(as_data(story(facts=history("我是马晓东"), people=people)))


def test_every_new_word_is_masked_too() -> None:
    facts = (
        *history(),
        fact(FactKind.SUPERVISED, at(hours=1), None, level=f"街道 {SECRET}", reason=SECRET),
        fact(FactKind.REJECTED, at(hours=2), 3, reason=SECRET),
    )
    for status in (Status.CLOSED, Status.REJECTED):
        told = everything(as_data(story(event(status=status), facts)))
        assert [secret for secret in SECRETS if secret in told] == []


def test_the_data_holds_everything_that_a_sheet_is_drawn_from() -> None:
    for told in variants().values():
        data = as_data(told)
        assert {*CONTRACT.split(), "labels", "marks"} == set(data)
        assert data["sheet"] == "log"
        assert json.loads(everything(data)) == data
        labels, marks = data["labels"], data["marks"]
        assert isinstance(labels, dict)
        assert isinstance(marks, dict)
        assert {"reason", "thanks", "pace", "late", "map"} < set(labels)
        assert {step.mark for step in told.steps} <= set(marks)
        for pace in as_list(data["pace"]):
            assert set(pace) == {"mark", "label", "took", "limit", "share", "late"}


CONTRACT = """sheet language number serial masthead community tier kind variant scenario category title subject outcome lead
description own_words place people neighbours handler steps pace figures before after result reason thanks stars rating
comment reopened again day link look map"""


def as_list(value: object) -> list[dict[str, object]]:
    assert isinstance(value, list)
    return value


def test_the_look_is_the_one_the_community_chose() -> None:
    assert as_data(story())["look"] == {"theme": "calm", "primary": "", "accent": ""}
    policy = replace(POLICY, look=Look(Theme.WARM, "#123456", "#ABCDEF"))
    told = tell(event(), history(), PEOPLE, (), policy)
    assert as_data(told)["look"] == {"theme": "warm", "primary": "#123456", "accent": "#ABCDEF"}


def test_the_map_shows_the_grid_among_its_sisters_and_nothing_of_the_place() -> None:
    places = {everything(as_data(story(event(place=place)))["map"]) for place in ("3号楼单元门口", "小区东门", "")}
    assert places == {
        everything(
            {
                "label": "第三网格",
                "here": [list(corner) for corner in THIRD_GRID],
                "around": [[list(corner) for corner in grid] for grid in (FIRST_GRID, SECOND_GRID)],
            }
        )
    }


def test_without_an_outline_or_a_grid_there_is_no_map() -> None:
    assert as_data(story(event(grid="xiuyue")))["map"] is None
    bare = Areas([replace(area, outline=()) if area.code == "xiuyue-3" else area for area in AREAS.all()])
    assert as_data(tell(event(), history(), PEOPLE, (), replace(POLICY, areas=bare)))["map"] is None


def test_a_grid_nobody_drew_is_left_out_around() -> None:
    drawn = Areas([replace(area, outline=()) if area.code == "xiuyue-1" else area for area in AREAS.all()])
    told = tell(event(), history(), PEOPLE, (), replace(POLICY, areas=drawn))
    assert told.map is not None
    assert told.map.around == (SECOND_GRID,)


def test_pictures_that_staff_left_out_are_not_there_and_others_take_their_place() -> None:
    told = story(dropped=frozenset({"before.jpg", "nothing.jpg"}))
    assert [shown.name for shown in (*told.before, *told.after)] == ["after.jpg"]
    shots = many_photos(12)
    left = story(photos=shots, dropped=frozenset({shots[0].name, shots[11].name}))
    names = {shown.name for shown in (*left.before, *left.after)}
    assert len(names) == 9
    assert not names & {shots[0].name, shots[11].name}


def test_the_last_check_sees_every_text_that_a_reader_sees() -> None:
    marks = {
        "title": "题甲",
        "report": "报乙",
        "result": "果丙",
        "progress": "展丁",
        "comment": "评戊",
        "place": "处己",
    }
    facts = (
        *history(marks["report"], marks["result"], marks["progress"]),
        fact(FactKind.REOPENED, at(hours=2), 1, reason="因庚"),
        fact(FactKind.PARTNER_JOINED, at(hours=3), 5, partner="伴辛", named=True),
        fact(FactKind.SUPERVISED, at(hours=3), None, level="督壬", reason="由癸"),
    )
    told = story(event(title=marks["title"], comment=marks["comment"], place=marks["place"]), facts)
    seen = words_in(told)
    assert [mark for mark in (*marks.values(), "因庚", "伴辛", "督壬", "由癸") if mark not in seen] == []
    assert told.lead in seen
    refused = story(event(status=Status.REJECTED), (fact(FactKind.REJECTED, at(hours=1), 3, reason="拒子"),))
    assert "拒子" in words_in(refused)
    assert "改丑" in words_in(story(changed_text="改丑"))


def test_the_last_check_sees_every_free_text_of_every_story_in_the_gallery() -> None:
    for told in variants().values():
        seen = words_in(told)
        for text in (told.title, told.description, told.own_words, told.result, told.reason, told.comment, told.thanks):
            assert text in seen


@pytest.mark.parametrize(
    ("subject", "title"),
    [
        ("能不能分给大家种菜？", "能不能分给大家种菜？不到 2 小时办好了"),
        ("路灯不亮。", "路灯不亮，不到 2 小时办好了"),
        ("快来人！", "快来人！不到 2 小时办好了"),
        ("。", "。，不到 2 小时办好了"),
    ],
)
def test_a_headline_has_one_mark_between_its_halves(subject: str, title: str) -> None:
    assert story(event(title=subject)).title == title


def test_the_headline_of_a_reopened_matter_is_only_as_good_as_its_stars() -> None:
    assert story(event(reopened=1, stars=5)).outcome == "重新办理后办好了"
    assert story(event(reopened=1, stars=3)).outcome == "重新办理后办结"
    assert story(event(kind=Kind.QUESTION, reopened=2, stars=None)).outcome == "重新办理后有了答复"


def test_a_matter_somebody_above_saw_to_says_so_in_its_timeline() -> None:
    assert "桂林街道督办：过了时限还没有办完" in [step.text for step in supervised().steps]
    assert "桂林街道督办" in [step.text for step in supervised(changed_text="我们的话").steps]
    facts = (fact(FactKind.SUPERVISED, at(hours=1), None),)
    assert story(facts=facts).steps[0].text == "上级督办"


def test_a_second_attempt_does_not_boast_of_being_early() -> None:
    assert [figure.key for figure in story(event(reopened=1)).figures] == ["took", "stars"]
    assert [figure.key for figure in story(event(reopened=1, handled_at=at(days=9))).figures] == [
        "took",
        "late",
        "stars",
    ]
