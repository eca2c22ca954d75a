"""The workbench: who comes in, who may do what, and that what is approved there is what was seen."""

from __future__ import annotations

import asyncio
import html
import re
import string
import tomllib
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from aiohttp import FormData
from aiohttp.test_utils import make_mocked_request
from yarl import URL

from bots.web import workbench
from bots.web.workbench import ROUTES
from bots.web.workbench.cover import read_boxes
from bots.web.workbench.desk import make_desk, words_as_changed
from bots.web.workbench.door import BODY_LIMIT, COOKIE, LASTS, Visit, form_key
from bots.web.workbench.review import ACTS, LOOKS, mark_of
from core.areas import Areas
from core.errors import Refused
from core.facts import FactKind
from core.people import Role
from narratives import notices
from narratives.publications import Draft, PublicationKind, PublicationState, composed
from storage.logins import LoginKind
from storage.queries import DEEDS
from storage.unit_of_work import Database, Unit
from tests.bots.workbench_stand import (
    ELSEWHERE,
    GRID,
    HOME,
    HOUR,
    MONDAY,
    POLICY,
    STAFF,
    TEXT,
    Stand,
    forms,
    standing,
)

LIST, L1 = f"/workbench/{HOME}", f"/workbench/{HOME}/L1"
TABLES = ("publication", "fact", "outgoing", "login", "counter", "digest_item")
MAY = {"刘敏": {HOME}, "周洁": {HOME}, "何平": {ELSEWHERE}, "陈街": {HOME, ELSEWHERE}}


@pytest.fixture
async def stand(db: Database, tmp_path: Path) -> AsyncIterator[Stand]:
    async with standing(db, tmp_path) as stood:
        yield stood


async def everything(stand: Stand) -> dict[str, list[tuple[Any, ...]]]:
    async def look(uow: Unit) -> dict[str, list[tuple[Any, ...]]]:
        return {t: [tuple(row) for row in await uow.session.all(f"SELECT * FROM {t}")] for t in TABLES}

    return await stand.db.read(look)


def note_of(page: str) -> str:
    found = re.search(r'<p class="note[^>]*>(.*?)</p>', page, re.DOTALL)
    return html.unescape(found[1]) if found else ""


# ---------------------------------------------------------------------------------------------------------------- the door
async def link(stand: Stand, target: str = L1, who: str = "刘敏", lasts: timedelta = timedelta(minutes=10)) -> str:
    token = "one-time-token-of-a-test"
    until = MONDAY + lasts
    await stand.db.run(lambda uow: uow.logins.add(LoginKind.LINK, token, stand.people[who].id, MONDAY, until, target))
    return f"/workbench/enter/{token}"


async def test_looking_at_a_link_does_not_use_it_up(stand: Stand) -> None:
    address = await link(stand)
    for _ in range(3):  # as chat apps do before anybody opens it
        answer = await stand.client.get(address)
        assert (answer.status, COOKIE in answer.cookies) == (200, False)
        assert answer.headers["Cache-Control"] == "no-store"
    opened = await stand.client.post(address, allow_redirects=False)
    assert (opened.status, opened.headers["Location"]) == (303, L1)


async def test_a_link_opens_one_session_and_then_nothing(stand: Stand) -> None:
    await stand.publication()
    address = await link(stand)
    opened = await stand.client.post(address, allow_redirects=False)
    secret = opened.cookies[COOKIE].value
    page = await stand.client.get(L1, headers={"Cookie": f"{COOKIE}={secret}"}, allow_redirects=False)
    assert page.status == 200
    for again in (await stand.client.get(address), await stand.client.post(address, allow_redirects=False)):
        assert (again.status, COOKIE in again.cookies) == (403, False)
        assert "请再取一个链接" in await again.text()


async def test_used_expired_and_unknown_links_look_the_same(stand: Stand) -> None:
    expired = await link(stand, lasts=-HOUR)
    pages = [
        await (await stand.client.get(path)).text()
        for path in (expired, "/workbench/enter/never-was", "/workbench/enter")
    ]
    assert len(set(pages)) == 1
    assert (await stand.client.post(expired, allow_redirects=False)).status == 403


async def test_two_who_press_at_once_get_one_session(stand: Stand) -> None:
    address = await link(stand)
    answers = await asyncio.gather(*(stand.client.post(address, allow_redirects=False) for _ in range(5)))
    assert sorted(answer.status for answer in answers) == [303, 403, 403, 403, 403]


async def test_the_cookie_is_kept_from_scripts_and_other_sites_and_only_its_digest_is_stored(stand: Stand) -> None:
    cookie = (await stand.client.post(await link(stand), allow_redirects=False)).cookies[COOKIE]
    assert (cookie["httponly"], cookie["samesite"], cookie["path"]) == (True, "Lax", "/workbench")
    assert int(cookie["max-age"]) == LASTS.total_seconds()
    assert not cookie["secure"]  # the test speaks http
    assert len(cookie.value) >= 43  # 256 bits
    stored = str(await everything(stand))
    assert cookie.value not in stored
    assert "one-time-token-of-a-test" not in stored


async def test_the_cookie_goes_over_https_only_where_the_pages_are_https(db: Database, tmp_path: Path) -> None:
    async with standing(db, tmp_path, public_url="https://huying.example") as stand:
        cookie = (await stand.client.post(await link(stand), allow_redirects=False)).cookies[COOKIE]
        assert cookie["secure"]


async def test_a_link_leads_to_our_own_pages_only(stand: Stand) -> None:
    for target in ("https://evil.example/workbench", "//evil.example", "/workbench.evil"):
        await stand.db.run(lambda uow: uow.session.all("DELETE FROM login"))
        opened = await stand.client.post(await link(stand, target), allow_redirects=False)
        assert opened.headers["Location"] == "/workbench"


async def test_a_link_is_not_opened_from_another_site(stand: Stand) -> None:
    address = await link(stand)
    answer = await stand.client.post(address, headers={"Origin": "https://evil.example"}, allow_redirects=False)
    assert answer.status == 403
    assert (await stand.client.post(address, allow_redirects=False)).status == 303


async def test_coming_in_again_ends_the_session_before(stand: Stand) -> None:
    secret = await stand.session("刘敏")
    headers = {"Cookie": f"{COOKIE}={secret}"}
    assert (await stand.client.post(await link(stand), headers=headers, allow_redirects=False)).status == 303
    answer = await stand.client.get(LIST, headers=headers, allow_redirects=False)
    assert answer.headers["Location"] == "/workbench/enter"


async def test_whoever_leaves_is_out(stand: Stand) -> None:
    answer = await stand.post("/workbench/leave")
    assert (answer.status, answer.headers["Location"]) == (303, "/workbench/left")
    assert answer.cookies[COOKIE].value == ""
    assert "已退出" in await (await stand.client.get("/workbench/left")).text()
    assert (await stand.get(LIST)).headers["Location"] == "/workbench/enter"


async def test_a_session_that_ended_opens_nothing(stand: Stand) -> None:
    person = stand.people["刘敏"].id
    await stand.db.run(lambda uow: uow.logins.add(LoginKind.SESSION, "old", person, MONDAY - LASTS, MONDAY))
    answer = await stand.client.get(LIST, headers={"Cookie": f"{COOKIE}=old"}, allow_redirects=False)
    assert (answer.status, answer.headers["Location"]) == (303, "/workbench/enter")


async def test_a_link_is_no_session_and_a_session_no_link(stand: Stand) -> None:
    token = (await link(stand)).rsplit("/", 1)[1]
    answer = await stand.client.get(LIST, headers={"Cookie": f"{COOKIE}={token}"}, allow_redirects=False)
    assert answer.headers["Location"] == "/workbench/enter"
    secret = await stand.session("刘敏")
    assert (await stand.client.post(f"/workbench/enter/{secret}", allow_redirects=False)).status == 403


async def test_a_changed_role_or_area_counts_at_the_next_request(stand: Stand) -> None:
    await stand.publication()
    person = stand.people["刘敏"].id
    assert (await stand.get(L1)).status == 200
    for column, value in (("area", ELSEWHERE), ("area", "an-area-that-left-the-rules"), ("role", Role.RESIDENT)):
        await stand.db.run(
            lambda uow, c=column, v=value: uow.session.all(f"UPDATE person SET {c} = ? WHERE id = ?", v, person)  # type: ignore[misc]
        )
        assert (await stand.get(L1)).status == 403
        assert (await stand.post(L1, act="approve", edition=1, checked="yes")).status == 403


async def test_no_token_is_written_to_the_log(stand: Stand, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    address = await link(stand)
    await stand.client.post(address, allow_redirects=False)
    await stand.client.post(address, allow_redirects=False)
    await stand.client.get("/workbench/enter/guessed-token")
    await stand.client.post(L1, data={"csrf": "forged-key"}, headers=await stand.headers("刘敏"))
    ours = [record.getMessage() for record in caplog.records if record.name.startswith("bots")]
    assert len(ours) == 3
    assert not any(word in line for line in ours for word in ("token-of", "guessed", "forged", "session-of"))


# ------------------------------------------------------------------------------------------------------- who may do what
def address_of(path: str, community: str, media: str) -> str:
    return path.replace("{community}", community).replace("{number:[0-9]{1,9}}", "1").replace("{name}", media)


FIELDS: dict[str, dict[str, str]] = {  # that a form of the route has, where a post would do something
    "/notice": {"text": "明天上午停水，请提前存水。", "once": "a"},
    "/sending": {"act": "dropped", "outgoing": "1"},
    "/doors": {"act": "link_group", "audience": "residents"},
    "/poster": {"kind": "month", "month": "2026-10"},
    "L{number:[0-9]{1,9}}": {"act": "refuse", "reason": "再看看"},
    "/cover/{name}": {"boxes": "[[0.1,0.1,0.2,0.2]]", "seen": mark_of("[]")},
}
ALLOWED = {  # what the route answers to those who may
    ("GET", "/workbench"): 303,
    ("GET", "/paper.pdf"): 404,  # L1 is not approved
    ("POST", "/sending"): 404,  # nothing was sent yet
}


def answer_expected(route: workbench.Route) -> int:
    by_path = next((s for (m, end), s in ALLOWED.items() if m == route.method and route.path.endswith(end)), None)
    return by_path or (200 if route.method == "GET" else 303)


@pytest.mark.parametrize("name", [name for name, _, _ in STAFF])
async def test_every_route_lets_in_whom_it_should_and_nobody_else(stand: Stand, name: str) -> None:
    for community in (HOME, ELSEWHERE):
        await stand.publication(community=community, area=community, event=None, kind=PublicationKind.NOTICE)
    await stand.session(name)
    for route in (route for route in ROUTES if "{community}" in route.path):
        for community in (HOME, ELSEWHERE):
            before = await everything(stand)
            address = address_of(route.path, community, stand.media["before"])
            fields = next((given for end, given in FIELDS.items() if route.path.endswith(end)), {})
            if route.method == "GET":
                answer = await stand.get(address, name)
            else:
                answer = await stand.post(address, name, **fields, area=community)
            may = community in MAY.get(name, set())
            assert answer.status == (answer_expected(route) if may else 403), (route, community)
            if not may:
                assert await everything(stand) == before, (route, community)
            elif route.path.endswith("L{number:[0-9]{1,9}}") and route.method == "POST":
                await stand.db.run(lambda uow: uow.session.all("UPDATE publication SET state = 'waiting', version = 0"))


@pytest.mark.parametrize(
    ("name", "status"),
    [(n, 303 if n in ("刘敏", "周洁", "何平") else 200 if n == "陈街" else 403) for n, _, _ in STAFF],
)
async def test_the_way_in_leads_to_ones_own_community_or_to_a_choice(stand: Stand, name: str, status: int) -> None:
    answer = await stand.get("/workbench", name)
    assert answer.status == status
    if status == 303:
        assert answer.headers["Location"] == f"/workbench/{next(iter(MAY[name]))}"


async def test_a_fresh_session_without_rights_may_still_leave(stand: Stand) -> None:
    assert (await stand.post("/workbench/leave", "李秀兰")).status == 303


async def test_without_a_session_every_route_leads_to_the_door_and_does_nothing(stand: Stand) -> None:
    await stand.publication()
    before = await everything(stand)
    for route in ROUTES:
        address = address_of(route.path, HOME, stand.media["before"])
        for headers in ({}, {"Cookie": f"{COOKIE}=guessed"}, {"Cookie": f"{COOKIE}="}):
            answer = await stand.client.request(
                route.method, address, headers=headers, data={"csrf": form_key("guessed")}, allow_redirects=False
            )
            assert (answer.status, answer.headers["Location"]) == (303, "/workbench/enter"), route
    assert await everything(stand) == before


async def test_a_post_without_the_key_of_this_session_does_nothing(stand: Stand) -> None:
    await stand.publication()
    mine, others = await stand.session("刘敏"), await stand.session("周洁")
    before = await everything(stand)
    keys = ("", "0" * 64, form_key(others), form_key(mine)[:-1], form_key(mine).upper(), "é", "\ud800")
    posts = [route for route in ROUTES if route.method == "POST"]
    assert len(posts) == 7
    for route in posts:
        address = address_of(route.path, HOME, stand.media["before"])
        fields = next((given for end, given in FIELDS.items() if route.path.endswith(end)), {})
        for key in keys:
            data = {"csrf": key.encode("utf-8", "replace").decode(), "area": HOME, **fields}
            answer = await stand.client.post(address, data=data, headers=await stand.headers("刘敏"))
            assert answer.status == 403, (route, key)
        parts = FormData({"csrf": form_key(mine), "area": HOME, **fields}, default_to_multipart=True)
        foreign = {**await stand.headers("刘敏"), "Origin": "https://evil.example"}
        for answer in (
            await stand.client.post(
                address, json={"csrf": form_key(mine), **fields}, headers=await stand.headers("刘敏")
            ),
            await stand.client.post(address, headers=await stand.headers("刘敏")),
            await stand.client.post(address, data=parts, headers=await stand.headers("刘敏")),
            await stand.client.post(address, data={"csrf": form_key(mine), **fields}, headers=foreign),
        ):
            assert answer.status == 403, route
    assert await everything(stand) == before


async def test_every_form_that_is_posted_carries_the_key(stand: Stand) -> None:
    await stand.publication()
    await stand.publication(state=PublicationState.APPROVED, approved_at=MONDAY)
    cover = f"{L1}/cover/{stand.media['before']}"
    for path in (
        LIST,
        L1,
        f"/workbench/{HOME}/L2",
        f"{LIST}/notice",
        f"{LIST}/sending",
        f"{LIST}/doors",
        cover,
        "/workbench/nowhere",
    ):
        page = await (await stand.get(path)).text()
        assert forms(page)
        assert [form for form in forms(page) if form_key(stand.sessions["刘敏"]) not in form] == []


async def test_a_form_that_is_too_large_is_not_read(stand: Stand) -> None:
    answer = await stand.post(f"/workbench/{HOME}/notice", area=HOME, text="水" * BODY_LIMIT)
    assert answer.status == 413
    assert "写短一些" in await answer.text()


@pytest.mark.parametrize("body", [b"csrf=%ff%fe", b"\xff\xfe", b"csrf", b"&&&=", b"act=approve&csrf=%00"])
async def test_bytes_that_are_no_form_are_refused_kindly(stand: Stand, body: bytes) -> None:
    headers = {**await stand.headers("刘敏"), "Content-Type": "application/x-www-form-urlencoded"}
    assert (await stand.client.post(L1, data=body, headers=headers)).status == 403


@pytest.mark.parametrize(
    "path",
    ["/workbench/nowhere", f"/workbench/{GRID}", "/workbench/guilin", f"{LIST}/L99", f"{LIST}/L0", f"{LIST}/L1/media/x",
     f"{LIST}/L1/cover/x", f"{LIST}/L999999999/paper.pdf"],
)  # fmt: skip
async def test_what_is_not_there_is_said_kindly(stand: Stand, path: str) -> None:
    await stand.publication()
    page = await stand.page(path, "陈街", 404)
    assert "没有找到" in page


@pytest.mark.parametrize("path", ["L٣", "L1234567890", "L-1", "Lx"])
async def test_a_number_that_is_none_has_no_page(stand: Stand, path: str) -> None:
    assert (await stand.get(f"{LIST}/{path}")).status == 404


# -------------------------------------------------------------------------------------------------------------- the list
async def test_the_list_shows_what_waits_oldest_first_and_marks_what_waited_over_a_day(stand: Stand) -> None:
    await stand.publication(title="第一件", at=MONDAY - HOUR)
    await stand.publication(title="等久了", at=MONDAY - 30 * HOUR)
    await stand.publication(title="正在画", state=PublicationState.DRAWING, images=())
    await stand.publication(title="别处的", community=ELSEWHERE, area=ELSEWHERE)
    await stand.publication(title="通过了", state=PublicationState.APPROVED, approved_at=MONDAY)
    page = await stand.page(LIST)
    places = [page.index(title) for title in ("等久了", "第一件", "正在画", "最近处理", "通过了")]
    assert places == sorted(places)
    assert "别处的" not in page
    assert page.count("late-row") == 1
    assert "等了 1 天 6 小时" in page
    assert '<span class="count">2</span>' in page


async def test_an_empty_list_says_that_all_is_done(stand: Stand) -> None:
    assert "都审完了" in await stand.page(LIST)


async def test_street_staff_choose_among_their_communities_by_what_waits(stand: Stand) -> None:
    await stand.publication()
    page = await stand.page("/workbench", "陈街")
    assert "秀月社区" in page
    assert "枫林社区" in page
    assert "1 篇待审" in page
    assert "没有待审" in page


# -------------------------------------------------------------------------------------------------------- a publication
async def test_the_page_shows_exactly_what_will_be_posted_and_to_whom(stand: Stand) -> None:
    await stand.publication()
    page = await stand.page(L1)
    shown = re.search(r'<p class="preview-text" dir="auto">(.*?)</p>', page, re.DOTALL)
    assert shown is not None
    assert html.unescape(shown[1]) == TEXT
    assert f"{L1}/media/{stand.media['card']}" in page
    assert all(title in page for title in ("秀月三网格居民群", "秀月社区大群", "秀月微信客户群"))
    assert "四网格群" not in page
    assert page.index("每天 18:00") < page.index("秀月微信客户群")
    assert "通过，发到 3 个群" in page


async def test_the_history_tells_who_did_what_and_only_of_this_publication(stand: Stand) -> None:
    first = await stand.publication()
    await stand.publication(title="另一件")
    await stand.post(L1, act="change", seen=mark_of(""), text="垃圾清走了。")
    await stand.post(f"{LIST}/L2", act="refuse", reason="另一件的原因")
    page = await stand.page(L1)
    history = page[page.index('class="history"') :]
    assert "小应" in history
    assert "刘敏" in history
    assert "改了文字" in history
    assert "垃圾清走了。" in history
    assert "另一件" not in history
    assert await stand.kinds(first) == ["log_drafted", "log_changed"]


async def test_a_notice_has_its_history_although_it_is_about_no_event(stand: Stand) -> None:
    for text in ("明天上午停水，请存水。", "后天下午停电。"):
        await stand.post(f"/workbench/{HOME}/notice", "周洁", area=HOME, text=text, once=text)
    history = (await stand.page(L1)).split('class="history"')[1]
    assert "周洁" in history
    assert "写了通知" in history
    assert "明天上午停水" in history
    assert "后天" not in history


async def test_pictures_and_original_photos_are_served_to_who_decides_and_kept_by_nobody(stand: Stand) -> None:
    await stand.publication(photos=(stand.media["before"],), dropped=(stand.media["after"],))
    for name in ("card", "before", "after"):
        answer = await stand.get(f"{L1}/media/{stand.media[name]}")
        assert (answer.status, answer.headers["Cache-Control"]) == (200, "private, no-store")
        assert answer.content_type.startswith("image/")
    for name in (stand.media["strange"], "..%2f..%2fhuying.db", "a" * 64 + ".jpg"):
        assert (await stand.get(f"{L1}/media/{name}")).status == 404
    assert (await stand.get(f"{L1}/media/{stand.media['before']}", "何平")).status == 403
    assert (await stand.get(f"/workbench/{ELSEWHERE}/L1/media/{stand.media['before']}", "陈街")).status == 404


# --------------------------------------------------------------------------------------------------------------- approving
async def test_nothing_is_approved_until_faces_and_plates_are_checked(stand: Stand) -> None:
    one = await stand.publication()
    answer = await stand.post(L1, act="approve", edition=1)
    page = await answer.text()
    assert answer.status == 400
    assert "人脸和车牌已检查" in note_of(page)
    assert (await stand.now_of(one)).state == PublicationState.WAITING
    assert await stand.said("log_posted") == 0


async def test_what_is_approved_goes_to_its_groups_and_the_page_says_so(stand: Stand) -> None:
    one = await stand.publication()
    page = await stand.after(await stand.post(L1, act="approve", edition=1, checked="yes"))
    now = await stand.now_of(one)
    assert (now.state, now.approved_by) == (PublicationState.APPROVED, stand.people["刘敏"].id)
    assert await stand.said("log_posted") == 2  # the third reads it in its digest
    assert await stand.said("log_approved_for_staff") == 1
    assert "已通过" in note_of(page)
    assert "撤销通过" in page
    assert "人脸和车牌已检查" not in page


async def test_a_note_is_said_once_and_only_to_the_session_it_was_written_for(stand: Stand) -> None:
    await stand.publication()
    answer = await stand.post(L1, act="refuse", reason="不合适")
    cookie = f"huying_note={answer.cookies['huying_note'].value}"
    first = await stand.get(L1, cookies=cookie)
    assert "不合适" in note_of(await first.text())
    assert first.cookies["huying_note"].value == ""
    assert note_of(await (await stand.get(L1, "周洁", cookie)).text()) == ""
    for forged in ("x", "x.y", cookie[12:-1], "." + "0" * 64):
        assert note_of(await (await stand.get(L1, cookies=f"huying_note={forged}")).text()) == ""


@pytest.mark.parametrize("edition", ["2", "", "1 ", "１x", "-1"])
async def test_an_edition_that_was_not_seen_is_not_approved(stand: Stand, edition: str) -> None:
    one = await stand.publication(edition=3)
    assert (await stand.post(L1, act="approve", edition=edition, checked="yes")).status == 400
    assert (await stand.now_of(one)).state == PublicationState.WAITING


async def test_of_two_approvals_at_once_one_wins_and_the_other_is_told(stand: Stand) -> None:
    one = await stand.publication()
    await stand.session("周洁")
    await stand.session("刘敏")
    answers = await asyncio.gather(
        *(stand.post(L1, who, act="approve", edition=1, checked="yes") for who in ("刘敏", "周洁"))
    )
    assert sorted(answer.status for answer in answers) == [303, 400]
    told = next(answer for answer in answers if answer.status == 400)
    assert "已经通过" in note_of(await told.text())
    assert (await stand.kinds(one)).count("log_approved") == 1
    assert await stand.said("log_posted") == 2


async def test_a_second_person_is_told_who_confirmed_first_and_the_first_cannot_be_the_second(
    db: Database, tmp_path: Path
) -> None:
    policy = replace(POLICY, publishing=replace(POLICY.publishing, two_people=True))
    async with standing(db, tmp_path, policy) as stand:
        one = await stand.publication()
        assert "确认，请另一位同事再审" in await stand.page(L1)
        mine = await stand.after(await stand.post(L1, act="approve", edition=1, checked="yes"))
        assert "您已经确认" in mine
        assert 'value="approve"' not in mine
        assert (await stand.post(L1, act="approve", edition=1, checked="yes")).status == 400
        assert (await stand.now_of(one)).state == PublicationState.WAITING
        assert "刘敏已经确认" in await stand.page(L1, "周洁")
        assert "刘敏已确认" in await stand.page(LIST, "周洁")
        assert (await stand.post(L1, "周洁", act="approve", edition=1, checked="yes")).status == 303
        assert (await stand.now_of(one)).state == PublicationState.APPROVED


async def test_what_tells_of_a_child_has_no_button_to_approve_and_is_refused(stand: Stand) -> None:
    await stand.publication(minor="小学生小明")
    page = await stand.page(L1)
    assert "涉及未成年人" in page
    assert "小学生小明" in page
    assert 'value="approve"' not in page
    assert (await stand.post(L1, act="approve", edition=1, checked="yes")).status == 400


async def test_street_staff_decide_in_the_community_of_the_page(stand: Stand) -> None:
    one = await stand.publication()
    assert (await stand.post(L1, "陈街", act="approve", edition=1, checked="yes")).status == 303
    assert (await stand.now_of(one)).approved_by == stand.people["陈街"].id


async def test_what_was_approved_can_be_taken_back_and_then_taken_down(stand: Stand) -> None:
    one = await stand.publication()
    await stand.post(L1, act="approve", edition=1, checked="yes")
    page = await stand.after(await stand.post(L1, act="undo"))
    assert (await stand.now_of(one)).state == PublicationState.WAITING
    assert TEXT not in note_of(page)
    await stand.post(L1, act="approve", edition=2, checked="yes")
    await stand.db.run(lambda uow: uow.session.all("UPDATE outgoing SET state = 'sent'"))
    refused = await stand.post(L1, act="undo")
    assert refused.status == 400
    assert "撤销不了" in note_of(await refused.text())
    await stand.after(await stand.post(L1, act="take_down", reason="有误"))
    now = await stand.now_of(one)
    assert (now.state, now.reason) == (PublicationState.WITHDRAWN, "有误")


async def test_refusing_needs_a_reason_and_keeps_it(stand: Stand) -> None:
    one = await stand.publication()
    assert (await stand.post(L1, act="refuse", reason="  ")).status == 400
    page = await stand.after(await stand.post(L1, act="refuse", reason="照片里有人"))
    assert "照片里有人" in page
    assert (await stand.now_of(one)).reason == "照片里有人"


@pytest.mark.parametrize("act", ["", "delete", "__class__", "draw"])
async def test_a_button_that_is_not_there_does_nothing(stand: Stand, act: str) -> None:
    await stand.publication()
    await stand.session("刘敏")
    before = await everything(stand)
    assert (await stand.post(L1, act=act)).status == 404
    assert await everything(stand) == before


# --------------------------------------------------------------------------------------------------------------- changing
async def test_new_words_are_kept_and_the_page_waits_for_the_pictures(stand: Stand) -> None:
    one = await stand.publication()
    page = await stand.after(await stand.post(L1, act="change", seen=mark_of(""), text="门口清爽了。\r\n谢谢大家。"))
    assert (await stand.now_of(one)).changed_text == "门口清爽了。\n谢谢大家。"
    assert "正在重新出图" in page
    assert 'http-equiv="refresh"' in page
    assert stand.media["card"] not in page  # the old picture is no longer what will be posted
    assert 'value="approve"' not in page


async def test_the_page_stops_asking_by_itself_after_a_while_and_starts_no_loop_when_drawn(stand: Stand) -> None:
    one = await stand.publication(state=PublicationState.DRAWING, images=())
    assert f"?look={LOOKS}" in await stand.page(f"{L1}?look={LOOKS - 1}")
    slow = await stand.page(f"{L1}?look={LOOKS}")
    assert "http-equiv" not in slow
    assert "有点慢" in slow
    assert 'value="refuse"' in slow
    for odd in ("x", "-1", "٣", "9999999", "1e3"):
        assert "?look=1" in await stand.page(f"{L1}?look={odd}")
    drawn = replace(one, state=PublicationState.WAITING, images=(stand.media["card"],))
    await stand.db.run(lambda uow: uow.publications.save(drawn))
    assert "http-equiv" not in await stand.page(f"{L1}?look=3")


async def test_words_that_are_too_long_stay_in_the_field(stand: Stand) -> None:
    one = await stand.publication()
    answer = await stand.post(L1, act="change", seen=mark_of(""), text="长" * 601)
    page = await answer.text()
    assert answer.status == 400
    assert "长" * 601 in page
    assert 'id="change" open' in page
    assert await stand.now_of(one) == one


async def test_words_that_a_colleague_just_wrote_are_not_overwritten_and_ones_own_stay_in_the_field(
    stand: Stand,
) -> None:
    one = await stand.publication()
    await stand.post(L1, "周洁", act="change", seen=mark_of(""), text="周洁的话")
    await stand.db.run(lambda uow: uow.session.all("UPDATE publication SET state = 'waiting'"))
    answer = await stand.post(L1, act="change", seen=mark_of(""), text="我的话")
    page = await answer.text()
    assert answer.status == 409
    assert "刚有同事动过" in note_of(page)
    assert "我的话</textarea>" in page
    assert (await stand.now_of(one)).changed_text == "周洁的话"
    again = re.search(r'name="seen" value="(\w+)"', page)
    assert again is not None
    assert (await stand.post(L1, act="change", seen=again[1], text="我的话")).status == 303


async def test_a_photo_left_out_by_a_colleague_is_not_left_out_twice(stand: Stand) -> None:
    one = await stand.publication()
    assert (await stand.post(L1, "周洁", act="leave_out", photo=stand.media["before"])).status == 303
    assert (await stand.post(L1, act="leave_out", photo=stand.media["before"])).status == 409
    assert (await stand.now_of(one)).dropped == (stand.media["before"],)


async def test_a_drawing_that_ends_meanwhile_is_no_colleague_who_changed_something(stand: Stand) -> None:
    one = await stand.publication(state=PublicationState.DRAWING)
    drawn = replace(one, state=PublicationState.WAITING)
    await stand.db.run(lambda uow: uow.publications.save(drawn))
    cover = f"{L1}/cover/{stand.media['before']}"
    assert (await stand.post(cover, seen=mark_of("[]"), boxes="[[0.1,0.2,0.3,0.25]]")).status == 303
    assert (await stand.post(L1, act="leave_out", photo=stand.media["after"])).status == 303
    now = await stand.now_of(one)
    assert (list(now.boxes), now.dropped) == ([stand.media["before"]], (stand.media["after"],))


async def test_a_photo_is_left_out_and_put_back(stand: Stand) -> None:
    one = await stand.publication()
    page = await stand.after(await stand.post(L1, act="leave_out", photo=stand.media["before"]))
    assert (await stand.now_of(one)).dropped == (stand.media["before"],)
    assert "放回来" in page
    await stand.post(L1, act="put_back", photo=stand.media["before"])
    assert (await stand.now_of(one)).dropped == ()
    assert (await stand.post(L1, act="leave_out", photo=stand.media["strange"])).status == 400


async def test_boxes_are_saved_as_fractions_of_the_photo(stand: Stand) -> None:
    one = await stand.publication()
    cover = f"{L1}/cover/{stand.media['before']}"
    assert "遮脸遮车牌" in await stand.page(cover)
    await stand.after(
        await stand.post(cover, seen=mark_of("[]"), boxes="[[0.1, 0.2, 0.3, 0.25], [0.9, 0.9, 0.5, 0.5]]")
    )
    boxes = (await stand.now_of(one)).boxes[stand.media["before"]]
    assert boxes[0] == pytest.approx((0.1, 0.2, 0.3, 0.25))
    assert boxes[1] == pytest.approx((0.9, 0.9, 0.1, 0.1))
    assert "[0.1, 0.2" in html.unescape(await stand.page(cover))
    assert "<rect" in await stand.page(L1)
    assert (await stand.kinds(one))[-1] == FactKind.PHOTO_COVERED


async def test_boxes_over_those_of_a_colleague_are_kept_on_the_page_and_not_saved(stand: Stand) -> None:
    one = await stand.publication(boxes={stand.media["before"]: ((0.5, 0.5, 0.1, 0.1),)})
    answer = await stand.post(f"{L1}/cover/{stand.media['before']}", seen=mark_of("[]"), boxes="[[0.1,0.2,0.3,0.25]]")
    page = html.unescape(await answer.text())
    assert answer.status == 409
    assert "[[0.1, 0.2, 0.3, 0.25]]" in page
    assert await stand.now_of(one) == one


async def test_more_boxes_than_a_photo_takes_are_refused(stand: Stand) -> None:
    one = await stand.publication()
    many = [[0.1, 0.1, 0.1, 0.1]] * 61
    assert (await stand.post(f"{L1}/cover/{stand.media['before']}", seen=mark_of("[]"), boxes=many)).status == 400
    assert await stand.now_of(one) == one


@pytest.mark.parametrize(
    "text",
    ["", "x", "{}", "[[1,2,3]]", "[[1,2,3,4,5]]", '[["1",2,3,4]]', "[1,2,3,4]", "[[NaN,0,1,1]]", "[[0,0,Infinity,1]]",
     "[[1e999,0,1,1]]", "[[null,0,1,1]]", "[" * 5000, "[[0,0,1,1e308]]", "null", "[[" + "9" * 5000 + ",0,1,1]]"],
)  # fmt: skip
async def test_boxes_that_are_none_are_not_read(stand: Stand, text: str) -> None:
    assert read_boxes(text) is None
    one = await stand.publication()
    assert (await stand.post(f"{L1}/cover/{stand.media['before']}", seen=mark_of("[]"), boxes=text)).status == 400
    assert await stand.now_of(one) == one


async def test_there_is_nothing_to_draw_on_once_it_is_decided(stand: Stand) -> None:
    await stand.publication(state=PublicationState.APPROVED, approved_at=MONDAY)
    assert (await stand.get(f"{L1}/cover/{stand.media['before']}")).status == 404
    assert (await stand.post(f"{L1}/cover/{stand.media['before']}", seen=mark_of("[]"), boxes="[]")).status in (
        400,
        404,
    )


# ------------------------------------------------------------------------------------------------------ notices, posters
async def test_a_notice_is_written_for_the_community_or_one_of_its_grids(stand: Stand) -> None:
    page = await stand.page(f"/workbench/{HOME}/notice")
    assert "第三网格" in page
    for place, serial in ((HOME, 1), (GRID, 2)):
        answer = await stand.post(f"/workbench/{HOME}/notice", area=place, text="明天上午停水。请存水。", once=place)
        assert answer.headers["Location"] == f"{LIST}/L{serial}"
        one = await stand.db.read(lambda uow, n=serial: uow.publications.by_serial(HOME, n))  # type: ignore[misc]
        assert one is not None
        assert (one.area, one.title, one.author) == (place, "明天上午停水", stand.people["刘敏"].id)
        assert len(one.token) == 22


async def test_the_same_form_sent_twice_writes_one_notice(stand: Stand) -> None:
    fields = {"area": HOME, "text": "明天上午停水，请存水。", "once": "the-same"}
    answers = [await stand.post(f"/workbench/{HOME}/notice", **fields) for _ in range(2)]
    assert {answer.headers["Location"] for answer in answers} == {L1}
    assert len(await stand.db.read(lambda uow: uow.publications.latest(HOME))) == 1


@pytest.mark.parametrize("area", [ELSEWHERE, "fenglin-1", "guilin", "", "nowhere"])
async def test_a_notice_is_not_written_for_elsewhere(stand: Stand, area: str) -> None:
    answer = await stand.post(f"/workbench/{HOME}/notice", "陈街", area=area, text="明天上午停水。", once="a")
    assert answer.status == 404
    assert await stand.db.read(lambda uow: uow.publications.latest(ELSEWHERE)) == ()


async def test_a_use_case_told_of_an_area_that_is_not_ones_own_refuses(stand: Stand) -> None:
    desk = make_desk(stand.house, stand.paper, words_as_changed)
    request = make_mocked_request("POST", f"/workbench/{HOME}/notice")
    visit = Visit(request, desk, stand.people["何平"], "secret")
    with pytest.raises(Refused, match="staff_only"):
        await stand.db.run(lambda uow: notices.write("明天上午停水。", visit.turn(uow, HOME), uow))


@pytest.mark.parametrize("text", ["", " ", "水", "水" * 1001])
async def test_a_notice_that_cannot_be_is_refused_and_stays_in_its_field(stand: Stand, text: str) -> None:
    answer = await stand.post(f"/workbench/{HOME}/notice", area=GRID, text=text, once="a")
    page = await answer.text()
    assert answer.status == 400
    assert note_of(page)
    assert f"\n{text}</textarea>" in page
    assert re.search(r'value="xiuyue-3" checked', page)


async def test_ones_own_notice_is_approved_by_a_colleague(stand: Stand) -> None:
    await stand.post(f"/workbench/{HOME}/notice", area=HOME, text="明天上午停水，请存水。", once="a")
    one = await stand.db.read(lambda uow: uow.publications.by_serial(HOME, 1))
    assert one is not None
    drawn = replace(composed(one, Draft("明天上午停水", "明天上午停水，请存水。")), state=PublicationState.WAITING)
    await stand.db.run(lambda uow: uow.publications.save(replace(drawn, images=(stand.media["card"],))))
    assert (await stand.post(L1, act="approve", edition=1)).status == 400
    assert (await stand.post(L1, "周洁", act="approve", edition=1)).status == 303


async def test_a_poster_is_asked_for_once_and_refused_when_it_is_up(stand: Stand) -> None:
    for _ in range(2):
        answer = await stand.post(f"/workbench/{HOME}/poster", kind="honours", month="2026-10")
        assert answer.headers["Location"] == L1
    one = await stand.db.read(lambda uow: uow.publications.by_serial(HOME, 1))
    assert one is not None
    assert (one.kind, one.month) == (PublicationKind.HONOURS, "2026-10")
    await stand.db.run(lambda uow: uow.session.all("UPDATE publication SET state = 'approved'"))
    again = await stand.post(f"/workbench/{HOME}/poster", kind="honours", month="2026-10")
    assert again.status == 400
    assert "L1" in note_of(await again.text())


@pytest.mark.parametrize(
    ("kind", "month", "status"), [("log", "2026-10", 404), ("", "", 404), ("month", "2026-13", 400)]
)
async def test_a_poster_of_nothing_is_refused(stand: Stand, kind: str, month: str, status: int) -> None:
    assert (await stand.post(f"/workbench/{HOME}/poster", kind=kind, month=month)).status == status


async def test_the_months_to_choose_from_are_the_last_twelve(stand: Stand) -> None:
    page = await stand.page(LIST)
    months = re.findall(r"<option(?: selected)?>(\d{4}-\d\d)<", page)
    assert (months[0], months[-1], len(months)) == ("2026-11", "2025-12", 12)
    assert "<option selected>2026-10<" in page


async def test_only_what_is_approved_is_printed_for_the_notice_board(stand: Stand) -> None:
    await stand.publication()
    assert (await stand.get(f"{L1}/paper.pdf")).status == 404
    await stand.post(L1, act="approve", edition=1, checked="yes")
    answer = await stand.get(f"{L1}/paper.pdf")
    assert (answer.status, answer.content_type, await answer.read()) == (200, "application/pdf", b"%PDF-1.7 L1")
    assert answer.headers["Cache-Control"] == "private, no-store"


# ----------------------------------------------------------------------------------------------- what people write is text
EVIL = (
    "<script>alert(1)</script>", "</textarea><img src=x onerror=alert(1)>", '"><svg onload=alert(1)>', "{{ 7*7 }}",
    "{% raw %}", "{me}", "javascript:alert(1)", "&lt;b&gt;", "<!-- x", "' onclick='alert(1)", "\u202eevil\u202c",
    "%(x)s {0} {x.__class__}", "<meta http-equiv=refresh content=0>", "Z̷̗̈́ä̸́l̴g̵o", "]]>", "\\u003cscript\\u003e",
)  # fmt: skip


OURS = '<script type="module" src="/workbench/static/OURS.js">'


@pytest.mark.parametrize("words", EVIL)
async def test_what_people_write_is_shown_as_text(db: Database, tmp_path: Path, words: str) -> None:
    areas = Areas(replace(area, name=words) if area.code in (HOME, GRID) else area for area in POLICY.areas.all())
    async with standing(db, tmp_path, replace(POLICY, areas=areas)) as stand:
        await stand.publication(title=words, text=words, changed_text=words, minor=words)
        await stand.publication(title=words, state=PublicationState.REFUSED, reason=words, event=None)
        await stand.db.run(lambda uow: uow.session.all("UPDATE chat SET title = ?", words))
        await stand.db.run(lambda uow: uow.session.all("UPDATE person SET name = ?", words))
        await stand.post(L1, act="change", seen=mark_of(""), text=words)
        cover = f"{L1}/cover/{stand.media['before']}"
        paths = (LIST, L1, f"{LIST}/L2", f"/workbench/{HOME}/notice", cover, f"{LIST}/L9")
        pages = [await (await stand.get(path)).text() for path in paths]
        pages.append(await (await stand.post(L1, act="refuse", reason="")).text())
        pages.append(
            await (await stand.post(f"/workbench/{HOME}/notice", area=HOME, text=words * 400, once="a")).text()
        )
        for page in pages:
            assert html.escape(words, quote=True).replace("&#x27;", "&#39;").replace("&quot;", "&#34;") in page
            if "<" in words:
                assert words not in page
            scripts = re.findall(r"<script[^>]*>", page)
            assert {re.sub("cover|wait", "OURS", one) for one in scripts} <= {OURS}
            assert not re.search(r"<[^>]+\son\w+=", page)
            assert " style=" not in page


async def test_the_pages_load_only_what_their_own_server_gives(stand: Stand) -> None:
    await stand.publication()
    for path in (LIST, L1, "/workbench/enter", f"{L1}/cover/{stand.media['before']}"):
        answer = await stand.get(path)
        text = await answer.text()
        assert "http://" not in text
        assert "https://" not in text
        assert "unsafe" not in answer.headers["Content-Security-Policy"]
        assert answer.headers["Cache-Control"] == "no-store"
    for name in ("workbench.css", "cover.js", "wait.js", "icon.svg"):
        assert (await stand.client.get(f"/workbench/static/{name}")).status == 200
    for name in ("..%2fdoor.py", "%2e%2e%2ftexts.zh.toml", "nothing.js"):
        address = URL(f"/workbench/static/{name}", encoded=True)
        assert (await stand.client.get(address)).status == 404


# --------------------------------------------------------------------------------------------------------------- sentences
FOLDER = Path(workbench.__file__).parent
TEXTS = {one: tomllib.loads((FOLDER / f"texts.{one}.toml").read_text(encoding="utf-8")) for one in ("zh", "en")}


def test_both_languages_say_the_same_things_with_the_same_params() -> None:
    def shape(texts: dict[str, dict[str, str]]) -> dict[str, dict[str, list[str]]]:
        return {
            table: {key: sorted({n for _, n, _, _ in string.Formatter().parse(said) if n}) for key, said in own.items()}
            for table, own in texts.items()
        }

    zh, en = shape(TEXTS["zh"]), shape(TEXTS["en"])
    assert zh == en


def test_every_sentence_of_the_pages_exists_and_none_is_for_nothing() -> None:
    source = "\n".join(
        path.read_text(encoding="utf-8") for path in (*FOLDER.glob("*.py"), *FOLDER.glob("templates/*.html"))
    )
    messages = re.findall(r'refused\(\d+, "(\w+)"\)', source)
    used = {*re.findall(r'\b(?:t|say)\(\s*"(\w+)"', source), *messages, *(f"{key}_title" for key in messages)}
    assert used == TEXTS["zh"]["say"].keys()


@pytest.mark.parametrize(
    ("table", "values"),
    [("kind", PublicationKind), ("state", PublicationState)],
)
def test_every_value_that_is_shown_has_its_word(table: str, values: Any) -> None:
    assert TEXTS["zh"][table].keys() == {str(value) for value in values}


def test_every_deed_of_the_history_has_its_word() -> None:
    assert TEXTS["zh"]["deed"].keys() == {str(kind) for kind in DEEDS}


async def test_every_sentence_that_replaces_one_of_the_chat_has_one_to_replace(stand: Stand) -> None:
    assert set(TEXTS["zh"]["here"]) <= set(stand.house.texts.say)


async def test_every_act_is_offered_by_a_page(stand: Stand) -> None:
    await stand.publication(dropped=(stand.media["after"],))
    await stand.publication(state=PublicationState.APPROVED, approved_at=MONDAY)
    pages = await stand.page(L1) + await stand.page(f"{LIST}/L2")
    assert set(re.findall(r'name="act" value="(\w+)"', pages)) == set(ACTS)


async def test_the_pages_speak_english_too(db: Database, tmp_path: Path) -> None:
    async with standing(db, tmp_path, language="en") as stand:
        await stand.publication()
        page = await stand.page(L1)
        assert '<html lang="en">' in page
        assert "Faces and plates are checked" in page
