"""What people might type into any field is text in everything that is told, posted and drawn: nothing of it is run."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import typst

from core.events import Status
from core.facts import FactKind
from core.messages import Json
from core.people import Role
from core.privacy import clean, mask
from narratives import card, fonts
from narratives.card import ALONE, HIGHEST, PAGES, draw, draw_paper
from narratives.layout import PHONE, page_data
from narratives.sheets import DigestItem, Honoured, MonthFigures, digest_data, honours_data, month_data, notice_data
from narratives.story import Story, as_data
from narratives.text import sheet_post, write_post
from narratives.words import words_of
from tests.hostile import HOSTILE
from tests.narratives.builders import AREAS, PARTNER, PEOPLE, START, WORKER, at, event, fact, jpeg, story

TEXTS = tuple(text for _, text in HOSTILE)
KINDS = tuple(dict.fromkeys(kind for kind, _ in HOSTILE))
LENGTHY = 400  # characters from which a log with it in all fields would fill many pictures
TENTH = tuple(text for text in TEXTS[3::10] if len(text) < LENGTHY)
FEW = TENTH[::3]  # of as many as possible kinds, where each costs a picture
PATH, DAY = AREAS.path("xiuyue"), date(2026, 11, 23)
WORDS = words_of("zh")
TITLE = 1000  # characters; a title that a report gets has at most 24
PLAIN = "安居"  # what the same sheets say instead
UNCUT = 24  # characters that fit wherever a text is shown


# ------------------------------------------------------------------------------------------------- the text in all fields
def handled(text: str, **more: Any) -> Story:
    facts = (
        fact(FactKind.REPORTED, START, 1, text=text, group=text, tier="general", category=text),
        fact(FactKind.ASSIGNED, START, None, handler=2, name=text, role="grid_worker"),
        fact(FactKind.SUPERVISED, at(minutes=29), None, level=text, reason=text),
        fact(FactKind.PARTNER_JOINED, at(minutes=30), 5, partner=text, named=True),
        fact(FactKind.PROGRESSED, at(minutes=40), 2, text=text, photos=[text]),
        fact(FactKind.REOPENED, at(hours=1), 1, reason=text),
        fact(FactKind.HANDLED, at(hours=2), 2, text=text, photos=[text]),
        fact(FactKind.RATED, at(hours=10), 1, stars=5, text=text, first=True),
        fact(FactKind.CLOSED, at(hours=10), 1, how="rated"),
    )
    partner = replace(PARTNER, name=" ".join(clean(text).split()))  # as a partner's name is compared
    people = {**PEOPLE, WORKER.id: replace(WORKER, name=text), PARTNER.id: partner}
    told = event(title=text[:TITLE], place=text, comment=text, category=text.strip() or PLAIN, reopened=1)
    return story(told, facts, **{"photos": (), "people": people, "link": text, **more})


def rejected(text: str) -> Story:
    facts = (
        fact(FactKind.REPORTED, START, 1, text=text, group=text, tier="general", category=text),
        fact(FactKind.REJECTED, at(days=1), 3, reason=text),
    )
    told = event(title=text[:TITLE], place=text, status=Status.REJECTED, handler=None, stars=None, comment="")
    return story(replace(told, handled_at=None), facts, photos=(), link=text)


LOGS = {
    "handled": handled,
    "english": lambda text: handled(text, language="en"),
    "in staff's words": lambda text: handled(text, changed_text=text),
    "rejected": rejected,
}


def notice(text: str) -> dict[str, Json]:
    return notice_data(masked(text), masked(text), PATH, Role.COMMUNITY_STAFF, DAY, link=text)


def digest(texts: Sequence[str]) -> dict[str, Json]:
    return digest_data([DigestItem(text, text, text, text, text, 5, text) for text in texts], PATH, DAY)


def honours(texts: Sequence[str]) -> dict[str, Json]:
    return honours_data([Honoured(text, text, 5, text, text) for text in texts], PATH, DAY)


def month(texts: Sequence[str]) -> dict[str, Json]:
    counts = {text: 9 - n for n, text in enumerate(texts)}
    now = MonthFigures(30, 0.9, 4.5, counts)
    return month_data(now, MonthFigures(9, 0.5, 4.0, counts), [1] * 30, PATH, DAY)


def portions(size: int) -> list[tuple[str, ...]]:
    return [TEXTS[n : n + size] for n in range(0, len(TEXTS), size)]


def brief(story: Story) -> dict[str, Json]:
    """A log with two of its steps, so that one picture holds it, and no code, which takes longer than the rest."""
    data = as_data(story)
    steps = data["steps"]
    assert isinstance(steps, list)
    return {**data, "steps": steps[3:5], "pace": [], "link": ""}


# --------------------------------------------------------------------------------------------------- what is to be seen
def masked(text: str) -> str:
    return mask(clean(text)).strip()


def bare(text: object) -> str:
    """What the font shows of it, but for what only separates: where lines break is the picture's affair."""
    return "".join(c for c in fonts.shown(clean(str(text))) if not c.isspace() and c not in "\u200b\u2060")


def strings(value: Json, path: str = "") -> Iterator[tuple[str, str]]:
    """Every text in it, by where it stands."""
    if isinstance(value, str):
        yield path, value
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in pairs:
        yield from strings(inner, f"{path}/{key}")


def page_of(data: Mapping[str, Json]) -> dict[str, Json]:
    """What typst is handed, by way of the JSON that it is."""
    page: dict[str, Json] = json.loads(json.dumps(page_data(data, PHONE, {}), ensure_ascii=False).encode())
    return page


def without(text: str, shown: str) -> str:
    """What is shown, with a mark where the text stands: masked, or as a name."""
    said = {bare(masked(text)), bare(text)}
    said |= {text[:1].upper() + text[1:] for text in said}  # as it opens an English sentence
    for one in sorted(said, key=len, reverse=True):
        shown = shown.replace(one, "§")
    return shown


def frame_of(story: Story, text: str) -> dict[str, str]:
    """Everything of a log but the text, by where it stands: what the templates said. A headline drops a full stop."""
    page = page_of(as_data(story))
    page.pop("title")
    labels = {"labels": page.pop("labels")}
    found = dict(strings(labels)) | {path: without(text, bare(shown)) for path, shown in strings(page)}
    lines = write_post(story).text.splitlines()[1:]
    return found | {"post": without(text, bare("".join(lines)))}


def stands_in(text: str, shown: object) -> bool:
    """Whether it is shown to its end, or to where it was cut."""
    return bare(shown).startswith(bare(masked(text))[:UNCUT])


def assert_within_limits(pictures: tuple[card.Picture, ...]) -> None:
    assert 1 <= len(pictures) <= PAGES
    for picture in pictures:
        assert picture.width == 1080
        assert 200 < picture.height <= (ALONE if len(pictures) == 1 else HIGHEST)
        assert len(picture.data) < 2_000_000


# ------------------------------------------------------------------------------------------------------------- the tests
def test_the_corpus_has_three_hundred_different_texts_of_every_kind() -> None:
    assert len(set(TEXTS)) == len(TEXTS) == 300
    assert {"typst", "jinja2", "html", "path", "formula", "bidi", "zalgo"} <= set(KINDS)


@pytest.mark.parametrize("log", LOGS)
def test_a_log_is_the_text_where_it_was_said_and_the_templates_words_elsewhere(log: str) -> None:
    tell = LOGS[log]
    plain = frame_of(tell(PLAIN), PLAIN)
    compared = 0
    for text in TEXTS:
        told = tell(text)
        page = page_of(as_data(told))
        assert stands_in(text[:TITLE], page["subject"]) or not masked(text), ascii(text)
        for key in ("description", "own_words", "result", "reason", "comment"):
            assert page[key] == "" or stands_in(text, page[key]), (ascii(text), key)
        if log == "handled":
            assert stands_in(text, page["result"]), ascii(text)
            assert stands_in(text, page["comment"]), ascii(text)
        post = write_post(told)
        assert post.faults == ()
        if len(set(bare(text))) > 1 and len(masked(text)) <= UNCUT:
            assert frame_of(told, text) == plain, ascii(text)
            compared += 1
    assert compared > 130


def test_a_line_break_in_a_text_makes_no_line_that_a_post_could_be_taken_in_by() -> None:
    plain = len(write_post(handled(PLAIN)).text.splitlines())
    for text in TEXTS:
        lines = write_post(handled(text)).text.splitlines()
        assert len(lines) <= plain, ascii(text)
        assert [line for line in lines if line.startswith("【")] == lines[:1], ascii(text)


@pytest.mark.parametrize("kind", KINDS)
def test_a_log_with_the_text_in_all_its_fields_is_drawn(kind: str) -> None:
    """Every second one in all fields of a log, which costs most, the others in those of a notice."""
    for place, (of, text) in enumerate(HOSTILE):
        if of == kind:
            in_log = place % 2 == 0 and len(text) < LENGTHY
            assert_within_limits(draw(brief(handled(text)) if in_log else notice(text), {}))


@pytest.mark.parametrize("log", ["english", "in staff's words", "rejected"])
def test_every_other_log_is_drawn(log: str) -> None:
    for text in FEW:
        assert_within_limits(draw(brief(LOGS[log](text)), {}))


def test_a_notice_is_its_text_and_is_drawn() -> None:
    for text in TEXTS:
        data = notice(text)
        page = page_of(data)
        assert stands_in(text, page["title"]), ascii(text)
        assert stands_in(text, page["text"]), ascii(text)
        assert page["by"] == "社区工作人员发布"
        post = sheet_post(data, WORDS)
        assert post.faults == ()
        assert bare(masked(text))[:UNCUT] in bare(post.text), ascii(text)
        if text in FEW:
            assert_within_limits(draw(data, {}))


def test_a_digest_is_the_texts_and_is_drawn() -> None:
    for texts in portions(12):
        data = digest(texts)
        for text, item in zip(texts, items(page_of(data), "items"), strict=True):
            assert item["row"] == []  # no photo of such a name
            assert begins_alike(text, item["title"]), ascii(text)
            assert begins_alike(text, item["result"]), ascii(text)
        assert sheet_post(data, WORDS).text.splitlines()[0] == "【秀月社区】新办好 12 件事（2026 年 11 月 23 日）"
    for texts in portions(12)[::5]:
        assert_within_limits(draw(digest(texts), {}))


def test_honours_are_the_texts_and_are_drawn() -> None:
    for texts in portions(12):
        data = honours(texts)
        for text, person in zip(texts, items(page_of(data), "people"), strict=True):
            for key in ("name", "role", "deeds", "quote"):
                assert begins_alike(text, person[key], 20), (ascii(text), key)
        assert sheet_post(data, WORDS).text.splitlines()[0] == "【秀月社区】2026 年 11 月 最美治理参与者"
    for texts in portions(12)[2::5]:
        assert_within_limits(draw(honours(texts), {}))


def test_a_month_is_the_texts_and_is_drawn() -> None:
    for texts in portions(6):
        data = month(texts)
        for text, category in zip(texts, items(page_of(data), "categories"), strict=True):
            assert begins_alike(text, category["name"]), ascii(text)
        assert sheet_post(data, WORDS).faults == ()
    for texts in portions(6)[4::10]:
        assert_within_limits(draw(month(texts), {}))


def items(page: Mapping[str, Json], key: str) -> list[dict[str, Any]]:
    found: Any = page[key]
    return list(found)


def begins_alike(text: str, shown: object, length: int = UNCUT) -> bool:
    """Whether it is shown, to where one line of it was cut."""
    return bare(" ".join(text.split())[:length]) in bare(shown) or stands_in(text, shown)


def test_a_sheet_for_the_notice_board_is_drawn() -> None:
    for text in FEW[:3]:
        assert draw_paper(brief(handled(text)), {}).startswith(b"%PDF")


def test_names_of_photos_and_files_lead_nowhere() -> None:
    """Photos lie in files of our own names, whatever they are called; what is drawn leaves none of them."""
    folder = Path(card._easel()._folder)
    small = jpeg((64, 48))
    for text in FEW:
        data = brief(handled(text))
        photo: Json = {"name": text, "stage": text, "label": masked(text), "width": 64, "height": 48}
        assert_within_limits(draw({**data, "before": [photo], "after": [photo]}, {text: small, "/etc/passwd": small}))
        assert {path.suffix for path in folder.iterdir()} == {".typ"}


@pytest.mark.parametrize("own", ["page", "colours", "code", "drawings", "rows", "headline", "running", "both"])
def test_what_typst_is_told_of_files_colours_and_lengths_never_comes_with_the_data(own: str) -> None:
    data = as_data(story(photos=()))
    plain = page_of(data)
    for text in TENTH:
        assert page_of({**data, own: text}) == plain


def test_a_look_a_link_and_a_label_are_used_or_left_but_never_run() -> None:
    data = as_data(story(photos=()))
    (plain,) = draw(data, {})
    for text in FEW:
        looks: Json = {"theme": text, "primary": text, "accent": text}
        (picture,) = draw({**data, "look": looks}, {})
        assert picture == plain, ascii(text)
        assert_within_limits(draw({**data, "link": text, "map": {"label": text, "here": [], "around": []}}, {}))


def test_a_sheet_or_a_language_of_another_name_is_refused() -> None:
    data = as_data(story(photos=()))
    for text in TEXTS:
        with pytest.raises(KeyError):
            draw({**data, "sheet": text}, {})
    for text in TENTH:
        with pytest.raises(typst.TypstError):
            draw({**data, "language": text}, {})


def test_an_outline_is_numbers() -> None:
    data = as_data(story(photos=()))
    for text in TENTH:
        with pytest.raises(ValueError):
            draw({**data, "map": {"label": "", "here": [[text, text]] * 3, "around": []}}, {})


@pytest.mark.parametrize(
    "text", ["#panic(sys.inputs)", "#assert(false, message: repr(sys.inputs))", '#read("/etc/passwd")']
)
def test_the_same_text_taken_for_a_template_would_do_harm(text: str) -> None:
    """What the other tests would show if data could become markup."""
    assert text in TEXTS
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "main.typ")
        file.write_text(text, encoding="utf-8")
        with pytest.raises(typst.TypstError):
            typst.compile(str(file), root=folder)
