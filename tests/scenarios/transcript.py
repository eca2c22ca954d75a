"""Plays a transcript through the practice room's HTTP interface alone, and says at which line it went otherwise.

A transcript is text; what follows `#` at the start of a line is a note.

    @xiuyue-3-residents                     the chat in which the next lines happen
    li-xiulan> 报事 门口垃圾 +before.jpg       a person says it, with a sample photo; \\n is a new line
    li-xiulan>> 拍得再清楚一点               the same, as a reply to the bot's newest message in the chat
    bot< reported serial=1 category=环境卫生   the bot's next message in this chat has this key, and these params among its own;
                                           images=1 counts pictures, choices=yes,no names the choices, text~部分 looks into the text,
                                           text^部分 finds it nowhere there
    wang-shifu! accept                      a person presses that choice on the newest bot message that has it
    bot< -                                  the bot says nothing more in this chat now
    +PT26H                                  the clock moves
    $code = redeemed.code                   keeps the param of the newest message of that key, in any chat; {code} uses it
    screen xiuyue logs=1 open=0             what the community screen shows
"""

from __future__ import annotations

import base64
import re
from pathlib import Path
from typing import Any

from aiohttp import ClientSession

SAMPLES = Path(__file__).parents[2] / "bots" / "practice" / "samples"
_SAYS = re.compile(r"(?P<who>[a-z-]+)(?P<how>>{1,2}|!)\s*(?P<what>.*)")


class Played:
    """One practice room being talked to: what was seen of each chat, what was kept."""

    def __init__(self, client: ClientSession, url: str) -> None:
        self.client, self.url = client, url
        self.chat = ""
        self.seen: dict[str, int] = {}
        self.kept: dict[str, str] = {}
        self.newest: dict[str, dict[str, Any]] = {}

    async def play(self, transcript: str) -> None:
        for number, raw in enumerate(transcript.splitlines(), 1):
            line = raw.strip()
            if line and not line.startswith("#"):
                try:
                    await self._line(line.format_map(self.kept) if "{" in line else line)
                except AssertionError as error:
                    raise AssertionError(f"line {number}: {line}\n{error}") from None

    async def _line(self, line: str) -> None:
        if line.startswith("@"):
            self.chat = line[1:]
        elif line.startswith("+"):
            await self._post("/practice/api/clock", advance=line[1:])
        elif line.startswith("$"):
            name, _, source = line[1:].partition(" = ")
            key, _, param = source.partition(".")
            self.kept[name] = str(self.newest[key]["params"][param])
        elif line.startswith("bot<"):
            await self._bot(line[4:].strip())
        elif line.startswith("screen "):
            await self._screen(*line.split()[1:])
        elif said := _SAYS.fullmatch(line):
            await self._said(said["who"], said["how"], said["what"])
        else:
            raise AssertionError("not a line of a transcript")

    async def _said(self, who: str, how: str, what: str) -> None:
        if how == "!":
            target = next(m for m in reversed(await self._all()) if any(c["id"] == what for c in m["choices"]))
            await self._post("/practice/api/press", chat=self.chat, sender=who, message=target["id"], choice=what)
            return
        words = [word for word in what.split(" ") if not word.startswith("+") or word == "+1"]
        photos = [word[1:] for word in what.split(" ") if word.startswith("+") and word != "+1"]
        body: dict[str, Any] = {"chat": self.chat, "sender": who, "text": " ".join(words).replace("\\n", "\n")}
        body["photos"] = [base64.b64encode((SAMPLES / name).read_bytes()).decode() for name in photos]
        if how == ">>":
            body["reply_to"] = next(m["id"] for m in reversed(await self._all()) if m["sender"] == "bot")
        await self._post("/practice/api/messages", **body)

    async def _bot(self, expected: str) -> None:
        """The bot's next message in the chat that was not looked at yet; it may still be on its way."""
        after = self.seen.get(self.chat, 0)
        wait = 0 if expected == "-" else 20
        while True:
            messages = await self._messages(after, wait)
            if not messages:
                assert expected == "-", "the bot said nothing"
                return
            for message in messages:
                after = self.seen[self.chat] = message["seq"]
                if message["sender"] == "bot":
                    self.newest[message["key"]] = message
                    assert expected != "-", f"the bot said {message['key']}: {message['text']}"
                    self._check(message, expected)
                    return

    def _check(self, message: dict[str, Any], expected: str) -> None:
        key, *wanted = expected.split()
        told = f"the bot said {message['key']} {message['params']}\n{message['text']}"
        assert message["key"] == key, told
        for one in wanted:
            name, sign, value = re.fullmatch(r"(\w+)([=~^])(.*)", one).groups()  # type: ignore[union-attr]
            if name == "images":
                assert len(message["images"]) == int(value), told
            elif name == "choices":
                assert [choice["id"] for choice in message["choices"]] == [v for v in value.split(",") if v], told
            elif sign in "~^":
                said = message["text"] if name == "text" else str(message["params"].get(name))
                assert (value in said) == (sign == "~"), told
            else:
                assert str(message["params"].get(name)) == value, told

    async def _screen(self, area: str, *wanted: str) -> None:
        async with self.client.get(f"{self.url}/screen/{area}/state") as response:
            state = await response.json()
        for one in wanted:
            name, _, value = one.partition("=")
            shown = len(state[name]) if isinstance(state[name], list) else state[name]
            assert shown == int(value), f"the screen shows {state}"

    async def _messages(self, after: int, wait: int) -> list[dict[str, Any]]:
        address = f"{self.url}/practice/api/chats/{self.chat}/messages?after={after}&wait={wait}"
        async with self.client.get(address) as response:
            assert response.status == 200, await response.text()
            return list((await response.json())["messages"])

    async def _all(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        while more := await self._messages(found[-1]["seq"] if found else 0, 0):
            found += more
        return found

    async def _post(self, path: str, **body: Any) -> dict[str, Any]:
        async with self.client.post(self.url + path, json=body) as response:
            answer = await response.json()
            assert response.status == 200, answer
            return dict(answer)
