"""Plays the same transcripts over Telegram: people write and press in the stand-in, and what they see there is compared."""

from __future__ import annotations

from bots.practice.clock import parse_duration
from bots.practice.platforms.telegram.stage import Said
from bots.telegram import callbacks
from tests.scenarios.transcript import SAMPLES, Played
from tests.telegram import OnTelegram


class PlayedOnTelegram(Played):
    def __init__(self, stand: OnTelegram) -> None:
        super().__init__(stand.client, stand.url)
        self.stand = stand
        self.told: dict[str, set[int]] = {}  # the rows looked at already, by chat

    async def _line(self, line: str) -> None:
        if line.startswith("+"):
            await self.stand.passes(parse_duration(line[1:]))
        else:
            await super()._line(line)

    async def _screen(self, area: str, *wanted: str) -> None:
        await self.stand.settle()
        await super()._screen(area, *wanted)

    async def _said(self, who: str, how: str, what: str) -> None:
        if how == "!":
            await self.stand.press(self.chat, who, what)
            return
        words = [word for word in what.split(" ") if not word.startswith("+") or word == "+1"]
        photos = [
            (SAMPLES / word[1:]).read_bytes() for word in what.split(" ") if word.startswith("+") and word != "+1"
        ]
        await self.stand.write(self.chat, who, " ".join(words).replace("\\n", "\n"), photos, answers=how == ">>")

    async def _bot(self, expected: str) -> None:
        said = await self._new()
        if said is None:
            await self.stand.settle()
            said = await self._new()
        if said is None:
            assert expected == "-", "the bot said nothing"
            return
        assert expected != "-", f"the bot said {said.key}: {said.text}"
        self.told[self.chat].add(said.outgoing)
        buttons = [
            callbacks.read(data or "", self.stand.door.key)
            for part in said.parts
            for row in part.buttons
            for _, data, _ in row
        ]
        images = [photo for part in said.parts for photo in part.photos]
        assert len(images) == len(said.images)
        if buttons:  # those that were pressed are gone
            assert [(one.outgoing, one.choice) for one in buttons if one] == [
                (said.outgoing, id) for id in said.choices
            ]
        message = {
            "key": said.key,
            "params": said.params,
            "text": said.text,
            "images": images,
            "choices": [{"id": id} for id in said.choices],
        }
        self.newest[said.key] = message
        self._check(message, expected)

    async def _new(self) -> Said | None:
        told = self.told.setdefault(self.chat, set())
        return next((said for said in await self.stand.said(self.chat) if said.outgoing not in told), None)
