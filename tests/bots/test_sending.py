"""What staff are told of what went wrong on the way out, and what they decide by typing or by a button."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

import pytest

from bots.answer import Door
from bots.app import Huying
from bots.clock import RealClock
from bots.community import load_policy
from bots.config import Settings
from bots.delivery import Delivery
from bots.drawing import Drawing
from bots.house import House, Wakeup
from bots.practice.seed import load_cast, seed_registry
from bots.practice.values import ACCOUNT, CHANNEL
from bots.sending import DONE, WORDS, why
from bots.texts import load_texts
from bots.worker import Worker
from core.facts import Fact, FactKind
from core.messages import Audience, Json, Outgoing, Press, Reply, Urgency
from core.people import Role
from storage import sending
from storage.media import MediaStore
from storage.outbox import OutgoingState, Queued
from storage.sending import TROUBLED, Decision
from storage.unit_of_work import Database, Unit
from tests.bots.test_answer import ask
from tests.conftest import Opens

HOME, GROUP, STAFF = "xiuyue", "xiuyue-3-residents", "xiuyue-staff"
POST = Reply("log_posted", {"log": "L3", "title": "路灯亮了", "text": "【秀月社区】路灯亮了", "serial": 7})
UNKNOWN, FAILED, WAITING, HELD = sending.PILES
TEXTS = load_texts("zh", "Asia/Shanghai")


@pytest.fixture
async def huying(db: Database, tmp_path: Path) -> Huying:
    """The cast and its groups, with nothing to say it on: what is written down stays where it is."""
    policy, clock = load_policy(), RealClock()
    delivery = Delivery(db, TEXTS, clock, {})
    media, drawing = MediaStore(tmp_path / "media"), Drawing(1)
    house = House(Settings(data=tmp_path), policy, TEXTS, db, media, drawing, clock, Wakeup(), delivery)
    await db.run(lambda uow: seed_registry(load_cast(policy.areas), policy, uow.registry))
    return Huying(house, Worker(house), Door(db, policy))


async def put(
    huying: Huying,
    key: str,
    state: OutgoingState,
    error: str = "",
    chat: str = GROUP,
    person: str = "",
    reply: Reply = POST,
) -> int:
    """An outgoing row as it was left in that state."""

    async def work(uow: Unit) -> int:
        target: dict[str, Any] = {}
        if person:
            found = await uow.registry.person_of(CHANNEL, ACCOUNT, person)
            assert found is not None
            target["person"] = found.id
        else:
            row = await uow.session.one("SELECT id FROM chat WHERE external = ?", chat)
            assert row is not None
            target["chat"] = row["id"]
        await uow.outgoing.add(Outgoing(key, reply, urgency=Urgency.POST, **target))
        await uow.outgoing.flush()
        moved = await uow.session.one(
            "UPDATE outgoing SET state = ?, error = ?, attempts = 1, doubts = 2 WHERE key = ? RETURNING id",
            state,
            error,
            key,
        )
        assert moved is not None
        return int(moved["id"])

    return await huying.house.db.run(work)


async def get(huying: Huying, row: int) -> Queued:
    found = await huying.house.db.read(lambda uow: uow.outgoing.get(row))
    assert found is not None
    return found


async def say(huying: Huying, text: str, sender: str = "liu-min", **more: Any) -> tuple[str, str]:
    """The key and the words of the answer."""
    (row,) = await ask(huying, text, sender, message_id=more.pop("message_id", text), **more)
    return row.reply.key, TEXTS.render(row.reply)


async def trouble(huying: Huying, *rows: int, state: OutgoingState = UNKNOWN) -> None:
    """It is written down that they went wrong, and what follows is done."""

    async def work(uow: Unit) -> None:
        for row in rows:
            data: dict[str, Any] = {"outgoing": row, "title": "群", "state": state, "reason": "", "key": "log_posted"}
            await uow.facts.append(Fact(HOME, FactKind.POST_TROUBLED, uow.now, data=data))

    await huying.house.db.run(work)
    await huying.worker.settle()


async def happen(huying: Huying, kind: FactKind, **data: Any) -> None:
    await huying.house.db.run(lambda uow: uow.facts.append(Fact(HOME, kind, uow.now, data=data)))
    await huying.worker.settle()


async def heard(huying: Huying, *keys: str) -> list[tuple[Queued, str]]:
    """What was written down of those keys, and where: the group's id on the channel, or person:id."""

    async def look(uow: Unit) -> list[tuple[Queued, str]]:
        rows = await uow.session.all(
            "SELECT o.id, c.external, o.person_id FROM outgoing o LEFT JOIN chat c ON c.id = o.chat_id ORDER BY o.id"
        )
        found = [(await uow.outgoing.get(row["id"]), row["external"] or f"person:{row['person_id']}") for row in rows]
        return [(row, where) for row, where in found if row is not None and row.reply.key in keys]

    return await huying.house.db.read(look)


# ------------------------------------------------------------------------------------------------------ who may not, and what
@pytest.mark.parametrize("who", ["li-xiulan", "wang-shifu"])
async def test_who_may_not_publish_sees_nothing_and_decides_nothing(huying: Huying, who: str) -> None:
    row = await put(huying, "post:99:1:1", UNKNOWN)
    for text in ("待发", f"已送达 {row}", f"重发 {row}", f"不发 {row}", "不发"):
        assert (await say(huying, text, who))[0] == "staff_only"
    assert (await get(huying, row)).state == UNKNOWN


async def test_another_communitys_rows_do_not_exist(huying: Huying) -> None:
    row = await put(huying, "a", UNKNOWN, chat="fenglin-2-residents")
    assert (await say(huying, "待发"))[0] == "unsent_empty"
    nowhere = [await say(huying, f"{word} {number}") for word in ("已送达", "重发", "不发") for number in (row, 999)]
    assert {key for key, _ in nowhere} == {"sending_unknown"}
    assert (await get(huying, row)).state == UNKNOWN
    assert (await say(huying, f"已送达 {row}", "xu-wen"))[0] == "sending_arrived"


async def test_a_step_that_does_not_fit_says_how_it_stands_and_changes_nothing(huying: Huying) -> None:
    row = await put(huying, "a", FAILED)
    before = await get(huying, row)
    key, text = await say(huying, f"已送达 {row}")
    assert key == "sending_settled"
    assert f"发{row} 现在是“没有发出”" in text
    assert await get(huying, row) == before


async def test_the_second_who_decides_is_told_what_the_first_did(huying: Huying) -> None:
    row = await put(huying, "a", UNKNOWN)
    assert await say(huying, f"不发 {row}") == ("sending_dropped", f"好的，发{row} 不发了。")
    key, text = await say(huying, f"重发 {row}", "meng-xiangyu")
    assert key == "sending_settled"
    assert "不发了" in text


async def test_what_was_taken_down_meanwhile_is_not_sent_again(huying: Huying) -> None:
    row = await put(huying, "post:99:1:1", FAILED)
    key, text = await say(huying, f"重发 {row}")
    assert key == "sending_outdated"
    assert f"不发 {row}" in text
    assert (await get(huying, row)).state == FAILED


# ------------------------------------------------------------------------------------------------------------------ deciding
@pytest.mark.parametrize("decision", list(Decision))
async def test_each_decision_is_typed_with_the_number(huying: Huying, decision: Decision) -> None:
    row = await put(huying, "a", UNKNOWN)
    word = {Decision.ARRIVED: "已送达", Decision.AGAIN: "重发", Decision.DROPPED: "不发"}[decision]
    assert (await say(huying, f"{word} 发{row}"))[0] == DONE[decision]
    assert (await get(huying, row)).state == sending.RULES[decision][1]


async def test_what_is_sent_again_leaves(opens: Opens) -> None:
    huying = await opens()
    row = await put(huying, "a", FAILED, "Forbidden: bot was kicked")
    assert (await say(huying, f"重发 {row}"))[1] == f"好的，发{row} 重新发。"
    await huying.worker.settle()
    after = await get(huying, row)
    assert (after.state, after.attempts) == (OutgoingState.SENT, 1)


async def test_without_a_number_it_is_the_only_one_and_else_asked_for(huying: Huying) -> None:
    assert (await say(huying, "重发"))[0] == "sending_needed"
    first = await put(huying, "a", FAILED)
    await put(huying, "w", HELD, person="li-xiulan")
    assert (await say(huying, "重发", message_id="2"))[0] == "sending_again"
    second, third = await put(huying, "b", FAILED), await put(huying, "c", UNKNOWN)
    (row,) = await ask(huying, "重发", "liu-min", message_id="3")
    assert row.reply.key == "sending_needed"
    assert [choice.says for choice in row.reply.choices] == [f"重发 {third}", f"重发 {second}"]
    press = Press(row.id, row.reply.choices[1].id)
    assert (await say(huying, "", press=press, message_id="4"))[0] == "sending_again"
    assert [(await get(huying, one)).state for one in (first, second, third)] == [WAITING, WAITING, UNKNOWN]


# ---------------------------------------------------------------------------------------------------------------- looking
async def test_unsent_tells_of_each_pile_and_never_a_personal_word(huying: Huying) -> None:
    secret = Reply("rejected_for_reporter", {"serial": 7, "title": "秘密一", "reason": "秘密二"})
    rows = [await put(huying, f"u{n}", UNKNOWN, "no answer in time") for n in range(5)]
    failed = await put(huying, "f", FAILED, "secret: 秘密三", person="li-xiulan", reply=secret)
    await put(huying, "h", HELD, person="li-xiulan", reply=secret)
    (row,) = await ask(huying, "待发", "liu-min")
    text = TEXTS.render(row.reply)
    assert "不知送到没有的 5 条" in text
    assert "没有发出的 1 条" in text
    assert "等对方先打开对话的 1 条" in text
    assert "等着发的" not in text
    assert f"发{rows[4]} 秀月三网格居民群" in text
    assert "L3“路灯亮了”" in text
    assert f"发{failed} 居民李*（没有发出" in text
    assert "秘密" not in str(row.reply)
    assert f"发{rows[1]} " not in text
    assert [choice.says for choice in row.reply.choices] == [
        f"已送达 {rows[4]}", f"重发 {rows[4]}", f"不发 {rows[4]}", f"重发 {failed}", f"不发 {failed}",
    ]  # fmt: skip


async def test_unsent_with_nothing_left_says_so(huying: Huying) -> None:
    assert await say(huying, "待发") == ("unsent_empty", "都发出去了，没有漏下的。")


ERRORS = {
    "no answer in time": "no_answer",
    "cut off: ServerDisconnectedError": "no_answer",
    "the lease ended": "no_answer",
    "Forbidden: bot was kicked from the supergroup chat": "removed",
    "Forbidden: bot was blocked by the user": "blocked",
    "Bad Request: chat not found": "removed",
    "Bad Request: not enough rights to send text messages to the chat": "muted",
    "there is no channel to say it on": "no_channel",
    "Bad Request: message is too long": "content",
    "Too Many Requests: retry after 30": "busy",
    "ValueError('x')": "other",
    "": "other",
}


@pytest.mark.parametrize(("error", "word"), ERRORS.items())
def test_an_error_is_told_in_plain_words(error: str, word: str) -> None:
    assert why(error) == word
    assert TEXTS.words["why"][word]


def test_every_decision_has_its_word_and_its_sentence() -> None:
    assert WORDS.keys() == DONE.keys() == sending.RULES.keys()
    assert all(key in TEXTS.say for key in DONE.values())


# -------------------------------------------------------------------------------------------------------- what staff are told
async def test_staff_hear_at_once_of_a_post_that_may_not_have_arrived_and_decide_by_a_button(huying: Huying) -> None:
    row = await put(huying, "post:1:1:1", UNKNOWN, "no answer in time")
    await trouble(huying, row)
    ((told, where),) = await heard(huying, "post_unknown")
    assert (where, told.urgency) == (STAFF, Urgency.NOW)
    text = TEXTS.render(told.reply)
    assert "秀月三网格居民群" in text
    assert "L3“路灯亮了”" in text
    assert "请到群里看一眼" in text
    assert [TEXTS.label(choice) for choice in told.reply.choices] == ["已送达", "重发", "不发"]
    press = Press(told.id, "arrived-" + str(row))
    assert (await say(huying, "", chat=STAFF, press=press, message_id="p"))[0] == "sending_arrived"
    assert (await say(huying, "", "meng-xiangyu", chat=STAFF, press=press, message_id="q"))[0] == "sending_settled"
    assert (await get(huying, row)).state == OutgoingState.SENT


async def test_a_post_that_was_not_taken_says_why_and_offers_no_arrival(huying: Huying) -> None:
    digest = Reply("digest_posted", {"text": "今天两件", "day": "2026-11-23", "count": 2})
    row = await put(huying, "digest:1:2026-11-23:1-2", FAILED, "Bad Request: not enough rights", reply=digest)
    await trouble(huying, row, state=FAILED)
    ((told, _),) = await heard(huying, "post_failed")
    text = TEXTS.render(told.reply)
    assert "当天的汇总" in text
    assert "原因：我在那个群里没有发言权限" in text
    assert [choice.says for choice in told.reply.choices] == [f"重发 {row}", f"不发 {row}"]


async def test_an_answer_to_the_news_is_about_what_it_tells_of(huying: Huying) -> None:
    first = await put(huying, "a", UNKNOWN)
    await trouble(huying, first)
    ((told, _),) = await heard(huying, "post_unknown")
    second = await put(huying, "b", UNKNOWN)
    await say(huying, "已送达", chat=STAFF, reply_to=told.id)
    assert [(await get(huying, row)).state for row in (first, second)] == [OutgoingState.SENT, UNKNOWN]
    assert (await say(huying, "不发", chat=STAFF, reply_to=told.id))[0] == "sending_settled"  # never the other one
    assert (await get(huying, second)).state == UNKNOWN


async def test_several_in_one_go_are_one_message(huying: Huying) -> None:
    rows = [await put(huying, f"a{n}", TROUBLED[n % 2]) for n in range(7)]
    await trouble(huying, *rows)
    ((told, where),) = await heard(huying, "post_unknown", "post_failed", "posts_troubled")
    assert (where, told.reply.key, told.reply.params["count"]) == (STAFF, "posts_troubled", 7)
    assert f"发{rows[6]}" in TEXTS.render(told.reply)


async def test_what_was_decided_before_the_news_is_not_told(huying: Huying) -> None:
    await trouble(huying, await put(huying, "a", OutgoingState.SENT))
    assert await heard(huying, "post_unknown", "post_failed", "posts_troubled") == []


async def test_news_is_written_down_once_however_often_it_follows(huying: Huying) -> None:
    await trouble(huying, await put(huying, "a", UNKNOWN))
    await huying.house.db.run(lambda uow: uow.session.all("UPDATE fact SET reacted_at = NULL, lease_until = NULL"))
    await huying.worker.settle()
    assert len(await heard(huying, "post_unknown")) == 1


async def test_where_the_staff_group_is_gone_its_staff_are_told_1_to_1(huying: Huying) -> None:
    await huying.house.db.run(lambda uow: uow.chats.switch(CHANNEL, ACCOUNT, STAFF, "kicked"))
    await happen(huying, FactKind.CHAT_LOST, chat=1, title="秀月社区工作群", audience=Audience.STAFF, reason="kicked")
    told = await heard(huying, "chat_lost")
    staff = await huying.house.db.read(lambda uow: uow.people.in_role(HOME, Role.COMMUNITY_STAFF))
    assert [where for _, where in told] == [f"person:{one.id}" for one in staff]
    assert TEXTS.render(told[0][0].reply).startswith("小应被移出“秀月社区工作群”了")


async def test_back_in_a_group_staff_hear_what_is_still_left(huying: Huying) -> None:
    await happen(huying, FactKind.CHAT_FOUND, chat=1, title="秀月三网格居民群", audience=Audience.RESIDENTS)
    await put(huying, "a", FAILED)
    await happen(huying, FactKind.CHAT_FOUND, chat=1, title="秀月三网格居民群", audience=Audience.RESIDENTS)
    (first, where), (second, _) = await heard(huying, "chat_found")
    assert where == STAFF
    assert TEXTS.render(first.reply) == "小应回到“秀月三网格居民群”了，可以接着发。"
    assert "还有 1 条没有发好" in TEXTS.render(second.reply)


async def append(fact: Fact, uow: Unit) -> None:
    await uow.facts.append(fact)


async def test_staff_hear_once_of_a_group_that_is_theirs_from_now_on_and_who_bound_it(huying: Huying) -> None:
    who = await huying.house.db.read(lambda uow: uow.people.in_role(HOME, Role.COMMUNITY_STAFF))
    for title, shown in (("三网格的邻居们", "三网格的邻居们"), ("", "#999")):
        data: dict[str, Json] = {"chat": 999, "title": title, "area": "xiuyue-3", "audience": Audience.RESIDENTS}
        fact = Fact(HOME, FactKind.CHAT_BOUND, huying.house.clock.now(), actor=who[0].id, data=data)
        await huying.house.db.run(partial(append, fact))
        await huying.worker.settle()
        told, where = (await heard(huying, "group_bound"))[-1]
        assert where == STAFF
        name = f"{who[0].name[0]}*"
        assert TEXTS.render(told.reply).startswith(
            f"“{shown}”刚刚成了秀月社区第三网格的居民群，是{name}在群里发的绑定码。"
        )
    await huying.house.db.run(lambda uow: uow.session.all("UPDATE fact SET reacted_at = NULL, lease_until = NULL"))
    await huying.worker.settle()
    assert len(await heard(huying, "group_bound")) == 2


async def test_a_staff_group_that_was_bound_just_now_is_not_the_only_one_that_hears_of_it(huying: Huying) -> None:
    staff = await huying.house.db.read(lambda uow: uow.people.in_role(HOME, Role.COMMUNITY_STAFF))
    chat = await huying.house.db.read(lambda uow: uow.chats.find(CHANNEL, ACCOUNT, STAFF))
    assert chat is not None
    data: dict[str, Json] = {"chat": chat.id, "title": chat.title, "area": HOME, "audience": Audience.STAFF}
    fact = Fact(HOME, FactKind.CHAT_BOUND, huying.house.clock.now(), actor=staff[0].id, data=data)
    await huying.house.db.run(lambda uow: uow.facts.append(fact))
    await huying.worker.settle()
    told = await heard(huying, "group_bound")
    assert [where for _, where in told] == [f"person:{one.id}" for one in staff]


async def test_staff_hear_that_a_colleague_came_in_on_a_channel_and_not_that_a_resident_did(huying: Huying) -> None:
    async def work(uow: Unit) -> None:
        nobody = await uow.registry.add_person("", Role.RESIDENT, "", "")
        for external in ("liu-min", "li-xiulan"):
            who = await uow.registry.person_of(CHANNEL, ACCOUNT, external)
            assert who is not None
            data: dict[str, Json] = {"channel": "telegram", "joined": nobody.id}
            await uow.facts.append(Fact(HOME, FactKind.PERSON_BOUND, uow.now, actor=who.id, data=data))

    await huying.house.db.run(work)
    await huying.worker.settle()
    ((told, where),) = await heard(huying, "colleague_bound")
    assert where == STAFF
    assert TEXTS.render(told.reply).startswith("刘敏（社区）刚刚在Telegram上绑定了一个账号。")
