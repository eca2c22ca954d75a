"""Who may speak to whom: kicked, blocked, migrated, and what privacy mode lets through."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from bots.practice.platforms.telegram import Misuse, StandIn
from tests.bots.platforms.conftest import FORUM, GROUP, LI, SMALL_GROUP, STRANGER, SUN, Stand


def change(update: dict[str, Any]) -> tuple[int, str, str]:
    """(chat, old status, new status) of a my_chat_member update."""
    told = update["my_chat_member"]
    return told["chat"]["id"], told["old_chat_member"]["status"], told["new_chat_member"]["status"]


@pytest.mark.parametrize(("chat", "kind"), [(GROUP, "supergroup"), (SMALL_GROUP, "group")])
async def test_a_bot_that_was_kicked_hears_and_says_nothing(stand: Stand, chat: int, kind: str) -> None:
    stand.standin.kick(chat)
    assert [change(update) for update in await stand.updates()] == [(chat, "member", "kicked")]
    expected = (403, f"Forbidden: bot was kicked from the {kind} chat")
    for method in ("sendMessage", "getChat", "getChatMemberCount", "editMessageText", "deleteMessage"):
        assert await stand.refused(method, chat_id=chat, text="好", message_id=1) == expected
    stand.standin.say(chat, LI, "有人吗")
    assert await stand.updates() == []
    stand.standin.readmit(chat)
    back, service = await stand.updates()
    assert change(back) == (chat, "kicked", "member")
    assert service["message"]["new_chat_members"][0]["id"] == stand.standin.world.bot.id
    await stand.ok("sendMessage", chat_id=chat, text="好")


async def test_a_bot_that_left_is_no_member(stand: Stand) -> None:
    assert await stand.ok("leaveChat", chat_id=GROUP)
    assert [change(update) for update in await stand.updates()] == [(GROUP, "member", "left")]
    assert await stand.refused("sendMessage", chat_id=GROUP, text="好") == (
        403,
        "Forbidden: bot is not a member of the supergroup chat",
    )


async def test_a_person_who_blocked_the_bot_hears_nothing_until_starting_again(stand: Stand) -> None:
    stand.standin.start(LI)
    sent = await stand.ok("sendMessage", chat_id=LI, text="好")
    stand.standin.block(LI)
    blocked = (403, "Forbidden: bot was blocked by the user")
    assert await stand.refused("sendMessage", chat_id=LI, text="好") == blocked
    where = {"chat_id": LI, "message_id": sent["message_id"]}
    assert await stand.refused("editMessageText", **where, text="好的") == blocked
    with pytest.raises(Misuse):
        stand.standin.say(LI, LI, "在吗")
    stand.standin.start(LI)
    updates = await stand.updates()
    assert [change(update) for update in updates if "my_chat_member" in update] == [
        (LI, "member", "kicked"),
        (LI, "kicked", "member"),
    ]
    assert updates[-1]["message"]["text"] == "/start"
    await stand.ok("sendMessage", chat_id=LI, text="好")


async def test_a_small_group_becomes_a_supergroup_with_another_id(stand: Stand) -> None:
    new_id = stand.standin.migrate(SMALL_GROUP)
    to, member, back = await stand.updates()
    assert (to["message"]["chat"]["id"], to["message"]["migrate_to_chat_id"]) == (SMALL_GROUP, new_id)
    assert change(member) == (new_id, "left", "member")
    assert (back["message"]["chat"]["id"], back["message"]["migrate_from_chat_id"]) == (new_id, SMALL_GROUP)
    assert await stand.post("sendMessage", chat_id=SMALL_GROUP, text="好") == (
        400,
        {
            "ok": False,
            "error_code": 400,
            "description": "Bad Request: group chat was upgraded to a supergroup chat",
            "parameters": {"migrate_to_chat_id": new_id},
        },
    )
    await stand.ok("sendMessage", chat_id=new_id, text="好")
    with pytest.raises(Misuse):
        stand.standin.say(SMALL_GROUP, LI, "在吗")
    assert (await stand.ok("getChat", chat_id=new_id))["type"] == "supergroup"


async def test_members_come_and_go_and_are_counted_with_the_bot(stand: Stand) -> None:
    assert await stand.ok("getChatMemberCount", chat_id=GROUP) == 3
    stand.standin.add_member(GROUP, STRANGER)
    assert (await stand.update())["new_chat_members"][0]["id"] == STRANGER
    assert await stand.ok("getChatMemberCount", chat_id=GROUP) == 4
    assert (await stand.ok("getChatMember", chat_id=GROUP, user_id=STRANGER))["status"] == "member"
    stand.standin.remove_member(GROUP, STRANGER)
    assert (await stand.update())["left_chat_member"]["id"] == STRANGER
    assert (await stand.ok("getChatMember", chat_id=GROUP, user_id=STRANGER))["status"] == "left"
    assert (await stand.ok("getChatMember", chat_id=GROUP, user_id=stand.standin.world.bot.id))["status"] == "member"
    assert await stand.refused("getChatMember", chat_id=GROUP, user_id=999) == (400, "Bad Request: user not found")


@pytest.mark.parametrize("privacy", [True])
async def test_in_privacy_mode_a_group_gives_only_what_is_meant_for_the_bot(stand: Stand, privacy: bool) -> None:
    assert not (await stand.ok("getMe"))["can_read_all_group_messages"]
    own = (await stand.ok("sendMessage", chat_id=GROUP, text="哪里坏了"))["message_id"]
    (theirs,) = stand.standin.say(GROUP, LI, "闲聊")
    stand.standin.say(GROUP, SUN, "也是闲聊", reply_to=theirs)
    stand.standin.say(GROUP, SUN, "/help@other_bot")
    stand.standin.say(GROUP, SUN, "@other_bot 你好")
    assert await stand.updates() == []
    stand.standin.say(GROUP, LI, "/report 路灯")
    stand.standin.say(GROUP, LI, "/report@huying_bot 路灯")
    stand.standin.say(GROUP, LI, "@Huying_Bot 路灯坏了")
    stand.standin.say(GROUP, LI, "三号楼", reply_to=own)
    stand.standin.add_member(GROUP, STRANGER)
    stand.standin.say(LI, LI, "私下说")
    told = [update["message"] for update in await stand.updates()]
    assert [message.get("text", "") for message in told] == [
        "/report 路灯",
        "/report@huying_bot 路灯",
        "@Huying_Bot 路灯坏了",
        "三号楼",
        "",
        "私下说",
    ]


async def test_without_privacy_mode_every_message_of_a_group_comes(stand: Stand) -> None:
    assert (await stand.ok("getMe"))["can_read_all_group_messages"]
    stand.standin.say(GROUP, LI, "闲聊")
    assert (await stand.update())["text"] == "闲聊"


@pytest.mark.parametrize(
    "act",
    [
        lambda s: s.say(GROUP, STRANGER, "我不在群里"),
        lambda s: s.say(GROUP, LI, " "),
        lambda s: s.say(GROUP, LI, "a" * 4097),
        lambda s: s.say(GROUP, LI, "a" * 1025, photos=[b"x"]),
        lambda s: s.say(GROUP, LI, "好", kind="dance"),
        lambda s: s.say(GROUP, LI, photos=[b"x"] * 11),
        lambda s: s.say(GROUP, LI, "好", thread=1),
        lambda s: s.say(GROUP, LI, "好", reply_to=99),
        lambda s: s.say(12345, LI, "好"),
        lambda s: s.say(GROUP, 12345, "好"),
        lambda s: s.start(GROUP),
        lambda s: s.start(12345),
        lambda s: s.add_topic(GROUP, "不是议事厅"),
        lambda s: s.migrate(GROUP),
        lambda s: s.kick(LI),
        lambda s: s.readmit(GROUP),
        lambda s: s.block(LI),
        lambda s: s.unblock(LI),
        lambda s: s.add_user(LI, "又一个"),
        lambda s: s.add_group(5, "正的", []),
        lambda s: s.add_group(-5, "没有人", [12345]),
        lambda s: s.photo("none"),
        lambda s: s.messages(12345),
    ],
)
async def test_what_no_person_can_do_is_refused_and_changes_nothing(
    stand: Stand, act: Callable[[StandIn], object]
) -> None:
    before = await stand.get("/standin/api/state")
    with pytest.raises(Misuse):
        act(stand.standin)
    assert await stand.get("/standin/api/state") == before
    assert stand.standin.updates == ()
    assert [stand.standin.messages(chat) for chat in (GROUP, SMALL_GROUP, FORUM, LI)] == [()] * 4
