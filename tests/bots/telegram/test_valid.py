"""Whatever Huying asks of Telegram is valid in the eyes of another library, field by field, and so is whatever it is told.

aiogram describes the Bot API on its own; where it and our calls disagree, one of them is wrong.
"""

from __future__ import annotations

import ast
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import telegram
from aiogram import methods, types
from aiogram.methods.base import Response, TelegramMethod
from pydantic import BaseModel, ValidationError

from bots.practice.platforms.telegram.methods import NAMES
from bots.practice.platforms.telegram.values import Call
from bots.telegram.check import check
from core.messages import Choice, Outgoing, Reply
from core.people import Role
from storage.unit_of_work import Unit
from tests.bots.telegram.conftest import ACCOUNT, Estate, picture, settle_estate
from tests.scenarios.on_telegram import PlayedOnTelegram
from tests.scenarios.test_transcripts import TRANSCRIPTS
from tests.telegram import OnTelegram

pytestmark = pytest.mark.asyncio(loop_scope="module")
TYPED: dict[str, type[TelegramMethod[Any]]] = {
    typed.__api_method__: typed
    for typed in vars(methods).values()
    if isinstance(typed, type) and issubclass(typed, TelegramMethod) and typed is not TelegramMethod
}
COMPLAINT = next(path for path in TRANSCRIPTS if path.stem.startswith("a_complaint_travels"))
HOUSE = Path(__file__).resolve().parents[3] / "bots" / "telegram"


# ---- in the eyes of aiogram


def strangers(value: Any, where: str) -> Iterator[str]:
    """The fields, at any depth, that the Bot API does not have."""
    if isinstance(value, BaseModel):
        yield from (f"{where}.{name}" for name in value.model_extra or {})
        for name in type(value).model_fields:
            yield from strangers(getattr(value, name), f"{where}.{name}")
    elif isinstance(value, list):
        for one in value:
            yield from strangers(one, where)


def objections(call: Call) -> list[str]:
    """What is wrong with a call: types by the letter where it came as JSON, and every field known."""
    uploads = {
        name for name, value in call.params.items() if isinstance(value, dict) and value.keys() == {"name", "bytes"}
    }
    named = {name: f"attach://{name}" for name in uploads & TYPED[call.method].model_fields.keys()}
    params = {name: value for name, value in call.params.items() if name not in uploads} | named
    attached = json.dumps(params)
    try:
        # a form knows no types, only words
        built = TYPED[call.method].model_validate_json(attached, strict=not uploads)
    except ValidationError as error:
        return [f"{call.method}: {error}"]
    lost = [f"{call.method}: nothing names {name}" for name in uploads if f'"attach://{name}"' not in attached]
    return [*strangers(built, call.method), *lost]


def refused(call: Call) -> list[str]:
    """The answer, read as the method's own type."""
    read = Response[TYPED[call.method].__returning__].model_validate(call.answer)  # type: ignore[name-defined, misc]
    return [] if call.status == 200 and read.ok else [f"{call.method}: {call.answer}"]


def misread(update: dict[str, Any], bot: telegram.Bot) -> list[str]:
    """Where one of the two libraries does not know what is in an update."""
    told = json.loads(json.dumps(update))
    (kind,) = update.keys() - {"update_id"}
    read = telegram.Update.de_json(dict(told), bot)
    ours = getattr(read, kind)
    unknown = list(ours.api_kwargs) if ours is not None else [kind]
    return [*unknown, *strangers(types.Update.model_validate(told), kind)]


# ---- the walk


async def say_everything(estate: Estate) -> None:
    """What the loop does not happen to say: the longest texts, albums with and without buttons, more pictures than an album takes."""
    house = estate.stand.huying.house
    names = tuple([await house.media.put(picture(100 + shade), "jpg") for shade in range(12)])
    choices = (Choice("yes", "photos_yes", "帮助"), Choice("no", "photos_no", "隐私"))
    long = Reply("sent_privately", {"name": "水停了。" * 2500})

    async def work(uow: Unit) -> None:
        person = await uow.registry.person_of("telegram", ACCOUNT, str(estate.li))
        assert person is not None
        said = [
            Reply("thanks", images=names[:1]),
            Reply("thanks", images=names[:3]),
            Reply("thanks", images=names),
            Reply("thanks", choices=choices),
            Reply("thanks", images=names[:1], choices=choices),
            Reply("thanks", images=names[:2], choices=choices),
            long,
            Reply(long.key, long.params, choices, names[:1]),
        ]
        for n, reply in enumerate(said):
            await uow.outgoing.add(Outgoing(f"walk:{estate.n}:{n}", reply, person=person.id))

    await house.db.run(work)
    await estate.settled()


async def press_everything(estate: Estate) -> None:
    """The first button of each message of the bot's, and then the second one on a phone that did not see the first go."""
    for seen in estate.bot_said(estate.li):
        if seen.buttons:
            first, second = (str(button.data) for row in seen.buttons for button in row)
            estate.standin.press(estate.li, estate.li, seen.message_id, first)
            await estate.settled()
            estate.standin.forge_press(estate.li, estate.li, seen.message_id, second)
            await estate.settled()
    estate.standin.forge_press(estate.li, estate.li, 1, "forged")
    await estate.settled()


async def become_everybody(estate: Estate) -> None:
    """The same person is given one role after another, and opens their chat anew."""
    db = estate.stand.huying.house.db
    person = await db.read(lambda uow: uow.registry.person_of("telegram", ACCOUNT, str(estate.li)))
    assert person is not None
    for role in (*Role, Role.RESIDENT):
        await db.run(lambda uow, role=role: uow.registry.place(person.id, "xiuyue-3", "xiuyue", role))  # type: ignore[misc]
        estate.standin.say(estate.li, estate.li, "绑定 ABCD2345")
        await estate.settled()


async def walk(stand: OnTelegram) -> None:
    standin = stand.standin
    await PlayedOnTelegram(stand).play(COMPLAINT.read_text(encoding="utf-8"))
    estate = await settle_estate(stand, forum=True)
    standin.say(
        estate.group, estate.li, f"@huying_bot {estate.place()}", thread=standin.add_topic(estate.group, "停车")
    )
    await estate.opens(estate.li)
    await say_everything(estate)
    await press_everything(estate)
    await become_everybody(estate)
    standin.say(estate.group, estate.li, estate.place(), photos=[picture(1), picture(2)])
    standin.say(estate.group, estate.sun, "@huying_bot 积分")
    for kind in ("voice", "video", "sticker", "location", "document", "contact", "poll"):
        standin.say(estate.li, estate.li, kind=kind)
    await estate.settled()
    for happens in (
        lambda: standin.kick(estate.group),
        lambda: standin.readmit(estate.group),
        lambda: standin.block(estate.li),
    ):
        happens()
        await estate.settled()
    small = await settle_estate(stand, supergroup=False)
    standin.migrate(small.group)
    await small.settled()
    found = await check(stand.huying.house.settings, {str(estate.group): "居民群"})
    assert found


def asked_by_the_source() -> set[str]:
    """Every method of the Bot API that the Telegram door calls by name."""
    names: set[str] = set()
    for file in HOUSE.glob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and ast.unparse(node.func.value).endswith("bot")
            ):
                names.add(node.func.attr)
            elif isinstance(node, ast.Constant) and isinstance(node.value, str):
                names.add(node.value)
    return {method for name in names if (method := NAMES.get(name.replace("_", "").lower()))}


async def test_every_call_of_a_walk_through_the_house_is_valid_and_so_is_every_update(
    polled: OnTelegram, hooked: OnTelegram
) -> None:
    await walk(polled)
    await settle_estate(hooked)
    bot = polled.door.bot
    calls = [*polled.standin.calls, *hooked.standin.calls]
    assert [one for call in calls for one in objections(call)] == []
    # a second press finds the buttons gone already; 1:1 the stand-in counts each picture of an album, and we do not
    expected = ("message is not modified", "Too Many Requests")
    answered = [
        call for call in calls if call.status is not None and not any(one in str(call.answer) for one in expected)
    ]
    assert [one for call in answered for one in refused(call)] == []
    asked = asked_by_the_source()
    assert asked >= {"sendMediaGroup", "editMessageCaption", "setWebhook", "getFile"}, "the source is not read any more"
    assert asked - {call.method for call in calls} == set()
    updates = [*polled.standin.updates, *hooked.standin.updates]
    assert {kind for update in updates for kind in update} >= {"message", "callback_query", "my_chat_member"}
    assert [one for update in updates for one in misread(update, bot)] == []


# ---- whoever judges must be able to say no


def call(method: str, **params: Any) -> Call:
    return Call(1, method, params, 200, {"ok": True, "result": True}, "", True, None)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "wrong",
    [
        call("sendMessage", chat_id=7),
        call("sendMessage", chat_id=7, text="好", colour="red"),
        call("sendMessage", chat_id=7, text=5),
        call("sendMessage", chat_id=7, text="好", message_thread_id="42"),
        call("sendMessage", chat_id=7, text="好", reply_markup={"inline_keyboard": [[{"text": "好", "data": "y"}]]}),
        call("sendMessage", chat_id=7, text="好", reply_parameters={"message_id": 5, "allow": True}),
        call("sendMediaGroup", chat_id=7, media=[{"type": "painting", "media": "attach://a"}]),
        call("sendMediaGroup", chat_id=7, media=[], a={"name": "a.jpg", "bytes": 9}),
        call("setMyCommands", commands=[{"command": "help"}]),
        call("getFile", file="x"),
    ],
    ids=lambda call: f"{call.method} {[*call.params][-1]}",
)
async def test_a_call_that_is_not_valid_is_found(wrong: Call) -> None:
    assert objections(wrong)


async def test_an_update_with_a_field_that_nobody_knows_is_found(polled: OnTelegram) -> None:
    message = {
        "message_id": 1,
        "date": 1,
        "chat": {"id": 7, "type": "private", "first_name": "李"},
        "text": "好",
        "colour": "red",
    }
    assert misread({"update_id": 1, "message": message}, polled.door.bot)
