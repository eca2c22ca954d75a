"""One complaint played through a channel, from the message in the group to the log in the group."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Protocol

from bots.app import Huying
from bots.practice.room import ButtonPress, Post, PracticeRoom
from bots.practice.values import BOT, Message
from core.messages import Json

SAMPLES = Path(__file__).with_name("samples")
GROUP, STAFF_GROUP = "xiuyue-3-residents", "xiuyue-staff"
REPORTER, NEIGHBOUR, WORKER, APPROVER = "li-xiulan", "sun-daye", "wang-shifu", "liu-min"

Tell = Callable[[str, str], None]  # what happens, and what the bot said to it


class PlayFailed(Exception):
    """The bot did not do what the play expects: says at which step."""


class Spoken(Protocol):
    """Something that the bot said."""

    @property
    def key(self) -> str: ...
    @property
    def text(self) -> str: ...
    @property
    def params(self) -> Mapping[str, Json]: ...


class Stage(Protocol):
    """A channel with the cast of the practice room on it, led by hand. Chats and people go by the ids of the cast."""

    async def write(
        self, chat: str, sender: str, text: str, photos: Sequence[bytes] = (), answers: bool = False
    ) -> None: ...
    async def press(self, chat: str, sender: str, choice: str) -> None: ...
    async def settle(self) -> None: ...
    async def passes(self, by: timedelta) -> None: ...
    async def said(self, chat: str) -> Sequence[Spoken]: ...


@dataclass
class RoomStage:
    """The practice room as a stage."""

    huying: Huying
    room: PracticeRoom

    async def write(
        self, chat: str, sender: str, text: str, photos: Sequence[bytes] = (), answers: bool = False
    ) -> None:
        reply_to = (await self.said(chat))[-1].id if answers else ""
        await self.room.post(Post(chat, sender, text, tuple(photos), reply_to=reply_to))

    async def press(self, chat: str, sender: str, choice: str) -> None:
        offered = [message for message in await self.said(chat) if choice in dict(message.choices)]
        if not offered:
            raise PlayFailed(f"nobody offered {choice} in {chat}")
        await self.room.press(ButtonPress(chat, sender, offered[-1].id, choice))

    async def settle(self) -> None:
        await self.huying.worker.settle()

    async def passes(self, by: timedelta) -> None:
        await self.huying.worker.settle_until(self.huying.house.clock.now() + by)

    async def said(self, chat: str) -> Sequence[Message]:
        found: list[Message] = []
        while messages := await self.room.messages(chat, found[-1].seq if found else 0):
            found += messages
        return [message for message in found if message.sender == BOT]


async def play(stage: Stage, tell: Tell) -> None:
    """Play it; `tell` hears of each step. Raises PlayFailed. Played again, it is another complaint."""
    before, after = ((SAMPLES / name).read_bytes() for name in ("before.jpg", "after.jpg"))

    words = "报事 3号楼单元门口的垃圾堆了两天没人清，味道很大，老人孩子进出都捂着鼻子走"
    await stage.write(GROUP, REPORTER, words, [before])
    reported = await _newest(stage, GROUP, "reported")
    serial = reported.params["serial"]
    tell("① 收集  李秀兰在居民群里报事", reported.text)
    await stage.write(GROUP, NEIGHBOUR, f"@小应 我也遇到 {serial}")
    tell("        孙大爷也遇到", (await _newest(stage, GROUP, "joined")).text)

    worker, reporter = f"direct:{WORKER}", f"direct:{REPORTER}"
    await stage.passes(timedelta(minutes=18))
    await _newest(stage, worker, "assigned")
    await stage.press(worker, WORKER, "accept")
    tell("② 分办  网格员王师傅接单", (await _newest(stage, worker, "accepted")).text)
    await stage.passes(timedelta(minutes=25))
    await stage.write(worker, WORKER, f"进展 {serial} 到现场看过，已联系保洁公司派车")
    tell("③ 处置  王师傅写进展", (await _newest(stage, worker, "progress_noted")).text)
    await stage.passes(timedelta(hours=1, minutes=10))
    await stage.write(worker, WORKER, f"办结 {serial} 垃圾已清运，门口冲洗干净，补放分类垃圾桶4个", [after])
    tell("        王师傅办结", (await _newest(stage, worker, "finished")).text)

    await stage.passes(timedelta(minutes=40))
    tell("④ 反馈  李秀兰收到办理结果", (await _newest(stage, reporter, "rate_please")).text)
    await stage.press(reporter, REPORTER, "photos_yes")
    await stage.write(reporter, REPORTER, f"评价 {serial} 5 又快又好，门口终于清爽了，谢谢跑前跑后")
    tell("⑤ 测评  李秀兰给了五星", (await _newest(stage, reporter, "rated")).text)

    await stage.settle()
    await _newest(stage, STAFF_GROUP, "log_preview")
    await stage.press(STAFF_GROUP, APPROVER, "approve")
    tell("⑥ 审核  社区刘敏想通过，先看人脸和车牌", (await _newest(stage, STAFF_GROUP, "check_first")).text)
    await stage.press(STAFF_GROUP, APPROVER, "checked")
    tell("        看过了，通过", (await _newest(stage, STAFF_GROUP, "log_approved")).text)
    await stage.settle()
    tell("⑦ 发布  居民群里看到图文日志", (await _newest(stage, GROUP, "log_posted")).text)


async def _newest(stage: Stage, chat: str, key: str) -> Spoken:
    """The newest thing the bot said in the chat whose key begins so."""
    found = [spoken for spoken in await stage.said(chat) if spoken.key.startswith(key)]
    if not found:
        raise PlayFailed(f"nothing like {key} was said in {chat}")
    return found[-1]
