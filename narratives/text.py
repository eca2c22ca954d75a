"""The words that go with the picture: the post to the group, which stands beside it on the screen too.

Templates are ours or the community's, what residents and staff wrote is data: it fills a place and is never read as a
template. What wrongs a community's own template has is told to staff, and ours is used instead.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from core.messages import Json
from narratives.sandbox import LONGEST, Rendered, misread, render
from narratives.story import Story
from narratives.words import DEFAULT, LANGUAGES, Fault, Words, words_of


def faults_in(folder: Path, language: str = DEFAULT) -> tuple[Fault, ...]:
    """What is wrong with a community's own words and templates, as far as it shows before anything is told.

    Templates' reasons are in `language`, those of words in their own. What fails only with a story is in Story.faults
    and in what `write_post` gives.
    """
    words = tuple(fault for each in LANGUAGES for fault in words_of(each, folder).faults)
    return (*words, *misread(words_of(language, folder)))


def post_text(story: Story, language: str = "") -> str:
    """What is posted to the group: four to eight short lines of plain text, in the story's language by default."""
    return write_post(story, language).text


def write_post(story: Story, language: str = "") -> Rendered:
    """The same, and why a community's own template was not used for it.

    The first line holds the community and the title, the last one begins with the number: the screen shows neither.
    """
    known = language if language in LANGUAGES else story.language

    def is_framed(text: str) -> bool:
        lines = text.splitlines()
        heading = lines[0] if lines else ""
        return story.community in heading and story.title in heading and lines[-1].startswith(story.number)

    names = (f"post.{story.variant}.{known}.j2", f"post.{known}.j2")
    return render(names, story.words, LONGEST, is_framed, story=story)


def sheet_post(data: Mapping[str, Json], words: Words) -> Rendered:
    """What is posted with a notice, a digest, honours or a month: `data` is of narratives.sheets."""
    community = str(data["community"])

    def is_framed(text: str) -> bool:
        return community in text.splitlines()[0]

    return render((f"post.{data['sheet']}.{words.language}.j2",), words, LONGEST, is_framed, sheet=data)
