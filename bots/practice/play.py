"""One complaint played through the practice room, from the message in the group to the log in the group."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from bots.app import Huying
from bots.practice.room import ButtonPress, Post, PracticeRoom
from bots.practice.values import BOT, Message

SAMPLES = Path(__file__).with_name("samples")
GROUP, STAFF_GROUP = "xiuyue-3-residents", "xiuyue-staff"
REPORTER, NEIGHBOUR, WORKER, APPROVER = "li-xiulan", "sun-daye", "wang-shifu", "liu-min"

Tell = Callable[[str, str], None]  # what happens, and what the bot said to it


class PlayFailed(Exception):
    """The bot did not do what the play expects: says at which step."""


async def play(huying: Huying, tell: Tell) -> None:
    """Play it; `tell` hears of each step. Raises PlayFailed. Played again, it is another complaint."""
    room = huying.room
    if room is None:
        raise PlayFailed("there is no practice room")
    before, after = ((SAMPLES / name).read_bytes() for name in ("before.jpg", "after.jpg"))

    words = "报事 3号楼单元门口的垃圾堆了两天没人清，味道很大，老人孩子进出都捂着鼻子走"
    reported = await _say(room, GROUP, REPORTER, words, before)
    serial = reported.params["serial"]
    tell("① 收集  李秀兰在居民群里报事", reported.text)
    joined = await _say(room, GROUP, NEIGHBOUR, f"@小应 我也遇到 {serial}")
    tell("        孙大爷也遇到", joined.text)

    await _pass(huying, timedelta(minutes=18))
    notice = await _last(room, f"direct:{WORKER}", "assigned", "assigned_urgent")
    accepted = await _press(room, f"direct:{WORKER}", WORKER, notice, "accept")
    tell("② 分办  网格员王师傅接单", accepted.text)
    await _pass(huying, timedelta(minutes=25))
    progress = f"进展 {serial} 到现场看过，已联系保洁公司派车"
    tell("③ 处置  王师傅写进展", (await _say(room, f"direct:{WORKER}", WORKER, progress)).text)
    await _pass(huying, timedelta(hours=1, minutes=10))
    done = f"办结 {serial} 垃圾已清运，门口冲洗干净，补放分类垃圾桶4个"
    tell("        王师傅办结", (await _say(room, f"direct:{WORKER}", WORKER, done, after)).text)

    await _pass(huying, timedelta(minutes=40))
    question = await _last(room, f"direct:{REPORTER}", "rate_please_public", "rate_please")
    tell("④ 反馈  李秀兰收到办理结果", question.text)
    await _press(room, f"direct:{REPORTER}", REPORTER, question, "photos_yes")
    rated = await _say(room, f"direct:{REPORTER}", REPORTER, f"评价 {serial} 5 又快又好，门口终于清爽了，谢谢跑前跑后")
    tell("⑤ 测评  李秀兰给了五星", rated.text)

    await huying.worker.settle()
    preview = await _last(room, STAFF_GROUP, "log_preview", "log_preview_again")
    asked = await _press(room, STAFF_GROUP, APPROVER, preview, "approve")
    tell("⑥ 审核  社区刘敏想通过，先看人脸和车牌", asked.text)
    approved = await _press(room, STAFF_GROUP, APPROVER, asked, "checked")
    tell("        看过了，通过", approved.text)
    await huying.worker.settle()
    posted = await _last(room, GROUP, "log_posted")
    tell("⑦ 发布  居民群里看到图文日志", posted.text)


async def _pass(huying: Huying, by: timedelta) -> None:
    await huying.worker.settle_until(huying.house.clock.now() + by)


async def _say(room: PracticeRoom, chat: str, sender: str, text: str, *photos: bytes) -> Message:
    _, replies = await room.post(Post(chat, sender, text, photos))
    if not replies:
        raise PlayFailed(f"no answer to: {text}")
    return replies[-1]


async def _press(room: PracticeRoom, chat: str, sender: str, message: Message, choice: str) -> Message:
    replies = await room.press(ButtonPress(chat, sender, message.id, choice))
    if not replies:
        raise PlayFailed(f"no answer to the choice {choice}")
    return replies[-1]


async def _last(room: PracticeRoom, chat: str, *keys: str) -> Message:
    """The newest message of the bot's in the chat with one of those keys."""
    found: Message | None = None
    after = 0
    while messages := await room.messages(chat, after):
        after = messages[-1].seq
        found = next((m for m in reversed(messages) if m.sender == BOT and m.key in keys), found)
    if found is None:
        raise PlayFailed(f"nothing like {keys[0]} was said in {chat}")
    return found
