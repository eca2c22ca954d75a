"""What every page of the workbench is made with: the house behind it, its templates and its sentences."""

from __future__ import annotations

import tomllib
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import TypeAlias
from zoneinfo import ZoneInfo

from aiohttp import web
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from bots.house import House
from core.messages import Reply
from narratives.publications import Publication
from narratives.words import words_of

FOLDER = Path(__file__).parent
_LANG = {"zh": "zh-CN", "en": "en"}
_MINUTE = timedelta(minutes=1)

Paper: TypeAlias = Callable[[Publication], Awaitable[bytes]]
"""The A4 PDF of something published."""

Words: TypeAlias = Callable[[Publication], Awaitable[str]]
"""The words that staff would change: what they wrote before, else what the story says in their place."""


async def words_as_changed(publication: Publication) -> str:
    """What staff wrote; "" while the words are the story's own."""
    return publication.changed_text


@dataclass(frozen=True, slots=True)
class Desk:
    house: House
    paper: Paper
    words: Words
    texts: Mapping[str, Mapping[str, str]]
    zone: ZoneInfo

    def say(self, key: str, /, **params: object) -> str:
        """A sentence of the pages."""
        return self.texts["say"][key].format_map(params)

    def reply(self, reply: Reply) -> str:
        """What a use case says: in the page's own words where those of a chat ("send: …") would be odd on a page, and
        without the lines that repeat the text it shows anyway."""
        params = {name: value for name, value in reply.params.items() if name != "text"}
        here = self.texts["here"].get(reply.key)
        return here.format_map(params) if here else self.house.texts.render(Reply(reply.key, params))

    def area(self, code: str) -> str:
        """An area's name; its code where the rules no longer know it."""
        areas = self.house.policy.areas
        return areas[code].name if code in areas else code

    def waited(self, length: timedelta) -> str:
        """等了 2 小时."""
        if length < _MINUTE:
            return self.say("just_now")
        return self.say("waited", span=words_of(self.house.settings.language).span(length, "length"))

    def local(self, at: datetime) -> datetime:
        return at.astimezone(self.zone)

    def moment(self, at: datetime) -> str:
        """11 月 23 日 09:30."""
        return words_of(self.house.settings.language).moment(self.local(at))

    def response(self, template: str, status: int = 200, **values: object) -> web.Response:
        """A page. No browser and no proxy keeps it."""
        text = _pages().get_template(template).render(self._shared(), **values)
        headers = {"Cache-Control": "no-store"}
        return web.Response(text=text, status=status, content_type="text/html", charset="utf-8", headers=headers)

    def _shared(self) -> Mapping[str, object]:
        """What every template may use."""
        language, house = self.house.settings.language, self.house
        told = words_of(language)
        return {
            "t": self.say,
            "words": self.texts,
            "area": self.area,
            "lang": _LANG[language],
            "moment": self.moment,
            "iso": lambda at: self.local(at).isoformat(timespec="minutes"),
            "span": told.span,
            "waited": self.waited,
            "bot": house.policy.bot_name,
        }


DESK = web.AppKey("workbench", Desk)


def load_texts(language: str) -> Mapping[str, Mapping[str, str]]:
    """The sentences of the pages by table and key."""
    return tomllib.loads((FOLDER / f"texts.{language}.toml").read_text(encoding="utf-8"))


@lru_cache(maxsize=1)
def _pages() -> Environment:
    return Environment(
        loader=FileSystemLoader(FOLDER / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def make_desk(house: House, paper: Paper, words: Words) -> Desk:
    return Desk(house, paper, words, load_texts(house.settings.language), ZoneInfo(house.policy.calendar.zone))
