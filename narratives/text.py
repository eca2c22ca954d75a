"""The words that go with the picture: the post to the group, which stands beside it on the screen too.

Templates are ours, what residents and staff wrote is data: it fills a place and is never read as a template.
"""

from __future__ import annotations

from functools import lru_cache

from jinja2 import FileSystemLoader, StrictUndefined
from jinja2.sandbox import ImmutableSandboxedEnvironment

from narratives.story import Story
from narratives.words import LANGUAGES, TEMPLATES, words_of


def post_text(story: Story, language: str = "") -> str:
    """What is posted to the group: four to eight short lines of plain text, in the story's language by default."""
    known = language if language in LANGUAGES else story.language
    text = _environment().get_template(f"post.{known}.j2").render(story=story)
    return "\n".join(line.strip() for line in text.splitlines() if line.strip())


@lru_cache(maxsize=1)
def _environment() -> ImmutableSandboxedEnvironment:
    """For plain text: nothing is escaped, since nothing of it is ever HTML."""
    environment = ImmutableSandboxedEnvironment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=False,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["short"] = short
    return environment


def short(text: str, limit: int) -> str:
    """The text in one line, cut with …… where it is longer than the limit; a cut prefers the end of a clause."""
    line = " ".join(text.split())
    if len(line) <= limit:
        return line
    line = line[:limit]
    clause = max(line.rfind(mark) for mark in "。！？；，,;")
    if clause >= limit * 2 // 3:
        line = line[:clause]
    return line.rstrip("。！？；，、：,;: ") + words_of("zh").say("format", "more")
