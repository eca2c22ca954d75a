"""The pages of what is sent, and of groups and people: who sees what, what is decided once, and codes that are shown once."""

from __future__ import annotations

import asyncio
import html
import re
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bots.web.workbench.door import Note, _written, form_key
from core.facts import FactKind
from core.messages import Audience, ChatKind, Outgoing, Reply, Urgency
from core.people import Role
from points.rewards import is_code
from storage.logins import LoginKind
from storage.outbox import OutgoingState
from storage.sending import PILES
from storage.unit_of_work import Database, Unit
from tests.bots.workbench_stand import ELSEWHERE, GRID, HOME, MONDAY, STAFF, Stand, forms, standing

LIST, SENDING, DOORS = (f"/workbench/{HOME}{page}" for page in ("", "/sending", "/doors"))
UNKNOWN, FAILED, WAITING, HELD = PILES
OUTSIDE = [name for name, _, _ in STAFF if name not in ("刘敏", "周洁", "陈街")]
EVIL = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>"
SECRET = Reply("rejected_for_reporter", {"serial": 7, "title": "秘密一", "reason": "秘密二", "log": "L9"})


@pytest.fixture
async def stand(db: Database, tmp_path: Path) -> AsyncIterator[Stand]:
    async with standing(db, tmp_path) as stood:
        yield stood


async def put(stand: Stand, key: str, state: OutgoingState, /, person: str = "", **changes: Any) -> int:
    """An outgoing row as it was left in that state, to the residents' group unless it is for a person."""
    reply = changes.pop("reply", Reply("log_posted", {"log": "L3", "title": "路灯亮了", "text": "文字"}))
    chat = changes.pop("chat", None) or stand.groups["秀月三网格居民群"].id

    async def work(uow: Unit) -> int:
        target = {"person": stand.people[person].id} if person else {"chat": chat}
        await uow.outgoing.add(Outgoing(key, reply, urgency=Urgency.POST, **target))
        await uow.outgoing.flush()
        row = await uow.session.one("UPDATE outgoing SET state = ? WHERE key = ? RETURNING id", state, key)
        assert row is not None
        for name, value in changes.items():
            await uow.session.all(f"UPDATE outgoing SET {name} = ? WHERE id = ?", value, row["id"])
        return int(row["id"])

    return await stand.db.run(work)


async def state_of(stand: Stand, row: int) -> OutgoingState:
    found = await stand.db.read(lambda uow: uow.outgoing.get(row))
    assert found is not None
    return found.state


async def count(stand: Stand, table: str, where: str = "1 = 1") -> int:
    rows = await stand.db.read(lambda uow: uow.session.all(f"SELECT count(*) AS n FROM {table} WHERE {where}"))
    return int(rows[0]["n"])


def code_in(page: str) -> str:
    """The code shown large, "" for none."""
    found = re.search(r'class="code-word">.*?<b>([A-Z2-9]{8})</b>', page, re.DOTALL)
    return found[1] if found else ""


# ------------------------------------------------------------------------------------------------------------ who may not
@pytest.mark.parametrize("name", OUTSIDE)
async def test_nobody_from_outside_sees_or_does_anything(stand: Stand, name: str) -> None:
    row = await put(stand, "a", UNKNOWN)
    logins = await count(stand, "login") + (name not in stand.sessions)
    people = await count(stand, "person")
    for path in (SENDING, DOORS):
        page = await stand.page(path, name, 403)
        assert not any(shown in page for shown in ("路灯亮了", "秀月三网格居民群", "周洁", "取新码"))
    for path, fields in (
        (SENDING, {"act": "dropped", "outgoing": row}),
        (DOORS, {"act": "link_group", "area": HOME, "audience": "staff"}),
        (DOORS, {"act": "invite", "name": "冒名", "role": "community_staff", "area": HOME}),
        (DOORS, {"act": "new_code", "person": stand.people["刘敏"].id}),
    ):
        assert (await stand.post(path, name, **fields)).status == 403
    assert await state_of(stand, row) == UNKNOWN
    assert (await count(stand, "login"), await count(stand, "person")) == (logins, people)


async def test_another_communitys_rows_groups_and_people_are_not_there(stand: Stand) -> None:
    chat = await stand.db.run(
        lambda uow: uow.registry.add_chat(
            "practice", "room", "far", ChatKind.GROUP, Audience.RESIDENTS, ELSEWHERE, ELSEWHERE, "枫林大群"
        )
    )
    rows = [await put(stand, "a", FAILED, chat=chat.id), await put(stand, "b", FAILED, person="何平")]
    assert "没有要您处理的" in await stand.page(SENDING)
    assert "没发好" not in await stand.page(LIST)
    for row in rows:
        answer = await stand.post(SENDING, act="again", outgoing=row)
        assert answer.status == 404
        assert "没有这一条" in await answer.text()
        assert await state_of(stand, row) == FAILED
    page = await stand.page(DOORS)
    assert "枫林大群" not in page
    assert "何平" not in page
    before = await count(stand, "login")
    for fields in (
        {"act": "link_group", "area": ELSEWHERE, "audience": "residents"},
        {"act": "invite", "name": "新人", "role": "grid_worker", "area": "fenglin-1"},
        {"act": "new_code", "person": stand.people["何平"].id},
    ):
        assert (await stand.post(DOORS, **fields)).status == 404
    assert await count(stand, "login") == before


async def test_a_code_is_given_for_nobody_but_those_who_work_here(stand: Stand) -> None:
    before = await count(stand, "login", "kind = 'person'")
    for name in ("李秀兰", "小林", "陈街", "市里"):
        assert (await stand.post(DOORS, act="new_code", person=stand.people[name].id)).status == 404
    assert await count(stand, "login", "kind = 'person'") == before


@pytest.mark.parametrize(
    "fields",
    [
        {"act": "again", "outgoing": "x"}, {"act": "again", "outgoing": "-1"}, {"act": "again", "outgoing": "٣"},
        {"act": "again", "outgoing": "9" * 19}, {"act": "again"}, {"act": "send", "outgoing": "1"}, {},
    ],
)  # fmt: skip
async def test_what_is_no_decision_is_not_there(stand: Stand, fields: dict[str, str]) -> None:
    row = await put(stand, "a", FAILED)
    assert (await stand.post(SENDING, **fields)).status == 404
    assert await state_of(stand, row) == FAILED


@pytest.mark.parametrize(
    "fields",
    [
        {}, {"act": "link_group"}, {"act": "link_group", "area": "nowhere", "audience": "residents"},
        {"act": "link_group", "area": HOME, "audience": "everybody"}, {"act": "invite", "area": HOME, "role": "city_staff", "name": "新人"},
        {"act": "invite", "area": HOME, "role": "resident", "name": "新人"}, {"act": "new_code", "person": "x"}, {"act": "new_code"},
    ],
)  # fmt: skip
async def test_what_is_no_form_of_the_page_gives_no_code(stand: Stand, fields: dict[str, str]) -> None:
    await stand.session("刘敏")
    before = await count(stand, "login"), await count(stand, "person")
    assert (await stand.post(DOORS, **fields)).status == 404
    assert (await count(stand, "login"), await count(stand, "person")) == before


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"name": " "}, "姓名"), ({"name": "12"}, "姓名"), ({"name": "长" * 99}, "姓名"), ({"name": "刘敏"}, "已经"),
        ({"role": "community_staff", "area": GRID}, "网格"),
    ],
)  # fmt: skip
async def test_an_invitation_that_cannot_be_is_refused_kindly_and_keeps_what_was_typed(
    stand: Stand, changes: dict[str, str], says: str
) -> None:
    await stand.session("刘敏")
    before = await count(stand, "login"), await count(stand, "person")
    answer = await stand.post(
        DOORS, **{"act": "invite", "name": "新人", "role": "grid_worker", "area": HOME, **changes}
    )
    page = await answer.text()
    assert answer.status in (400, 409)
    note = re.search(r'<p class="note bad[^>]*>(.*?)</p>', page, re.DOTALL)
    assert note is not None
    assert says in note[1]
    assert code_in(page) == ""
    if name := changes.get("name", "新人").strip():
        assert f'value="{name}"' in page
    assert (await count(stand, "login"), await count(stand, "person")) == before


# ------------------------------------------------------------------------------------------------------------ what is sent
async def test_the_page_lists_each_pile_and_never_a_personal_word(stand: Stand) -> None:
    for number, state in enumerate(PILES):
        await put(stand, f"p{number}", state, person="李秀兰", reply=SECRET, error="can't parse 秘密三", attempts=3)
        await put(stand, f"g{number}", state, error="Bad Request: not enough rights", attempts=3, receipt="m1 m2")
    page = await stand.page(SENDING)
    assert "秘密" not in page
    assert "rejected" not in page
    for shown in (
        "居民 <bdi>李*</bdi>",
        "秀月三网格居民群",
        "L3 路灯亮了",
        "请到群里看一眼",
        "没有发言权限",
        "试了 3 次",
        "2 段",
    ):
        assert shown in page, shown
    assert page.count("平台的原话：Bad Request: not enough rights") == 2
    assert page.index("不知送到没有") < page.index("没有发出") < page.index("等着发") < page.index("等对方先打开对话")


async def test_each_row_offers_only_what_can_be_decided_about_it(stand: Stand) -> None:
    rows = {state: await put(stand, str(state), state) for state in PILES}
    page = await stand.page(SENDING)
    offered = {
        int(found[1]): re.findall(r'name="act" value="(\w+)"', form)
        for form in forms(page)
        if (found := re.search(r'name="outgoing" value="(\d+)"', form))
    }
    assert offered == {
        rows[UNKNOWN]: ["arrived", "again", "dropped"],
        rows[FAILED]: ["again", "dropped"],
        rows[WAITING]: ["dropped"],
        rows[HELD]: ["dropped"],
    }


@pytest.mark.parametrize(
    ("act", "state", "says"),
    [("arrived", OutgoingState.SENT, "记为已送达"), ("again", WAITING, "重新发"), ("dropped", OutgoingState.WITHDRAWN, "不发了")],
)  # fmt: skip
async def test_a_button_decides_and_the_next_page_says_so(
    stand: Stand, act: str, state: OutgoingState, says: str
) -> None:
    row = await put(stand, "a", UNKNOWN)
    answer = await stand.post(SENDING, act=act, outgoing=row)
    assert answer.headers["Location"] == SENDING
    assert f"发{row}" in (page := await stand.after(answer))
    assert says in page
    assert await state_of(stand, row) == state
    facts = await stand.db.read(
        lambda uow: uow.session.all("SELECT actor_id FROM fact WHERE kind = ?", FactKind.POST_DECIDED)
    )
    assert [fact["actor_id"] for fact in facts] == [stand.people["刘敏"].id]


async def test_of_two_who_decide_at_once_one_wins_and_the_other_sees_how_it_stands(stand: Stand) -> None:
    row = await put(stand, "a", UNKNOWN)
    for name in ("刘敏", "周洁"):
        await stand.session(name)
    answers = await asyncio.gather(
        stand.post(SENDING, "刘敏", act="arrived", outgoing=row),
        stand.post(SENDING, "周洁", act="dropped", outgoing=row),
    )
    assert sorted(answer.status for answer in answers) == [303, 409]
    lost = next(answer for answer in answers if answer.status == 409)
    assert "刚有同事处理过" in await lost.text()
    assert await count(stand, "fact", "kind = 'post_decided'") == 1


async def test_what_was_taken_down_is_not_sent_again_from_the_page(stand: Stand) -> None:
    row = await put(stand, "post:99:1:1", FAILED)
    answer = await stand.post(SENDING, act="again", outgoing=row)
    assert answer.status == 409
    assert "不能再发" in await answer.text()
    assert await state_of(stand, row) == FAILED


async def test_what_should_have_left_long_ago_is_marked_and_what_leaves_later_says_when(stand: Stand) -> None:
    await put(stand, "late", WAITING, not_before=MONDAY - timedelta(minutes=25))
    await put(stand, "later", WAITING, not_before=MONDAY + timedelta(hours=10))
    page = await stand.page(SENDING)
    assert page.count("is-late") == 1
    assert "等了 25 分钟" in page
    assert "11 月 23 日 19:30 发" in page


async def test_the_communitys_page_leads_to_both_and_counts_what_went_wrong(stand: Stand) -> None:
    page = await stand.page(LIST)
    assert f'href="{SENDING}"' in page
    assert f'href="{DOORS}"' in page
    assert "没发好" not in page
    for number, state in enumerate((UNKNOWN, FAILED, FAILED, WAITING, HELD)):
        await put(stand, f"a{number}", state)
    assert "3 条没发好" in await stand.page(LIST)
    assert "没发好" not in await stand.page(f"/workbench/{ELSEWHERE}", "陈街")


async def test_a_long_pile_says_how_many_are_not_listed(stand: Stand) -> None:
    for number in range(53):
        await put(stand, f"a{number}", FAILED)
    page = await stand.page(SENDING)
    assert page.count('name="outgoing"') == 50
    assert "还有 3 条没有列出来" in page


# ------------------------------------------------------------------------------------------------------- groups and people
async def test_groups_are_told_with_their_channel_audience_area_and_trouble(stand: Stand) -> None:
    await stand.db.run(lambda uow: uow.chats.switch("practice", "room", "四网格群", "Forbidden: bot was kicked"))
    unbound = stand.db.run(
        lambda uow: uow.registry.add_chat(
            "practice", "room", "new", ChatKind.GROUP, Audience.RESIDENTS, "", "", "没连上的群"
        )
    )
    await unbound
    page = await stand.page(DOORS)
    rows = {title: re.search(rf"{title}.*?</li>", page, re.DOTALL) for title in stand.groups}
    told = {title: re.sub(r"<[^>]+>", "", found[0]) for title, found in rows.items() if found}
    assert told.keys() == stand.groups.keys()
    assert "练习室 · 居民 · 第三网格" in told["秀月三网格居民群"]
    assert "一天一帖" in told["秀月微信客户群"]
    assert "练习室 · 工作人员 · 全社区" in told["秀月工作群"]
    assert "我已经不在那个群里" in told["四网格群"]
    assert [title for title, text in told.items() if "已停" in text] == ["四网格群"]
    assert "没连上的群" not in page


async def test_people_are_told_with_their_role_their_area_and_where_they_are_bound(stand: Stand) -> None:
    async def bind(uow: Unit) -> None:
        await uow.registry.add_identity(stand.people["刘敏"].id, "telegram", "bot", "1", "direct")
        await uow.registry.add_identity(stand.people["周洁"].id, "telegram", "bot", "2")
        await uow.registry.add_identity(stand.people["王师傅"].id, "matrix", "bot", "3", "direct")

    await stand.db.run(bind)
    page = await stand.page(DOORS)
    rows = [re.sub(r"<[^>]+>", "", row) for row in re.findall(r'<li class="row person">.*?</li>', page, re.DOTALL)]
    assert [row.split()[0] for row in rows] == ["刘敏", "周洁", "王师傅", "洁净公司"]
    for row, shown in zip(rows, ("Telegram", "还没和小应单独说过话", "matrix", "还没绑定"), strict=True):
        assert shown in row
    assert "网格员 · 第三网格" in rows[2]
    assert "共建单位" in rows[3]


async def codes(stand: Stand, kind: LoginKind) -> list[tuple[int, str]]:
    rows = await stand.db.read(
        lambda uow: uow.session.all("SELECT person_id, target FROM login WHERE kind = ? ORDER BY id", kind)
    )
    return [(row["person_id"], row["target"]) for row in rows]


async def test_a_group_code_is_shown_large_with_how_to_use_it_exactly_once(stand: Stand) -> None:
    answer = await stand.post(DOORS, act="link_group", area=GRID, audience="residents", daily="yes")
    assert (answer.status, answer.headers["Location"]) == (303, DOORS)
    page = await stand.after(answer)
    code = code_in(page)
    assert is_code(code)
    assert html.unescape(page).count(code) == 1
    for shown in ("第三网格", "居民群里", "绑定", "11 月 24 日 09:30 前有效", "只能用一次"):
        assert shown in page, shown
    assert code not in await stand.page(DOORS)
    ((person, target),) = await codes(stand, LoginKind.CHAT)
    assert person == stand.people["刘敏"].id
    assert target.replace(" ", "") == f'{{"area":"{GRID}","audience":"residents","daily":true}}'
    found = await stand.db.read(lambda uow: uow.logins.open_code(code, MONDAY))
    assert found is not None


async def test_whatever_page_comes_next_shows_the_code_and_takes_it_off_the_browser(stand: Stand) -> None:
    answer = await stand.post(DOORS, act="link_group", area=HOME, audience="staff")
    cookie = answer.cookies["huying_note"]
    assert (cookie["httponly"], cookie["path"]) == (True, "/workbench")
    there = await stand.get(LIST, cookies=f"huying_note={cookie.value}")
    assert code_in(await there.text())
    assert there.cookies["huying_note"].value == ""
    assert there.headers["Cache-Control"] == "no-store"
    others = await stand.get(DOORS, "周洁", f"huying_note={cookie.value}")  # signed for another session
    assert code_in(await others.text()) == ""


async def test_somebody_invited_is_in_the_list_and_their_code_makes_them_who_they_are(stand: Stand) -> None:
    answer = await stand.post(DOORS, act="invite", name=" 韩 梅 ", role="grid_worker", area="xiuyue-4")
    page = await stand.after(answer)
    assert code_in(page)
    assert "请 韩 梅 和小应单独对话" in page
    ((person, _),) = await codes(stand, LoginKind.PERSON)
    added = await stand.db.read(lambda uow: uow.people.get(person))
    assert (added.name, added.role, added.area) == ("韩 梅", Role.GRID_WORKER, "xiuyue-4")
    row = re.sub(r"<[^>]+>", "", (await stand.page(DOORS)).split("韩 梅")[1])
    assert "还没绑定 · 11 月 30 日 09:30 前有效" in row


async def test_a_form_sent_twice_invites_once(stand: Stand) -> None:
    fields = {"act": "invite", "name": "光明药店", "role": "partner", "area": HOME}
    assert (await stand.post(DOORS, **fields)).status == 303
    again = await stand.post(DOORS, **fields)
    assert again.status == 409
    assert code_in(await again.text()) == ""
    assert len(await codes(stand, LoginKind.PERSON)) == 1


async def test_a_new_code_ends_the_one_before(stand: Stand) -> None:
    shown = []
    for _ in range(2):
        answer = await stand.post(DOORS, act="new_code", person=stand.people["王师傅"].id)
        shown.append(code_in(await stand.after(answer)))
    first, second = [await stand.db.read(lambda uow, c=c: uow.logins.open_code(c, MONDAY)) for c in shown]  # type: ignore[misc]
    assert first is None
    assert second is not None
    assert second.person == stand.people["王师傅"].id


async def test_street_staff_may_give_codes_in_the_communities_below(stand: Stand) -> None:
    for community in (HOME, ELSEWHERE):
        path = f"/workbench/{community}/doors"
        answer = await stand.post(path, "陈街", act="link_group", area=community, audience="staff")
        assert code_in(await stand.after(answer, "陈街"))


async def test_a_link_is_shown_where_a_channel_gives_one(stand: Stand) -> None:
    note = Note("请发出来：", code="ABCDEFGH", link='https://t.example/bot?start="><b>')
    page = await (await stand.get(DOORS, cookies=f"huying_note={_written(note, await stand.session('刘敏'))}")).text()
    assert code_in(page) == "ABCDEFGH"
    assert 'href="https://t.example/bot?start=&#34;&gt;&lt;b&gt;"' in page


async def test_no_code_is_written_to_the_log_or_kept(stand: Stand, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    code = code_in(await stand.after(await stand.post(DOORS, act="link_group", area=HOME, audience="staff")))
    assert code not in caplog.text
    for table in ("login", "fact", "outgoing", "chat", "person"):
        rows = await stand.db.read(lambda uow, t=table: uow.session.all(f"SELECT * FROM {t}"))  # type: ignore[misc]
        assert code not in str([tuple(row) for row in rows])


# ---------------------------------------------------------------------------------------------------------------- what is typed
async def test_titles_names_and_errors_stay_text(stand: Stand) -> None:
    async def work(uow: Unit) -> int:
        chat = await uow.registry.add_chat(
            "<b>channel", "room", "evil", ChatKind.GROUP, Audience.RESIDENTS, HOME, HOME, EVIL
        )
        await uow.session.all("UPDATE chat SET trouble = ? WHERE id = ?", EVIL, chat.id)
        await uow.registry.add_person(EVIL, Role.GRID_WORKER, GRID, HOME)
        return chat.id

    chat = await stand.db.run(work)
    for number, state in enumerate(PILES):
        reply = Reply("log_posted", {"log": "L<b>", "title": EVIL, "text": EVIL})
        await put(stand, f"a{number}", state, reply=reply, chat=chat, error=EVIL, attempts=2)
    answer = await stand.post(DOORS, act="invite", name=EVIL[:60], role="grid_worker", area=HOME)
    for page in (await stand.page(SENDING), await stand.page(DOORS), await answer.text()):
        assert not re.search(r"<script>|<img|<b>channel|L<b>", page)
        assert "&lt;script&gt;" in page


async def test_every_form_of_both_pages_carries_the_key(stand: Stand) -> None:
    await put(stand, "a", UNKNOWN)
    for path in (SENDING, DOORS):
        page = await stand.page(path)
        found = [form for form in forms(page) if f'action="{path}"' in form]
        assert found
        assert [form for form in found if form_key(stand.sessions["刘敏"]) not in form] == []


async def test_a_form_without_the_key_decides_nothing_and_gives_no_code(stand: Stand) -> None:
    row = await put(stand, "a", UNKNOWN)
    headers = await stand.headers("刘敏")
    before = await count(stand, "login")
    for key in ("", form_key(await stand.session("周洁")), "0" * 64):
        before = await count(stand, "login")
        for path, fields in (
            (SENDING, {"act": "dropped", "outgoing": str(row)}),
            (DOORS, {"act": "link_group", "area": HOME, "audience": "staff"}),
        ):
            answer = await stand.client.post(path, data={"csrf": key, **fields}, headers=headers, allow_redirects=False)
            assert answer.status == 403
    assert await state_of(stand, row) == UNKNOWN
    assert await count(stand, "login") == before


async def test_both_pages_speak_english_where_the_house_does(db: Database, tmp_path: Path) -> None:
    async with standing(db, tmp_path, language="en") as stand:
        for number, state in enumerate(PILES):
            await put(stand, f"a{number}", state, attempts=2, receipt="m1", error="kicked")
            await put(stand, f"b{number}", state, person="李秀兰")
        shown = await stand.page(SENDING), await stand.page(DOORS)
        code = await stand.after(await stand.post(DOORS, act="new_code", person=stand.people["王师傅"].id))
        for page in (*shown, code):
            assert "{" not in re.sub(r"<style.*?</style>", "", page, flags=re.DOTALL)
        assert "Please look in the group" in shown[0]
        assert "Groups that are linked" in shown[1]
        assert "to send this line to 小应" in code
