"""A group becomes a community's by a code of staff, typed in it."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from functools import partial

import pytest

from bots.binding import chat_code
from core.messages import Audience, Chat, ChatKind, Outgoing, Reply
from core.people import Role
from storage.unit_of_work import Unit
from tests.bots.talk import GROUP, ON_BOTH, TELEGRAM, Talk
from tests.conftest import MONDAY

NEW = "-100"


async def given(
    talk: Talk, area: str = "xiuyue-3", audience: Audience = Audience.RESIDENTS, daily: bool = False
) -> str:
    staff = await talk.turn("liu")
    return (await talk.db.run(lambda uow: chat_code(area, audience, daily, staff, uow))).code


async def group(talk: Talk, external: str = NEW) -> Chat:
    found = await talk.db.read(lambda uow: uow.chats.find(TELEGRAM, TELEGRAM, external))
    assert found is not None
    return found


async def say(talk: Talk, text: str, who: str = "ann", chat: str = NEW, within: str = "") -> str:
    return await talk.key(f"@小应 {text}", who, TELEGRAM, chat, title="三网格的邻居们", within=within)


async def test_a_group_is_not_bound_by_what_is_no_code_of_a_group(talk: Talk) -> None:
    for code in ("ABCDEFGH", await talk.code("li"), await talk.code("liu")):
        assert await say(talk, f"绑定 {code}") in ("code_wrong", "code_shown")
    assert (await group(talk)).area == ""
    assert await say(talk, "路灯不亮") == "group_unbound"


async def test_a_code_binds_the_group_and_its_residents_may_begin_at_once(talk: Talk) -> None:
    assert await say(talk, "路灯不亮") == "group_unbound"
    code = await given(talk, daily=True)
    (row,) = await talk.say(f"@小应 绑定 {code}", "ann", TELEGRAM, NEW)
    assert (row.reply.key, row.reply.params["area"]) == ("chat_bound", "秀月社区第三网格")
    assert "was" not in row.reply.params
    chat = await group(talk)
    assert (chat.kind, chat.audience, chat.area, chat.title, chat.daily) == (
        ChatKind.GROUP,
        Audience.RESIDENTS,
        "xiuyue-3",
        "三网格的邻居们",
        True,
    )
    groups = await talk.db.read(lambda uow: uow.chats.groups("xiuyue", Audience.RESIDENTS))
    assert chat in groups  # it is active and of the community
    assert await say(talk, "路灯不亮") == "reported"
    assert (await talk.person("ann", TELEGRAM)).area == "xiuyue-3"  # met before it was bound
    (fact,) = [row for row in await talk.rows("fact") if row["kind"] == "chat_bound"]
    assert fact["community"] == "xiuyue"


async def test_a_code_of_a_group_typed_1_to_1_is_explained_and_not_used_up(talk: Talk) -> None:
    code = await given(talk)
    assert await talk.key(f"绑定 {code}", "ann", TELEGRAM) == "code_for_group"
    assert await say(talk, f"绑定 {code}") == "chat_bound"
    assert await talk.key(f"绑定 {code}", "ann", TELEGRAM) == "code_wrong"


@ON_BOTH
async def test_a_code_binds_one_group_however_many_type_it_at_once(talk: Talk) -> None:
    code = await given(talk)
    keys = await asyncio.gather(*(say(talk, f"绑定 {code}", f"p{n}", f"-{n}") for n in range(1, 4)))
    assert sorted(keys) == ["chat_bound", "code_wrong", "code_wrong"]


async def test_a_code_of_a_group_ends_after_a_day(talk: Talk) -> None:
    code = await given(talk)
    talk.later(timedelta(days=1))
    assert await say(talk, f"绑定 {code}") == "code_wrong"


async def test_a_code_binds_nothing_once_its_maker_is_no_longer_staff(talk: Talk) -> None:
    code = await given(talk)
    liu = await talk.person("liu")
    await talk.db.run(lambda uow: uow.registry.place(liu.id, "xiuyue", "xiuyue", Role.RESIDENT))
    assert await say(talk, f"绑定 {code}") == "code_wrong"


@pytest.mark.parametrize(
    ("audience", "key"),
    [(Audience.STAFF, "chat_bound_staff"), (Audience.PARTNERS, "chat_bound_partners")],
)
async def test_groups_of_others_than_residents_are_greeted_as_such(talk: Talk, audience: Audience, key: str) -> None:
    assert await say(talk, f"绑定 {await given(talk, 'xiuyue', audience)}") == key
    assert (await group(talk)).audience == audience


async def test_a_bound_group_may_be_bound_anew_and_is_told_from_where_to_where(talk: Talk) -> None:
    assert await say(talk, f"绑定 {await given(talk)}") == "chat_bound"
    assert await say(talk, "路灯不亮", chat=f"{NEW}/7", within=NEW) == "reported"  # in a topic
    (row,) = await talk.say(f"@小应 绑定 {await given(talk, 'xiuyue-4')}", "ann", TELEGRAM, NEW)
    assert (row.reply.params["was"], row.reply.params["area"]) == ("秀月社区第三网格", "秀月社区第四网格")
    topic = await group(talk, f"{NEW}/7")
    assert (topic.kind, topic.area) == (ChatKind.TOPIC, "xiuyue-4")


@ON_BOTH
async def test_what_waited_for_a_group_is_not_said_to_those_whose_it_is_now(talk: Talk) -> None:
    assert await say(talk, f"绑定 {await given(talk, 'xiuyue', Audience.STAFF)}") == "chat_bound_staff"
    await say(talk, "你好", chat=f"{NEW}/7", within=NEW)  # a topic of it

    async def put(state: str, chat: Chat, uow: Unit) -> None:
        await uow.outgoing.add(
            Outgoing(f"{state}:{chat.id}", Reply("assigned", {"title": "7号楼 张三丰家"}), chat=chat.id)
        )
        await uow.outgoing.flush()
        await uow.session.all("UPDATE outgoing SET state = ? WHERE key = ?", state, f"{state}:{chat.id}")

    states = ("waiting", "held", "unknown", "failed", "sent")
    for chat in (await group(talk), await group(talk, f"{NEW}/7")):
        for state in states:
            await talk.db.run(partial(put, state, chat))
    assert await say(talk, f"绑定 {await given(talk)}") == "chat_bound"
    left = [row["state"] for row in await talk.rows("outgoing") if row["reply"] == "assigned"]
    assert left == [*["withdrawn"] * 4, "sent"] * 2
    (answer,) = [row for row in await talk.rows("outgoing") if row["reply"] == "chat_bound"]
    assert answer["state"] == "waiting"


async def test_a_group_bound_as_it_was_before_loses_nothing_that_waits(talk: Talk) -> None:
    assert await say(talk, f"绑定 {await given(talk)}") == "chat_bound"
    assert await say(talk, f"绑定 {await given(talk)}") == "chat_bound"
    assert [row["state"] for row in await talk.rows("outgoing") if row["reply"] == "chat_bound"] == ["waiting"] * 2


async def test_a_topic_in_which_a_code_is_typed_is_what_is_bound(talk: Talk) -> None:
    assert await say(talk, f"绑定 {await given(talk)}", chat=f"{NEW}/7", within=NEW) == "chat_bound"
    assert (await group(talk, f"{NEW}/7")).kind == ChatKind.GROUP
    assert await say(talk, "路灯不亮", chat=f"{NEW}/9", within=NEW) == "reported"
    assert (await group(talk, f"{NEW}/9")).kind == ChatKind.TOPIC


async def test_a_group_that_was_off_is_on_again_when_it_is_bound(talk: Talk) -> None:
    await say(talk, "你好")
    await talk.db.run(lambda uow: uow.chats.switch(TELEGRAM, TELEGRAM, NEW, "removed"))
    await say(talk, f"绑定 {await given(talk)}")
    (row,) = [row for row in await talk.rows("chat") if row["external"] == NEW]
    assert (bool(row["active"]), row["trouble"]) == (True, "")


async def test_a_wrong_code_changes_no_group(talk: Talk) -> None:
    before = await talk.rows("chat")
    assert await talk.key("@小应 绑定 ABCDEFGH", "li", chat=GROUP) == "code_wrong"
    assert await talk.rows("chat") == before


async def test_no_code_stands_in_the_database(talk: Talk) -> None:
    code = await given(talk)

    async def everything(uow: Unit) -> str:
        return str([dict(row) for row in await uow.session.all("SELECT * FROM login")])

    assert code not in await talk.db.read(everything)
    await say(talk, f"绑定 {code}")
    for table in ("login", "inbox", "outgoing", "fact", "chat"):
        assert code not in str(await talk.rows(table)), table
    assert talk.now == MONDAY


async def test_names_and_titles_are_kept_in_one_line_and_without_what_turns_the_text_around_them(talk: Talk) -> None:
    name, title = "\u202e兰\u200b秀\x00\n李" + "长" * 200, "\u2066三\u200f网\t格\u202e" + "👨\u200d👩\u200d👧" * 100
    await talk.say("@小应 你好", "odd", TELEGRAM, "-300", name=name, title=title)
    assert (await talk.person("odd", TELEGRAM)).name == "兰秀 李" + "长" * 60
    chat = await group(talk, "-300")
    assert chat.title.startswith("三网 格👨")
    assert len(chat.title) <= 64
    await talk.say("@小应 你好", "\u200b", TELEGRAM, "-301", name="\u200b\u2800", title="\u3164")
    assert ((await talk.person("\u200b", TELEGRAM)).name, (await group(talk, "-301")).title) == ("", "")
