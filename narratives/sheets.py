"""The other sheets as data: a notice, the digest of a day, the honours and the figures of a month.

Values go in, JSON comes out that narratives.card draws. Texts come in masked; nothing is looked up and nobody added.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from core.areas import Area, Level
from core.messages import Json
from core.policy import Look
from narratives.words import DEFAULT, LANGUAGES, TEMPLATES, words_of

NOTICE_TEXT = 2_000  # characters
NOTICE_TITLE = 60
ITEMS = 12  # logs in a digest
PEOPLE = 12  # on the honours
CATEGORIES = 6  # in the month's chart
_LINE = 80  # characters of one line of a digest
_NAME, _DEEDS, _QUOTE = 24, 160, 120


@dataclass(frozen=True, slots=True)
class DigestItem:
    """One log of the day. `before` and `after` are media names, "" for none; `stars` 1 to 5, None for unrated.

    `result` is one line, `link` the log's own page, "" for none.
    """

    title: str
    result: str
    number: str
    before: str = ""
    after: str = ""
    stars: int | None = None
    link: str = ""


@dataclass(frozen=True, slots=True)
class Honoured:
    """Somebody who is honoured: the masked name, what they did, points of the month, and why in somebody's words."""

    name: str
    deeds: str
    points: int = 0
    quote: str = ""
    role: str = ""


@dataclass(frozen=True, slots=True)
class MonthFigures:
    """The figures of one month. `on_time` and `satisfaction` are 0 to 1 and 1 to 5; None where nothing was counted."""

    closed: int
    on_time: float | None = None
    satisfaction: float | None = None
    categories: Mapping[str, int] | None = None


def notice_data(
    title: str,
    text: str,
    path: Sequence[Area],
    author: str,
    day: date,
    *,
    link: str = "",
    look: Look | None = None,
    language: str = DEFAULT,
) -> dict[str, Json]:
    """A notice. `path` runs from the city to the community; `author` is a core.people.Role, never a name."""
    words = words_of(language)
    who = words.word("role", author) or words.say("person", "staff")
    return _sheet("notice", path, link, look, language) | {
        "title": " ".join(title.split())[:NOTICE_TITLE],
        "text": text.strip()[:NOTICE_TEXT],
        "by": _word(language, "notice", "by", who=who),
        "day": _word(language, "digest", "day", year=day.year, month=day.month, day=day.day),
    }


def digest_data(
    items: Sequence[DigestItem],
    path: Sequence[Area],
    day: date,
    *,
    link: str = "",
    look: Look | None = None,
    language: str = DEFAULT,
) -> dict[str, Json]:
    """The digest of a day: its logs, at most twelve, in the order given. Raises ValueError without any."""
    if not items:
        raise ValueError("a digest has at least one log")
    handled = all(item.stars for item in items)  # what was not taken up has none, and a notice neither
    count = f"{'title' if handled else 'news'}_{'one' if len(items) == 1 else 'many'}"
    return _sheet("digest", path, link, look, language) | {
        "title": _word(language, "digest", count, n=len(items)),
        "day": _word(language, "digest", "day", year=day.year, month=day.month, day=day.day),
        "items": [_item(item, language) for item in items[:ITEMS]],
    }


def _item(item: DigestItem, language: str) -> dict[str, Json]:
    def photo(name: str, stage: str) -> Json:
        label = _word(language, "digest", f"photo_{stage}")
        return [{"name": name, "stage": stage, "label": label}] if name else []

    return {
        "title": _short(item.title, NOTICE_TITLE, language),
        "result": _short(item.result, _LINE, language),
        "number": item.number,
        "link": item.link,
        "stars": item.stars,
        "rating": "" if item.stars else words_of(language).say("note", "unrated"),
        "before": photo(item.before, "before"),
        "after": photo(item.after, "after"),
    }


def honours_data(
    people: Sequence[Honoured],
    path: Sequence[Area],
    month: date,
    *,
    link: str = "",
    look: Look | None = None,
    language: str = DEFAULT,
) -> dict[str, Json]:
    """The honours 最美治理参与者 of a month: at most twelve people, in the order given. Raises ValueError without any."""
    if not people:
        raise ValueError("honours honour somebody")
    return _sheet("honours", path, link, look, language) | {
        "title": _word(language, "honours", "title"),
        "month": _word(language, "honours", "month", year=month.year, month=month.month),
        "count": _word(language, "honours", "people", n=len(people[:PEOPLE])) if len(people) > 1 else "",
        "people": [
            {
                "name": _short(person.name, _NAME, language),
                "letter": person.name[:1],
                "role": _short(person.role, _NAME, language),
                "deeds": _short(person.deeds, _DEEDS, language),
                "points": f"{person.points}" if person.points > 0 else "",
                "quote": _short(person.quote, _QUOTE, language),
            }
            for person in people[:PEOPLE]
        ],
    }


def month_data(
    now: MonthFigures,
    last: MonthFigures | None,
    days: Sequence[int],
    path: Sequence[Area],
    month: date,
    *,
    link: str = "",
    look: Look | None = None,
    language: str = DEFAULT,
) -> dict[str, Json]:
    """The page of a month, compared with the month before, None when there was none. `days`: closed on each day."""
    counted = sorted((now.categories or {}).items(), key=lambda item: -item[1])[:CATEGORIES]
    before = (last.categories if last else None) or {}
    return _sheet("month", path, link, look, language) | {
        "title": _word(language, "month", "title"),
        "month": _word(language, "month", "month", year=month.year, month=month.month),
        "summary": _summary(now, counted, month, language),
        "figures": _month_figures(now, last, language),
        "categories": [{"name": name, "count": count, "last": before.get(name, 0)} for name, count in counted],
        "days": list(days),
    }


def _summary(now: MonthFigures, counted: Sequence[tuple[str, int]], month: date, language: str) -> str:
    said = []
    if now.on_time is not None:
        told = {"year": month.year, "month": month.month, "closed": now.closed, "on_time": round(100 * now.on_time)}
        said.append(_word(language, "month", "summary", **told))
    if counted:
        said.append(_word(language, "month", "summary_top", name=counted[0][0], n=counted[0][1]))
    return ("" if language == "zh" else " ").join(said)


def _month_figures(now: MonthFigures, last: MonthFigures | None, language: str) -> list[Json]:
    """Closed, on time in %, satisfaction of 5; each with its change in the same unit."""
    rows: tuple[tuple[str, float | None, float | None, int], ...] = (
        ("closed", now.closed, last.closed if last else None, 0),
        ("on_time", _percent(now.on_time), _percent(last.on_time if last else None), 0),
        ("satisfaction", now.satisfaction, last.satisfaction if last else None, 1),
    )
    return [
        {
            "key": key,
            "label": _word(language, "month", key),
            "value": _word(language, "month", f"{key}_value", n=f"{value:.{places}f}"),
            "change": _change(key, value, before, places, language),
            "better": before is not None and key != "closed" and round(value - before, places) > 0,
        }
        for key, value, before, places in rows
        if value is not None
    ]


def _change(key: str, value: float, before: float | None, places: int, language: str) -> str:
    if before is None:
        return _word(language, "month", "first")
    difference = round(round(value, places) - round(before, places), places)
    if not difference:
        return _word(language, "month", "same")
    amount = _word(language, "month", f"{key}_difference", n=f"{abs(difference):.{places}f}")
    return _word(language, "month", "more" if difference > 0 else "fewer", n=amount)


def _percent(share: float | None) -> float | None:
    return None if share is None else 100 * share


def _sheet(sheet: str, path: Sequence[Area], link: str, look: Look | None, language: str) -> dict[str, Json]:
    """What every sheet has. The masthead leaves the city out."""
    names = [area.name for area in path if area.level != Level.CITY]
    chosen = look or Look()
    return {
        "sheet": sheet,
        "language": language if language in LANGUAGES else DEFAULT,
        "masthead": list(names),
        "community": next((area.name for area in path if area.level == Level.COMMUNITY), ""),
        "link": link,
        "look": {"theme": chosen.theme.value, "primary": chosen.primary, "accent": chosen.accent},
    }


def _short(text: str, limit: int, language: str) -> str:
    line = " ".join(text.split())
    more = words_of(language).say("format", "more")
    return line if len(line) <= limit else line[: limit - len(more)].rstrip("，、；：,;: ") + more


def sheet_words(language: str) -> Mapping[str, Mapping[str, str]]:
    """The words of the sheets, by sheet and key; Simplified Chinese for a language that is not there."""
    return _sheet_words(language if language in LANGUAGES else DEFAULT)


@lru_cache
def _sheet_words(language: str) -> Mapping[str, Mapping[str, str]]:
    return tomllib.loads((TEMPLATES / f"sheets.{language}.toml").read_text(encoding="utf-8"))


def _word(language: str, sheet: str, key: str, **params: object) -> str:
    return sheet_words(language)[sheet][key].format_map(params)
