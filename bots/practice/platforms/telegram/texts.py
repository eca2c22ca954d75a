"""Text as Telegram reads it: length in UTF-16 units, and the entities it finds by itself."""

from __future__ import annotations

import re

from bots.practice.platforms.telegram.values import Json

# A command or a mention ends where a word ends: Telegram finds none in `/help我` or `@huying_bot你好`.
ENTITIES = (
    ("url", re.compile(r"https?://[^\s<>\"，。；：！？、（）《》]+[^\s<>\"，。；：！？、（）《》.,;:!?)]")),
    ("bot_command", re.compile(r"(?<![\w/<>])/[A-Za-z0-9_]{1,64}(?:@[A-Za-z0-9_]{3,32})?(?![\w/<>])")),
    ("mention", re.compile(r"(?<![\w@/])@[A-Za-z0-9_]{2,32}(?!\w)")),
    ("hashtag", re.compile(r"(?<![\w#/])#\w{1,256}")),
)


def units(text: str) -> int:
    """The length Telegram counts: UTF-16 code units, so that an emoji is two."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def find_entities(text: str) -> list[Json]:
    """MessageEntity objects in order, none inside another."""
    found: list[tuple[int, int, str]] = []
    for kind, pattern in ENTITIES:
        for match in pattern.finditer(text):
            if all(match.end() <= start or end <= match.start() for start, end, _ in found):
                found.append((match.start(), match.end(), kind))
    return [
        {"type": kind, "offset": units(text[:start]), "length": units(text[start:end])}
        for start, end, kind in sorted(found)
    ]


def entity_texts(text: str, entities: list[Json], kind: str) -> list[str]:
    """The pieces of the text marked as `kind`."""
    coded = text.encode("utf-16-le", "surrogatepass")
    return [
        coded[2 * one["offset"] : 2 * (one["offset"] + one["length"])].decode("utf-16-le", "surrogatepass")
        for one in entities
        if one["type"] == kind
    ]
