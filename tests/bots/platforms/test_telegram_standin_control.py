"""The control interface: what the page sees and does, and what is wrong in what it was given."""

from __future__ import annotations

import asyncio
import base64
from datetime import timedelta

import aiohttp
import pytest

from bots.practice.platforms.telegram import StandIn
from bots.practice.platforms.telegram.server import PAGE
from tests.bots.platforms.conftest import FORUM, GROUP, LI, SMALL_GROUP, STRANGER, SUN, Clock, Stand, png


async def test_the_state_tells_people_chats_and_the_bots_place(stand: Stand) -> None:
    stand.standin.start(LI)
    stand.standin.block(LI)
    thread = stand.standin.add_topic(FORUM, "停车")
    stand.standin.kick(GROUP)
    new_id = stand.standin.migrate(SMALL_GROUP)
    state = await stand.get("/standin/api/state")
    assert state["now"] == "2026-11-23T01:30:00+00:00"
    assert state["platform"] == "Telegram"
    assert state["bot"] == {"id": 100200300, "username": "huying_bot", "name": "小应", "privacy": False}
    assert state["users"][0] == {"id": LI, "name": "李秀兰", "started": True, "blocked": True, "note": "三号楼"}
    assert not state["users"][1]["started"]
    chats = {chat["id"]: chat for chat in state["chats"]}
    assert {id: (chat["kind"], chat["bot"]) for id, chat in chats.items()} == {
        LI: ("private", "kicked"),
        GROUP: ("supergroup", "kicked"),
        FORUM: ("supergroup", "member"),
        new_id: ("supergroup", "member"),
    }
    assert chats[FORUM]["topics"] == [{"id": thread, "name": "停车"}]
    assert chats[GROUP]["members"] == [LI, SUN]


async def test_a_conversation_is_had_through_the_interface(stand: Stand) -> None:
    await stand.control("start", {"user": LI, "payload": "abc"})
    photos = [base64.b64encode(png()).decode()] * 2
    said = await stand.control("say", {"chat": GROUP, "user": SUN, "text": "看", "photos": photos, "reply_to": None})
    markup = {"inline_keyboard": [[{"text": "我来", "callback_data": "take"}]]}
    sent = await stand.ok("sendMessage", chat_id=GROUP, text="谁来", reply_markup=markup)
    pressed = await stand.control(
        "press", {"chat": GROUP, "user": LI, "message_id": sent["message_id"], "data": "take"}
    )
    messages = (await stand.get(f"/standin/api/chats/{GROUP}/messages"))["messages"]
    assert [message["message_id"] for message in messages] == [*said["message_ids"], sent["message_id"]]
    assert messages[0]["sender"] == {"id": SUN, "name": "孙大爷", "bot": False}
    assert messages[2]["buttons"] == [[{"text": "我来", "data": "take", "url": None}]]
    async with stand.client.get(stand.url + messages[0]["photos"][0]) as picture:
        assert (picture.content_type, await picture.read()) == ("image/png", png())
    assert (await stand.updates())[-1]["callback_query"]["id"] == pressed["id"]
    assert (await stand.get(f"/standin/api/chats/{GROUP}/messages?after=2"))["messages"] == messages[2:]


async def test_whoever_waits_for_messages_is_told_at_once(stand: Stand) -> None:
    waiting = asyncio.create_task(stand.get(f"/standin/api/chats/{GROUP}/messages?after=0&wait=20"))
    wire = asyncio.create_task(stand.get("/standin/api/wire?after=0&wait=20"))
    await asyncio.sleep(0)
    stand.standin.say(GROUP, LI, "你好")
    assert [message["text"] for message in (await waiting)["messages"]] == ["你好"]
    await stand.updates()
    assert (await wire)["entries"][0]["direction"] == "update"


async def test_the_wire_shows_every_update_handed_over_and_every_call(stand: Stand) -> None:
    stand.standin.say(GROUP, LI, "你好")
    await stand.updates()
    stand.standin.faults.next("500")
    await stand.post("sendMessage", chat_id=GROUP, text="好")
    entries = (await stand.get("/standin/api/wire"))["entries"]
    assert [
        (one["n"], one["direction"], one["name"], one["status"], one["fault"], one["delivered"]) for one in entries
    ] == [
        (1, "update", "message", 200, "", True),
        (2, "call", "getUpdates", 200, "", True),
        (3, "call", "sendMessage", 500, "500", False),
    ]
    assert entries[0]["body"]["message"]["text"] == "你好"
    assert (entries[2]["body"], entries[2]["answer"]["error_code"]) == ({"chat_id": GROUP, "text": "好"}, 500)
    assert (await stand.get("/standin/api/wire?after=2"))["entries"] == entries[2:]


async def test_members_faults_and_the_clock_are_set_through_the_interface(stand: Stand) -> None:
    await stand.control("members", {"chat": GROUP, "action": "kick"})
    await stand.control("members", {"chat": GROUP, "action": "readmit"})
    assert (await stand.control("members", {"chat": SMALL_GROUP, "action": "migrate"}))["chat"] < -(10**12)
    await stand.control("start", {"user": LI})
    await stand.control("members", {"user": LI, "action": "block"})
    await stand.control("members", {"user": LI, "action": "unblock"})
    queued = {"fault": "429", "method": "sendMessage", "retry_after": 7}
    set_to = {"rates": {"cut": 0.5}, "next": [queued]}
    assert await stand.control("faults", {**set_to}) == set_to
    assert await stand.get("/standin/api/faults") == set_to
    assert await stand.control("faults", {"rates": {}}) == {"rates": {}, "next": [queued]}
    assert (await stand.control("clock", {"advance": "P1DT2H"}))["now"] == "2026-11-24T03:30:00+00:00"
    assert stand.moved == [timedelta(days=1, hours=2)]


@pytest.mark.parametrize(
    ("path", "body", "status", "key"),
    [
        ("say", {"chat": 12345, "user": LI, "text": "好"}, 404, "no_chat"),
        ("say", {"chat": GROUP, "user": 12345, "text": "好"}, 404, "no_user"),
        ("say", {"chat": GROUP, "user": STRANGER, "text": "好"}, 409, "not_member"),
        ("say", {"chat": GROUP, "user": LI}, 400, "no_message"),
        ("say", {"chat": GROUP, "user": LI, "kind": "dance"}, 400, "no_kind"),
        ("say", {"chat": str(GROUP), "user": LI, "text": "好"}, 400, "bad_request"),
        ("say", {"chat": GROUP, "user": LI, "text": 5}, 400, "bad_request"),
        ("say", {"chat": GROUP, "user": LI, "photos": ["不是"]}, 400, "bad_request"),
        ("say", {"chat": GROUP, "user": LI, "photos": "x"}, 400, "bad_request"),
        ("say", {"chat": GROUP, "user": LI, "text": "好", "thread": 5}, 404, "no_topic"),
        ("say", {"chat": GROUP, "user": LI, "text": "好", "reply_to": 5}, 404, "no_message"),
        ("press", {"chat": GROUP, "user": LI, "message_id": 5, "data": "x"}, 404, "no_message"),
        ("start", {"user": GROUP}, 404, "no_user"),
        ("members", {"chat": GROUP, "action": "dance"}, 400, "bad_request"),
        ("members", {"chat": GROUP, "action": "migrate"}, 409, "no_small_group"),
        ("members", {"user": LI, "action": "block"}, 409, "cannot_block"),
        ("faults", {"rates": {"418": 0.5}}, 400, "bad_request"),
        ("faults", {"rates": {"429": 2}}, 400, "bad_request"),
        ("faults", {"next": [{"fault": "418"}]}, 400, "bad_request"),
        ("faults", {"rates": {"cut": 1}, "next": [{"fault": "429", "retry_after": 0}]}, 400, "bad_request"),
        ("clock", {"advance": "2 hours"}, 400, "bad_request"),
        ("clock", {"advance": "P"}, 400, "bad_request"),
        ("clock", {}, 400, "bad_request"),
    ],
)
async def test_a_wrong_request_is_told_what_is_wrong_and_changes_nothing(
    stand: Stand, path: str, body: dict[str, object], status: int, key: str
) -> None:
    assert await stand.control(path, body, status) == key
    assert stand.standin.updates == ()
    assert (stand.standin.faults.rates, stand.standin.faults.waiting, stand.moved) == ({}, [], [])


async def test_a_body_that_is_no_object_and_numbers_that_are_none_are_refused(stand: Stand) -> None:
    for data in (b"{", b"[]", b"\xff"):
        async with stand.client.post(f"{stand.url}/standin/api/say", data=data) as answer:
            assert (answer.status, (await answer.json())["error"]["key"]) == (400, "bad_request")
    for path in (f"chats/{GROUP}/messages?after=x", "wire?wait=-1"):
        assert (await stand.get(f"/standin/api/{path}", 400))["error"]["key"] == "bad_request"
    assert (await stand.get("/standin/api/chats/12345/messages", 404))["error"]["key"] == "no_chat"
    assert (await stand.get("/standin/media/none", 404))["error"]["key"] == "no_file"


async def test_another_host_or_origin_is_kept_out(stand: Stand) -> None:
    for headers in ({"Host": "evil.example"}, {"Origin": "https://evil.example"}):
        async with stand.client.post(f"{stand.url}/standin/api/say", json={}, headers=headers) as answer:
            assert answer.status == 403
    async with stand.client.get(f"{stand.url}/standin/api/state") as answer:
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]


async def test_a_page_that_is_closed_does_not_stop_the_clock_halfway() -> None:
    begun, go_on, arrived = asyncio.Event(), asyncio.Event(), asyncio.Event()

    async def advance(_: timedelta) -> None:
        begun.set()
        await go_on.wait()
        arrived.set()

    standin = StandIn(now=Clock())
    async with standin.serving(advance=advance) as url, aiohttp.ClientSession() as client:
        page = asyncio.create_task(client.post(f"{url}/standin/api/clock", json={"advance": "PT2H"}))
        await begun.wait()
        page.cancel()
        await asyncio.wait([page])
        await client.get(f"{url}/standin/api/state")
        go_on.set()
        await asyncio.wait_for(arrived.wait(), 5)


async def test_the_page_is_served_when_it_is_there_and_nothing_outside_it(stand: Stand) -> None:
    async with stand.client.get(stand.url) as answer:
        assert answer.status == (200 if (PAGE / "index.html").is_file() else 404)
    for name in ("none.js", "../telegram/server.py", "%2e%2e/telegram/server.py", ".hidden"):
        async with stand.client.get(f"{stand.url}/standin/static/{name}") as answer:
            assert answer.status == 404


async def test_without_a_hook_the_clock_is_told_and_not_moved() -> None:
    standin = StandIn(now=Clock())
    async with standin.serving() as url, aiohttp.ClientSession() as client:
        async with client.post(f"{url}/standin/api/clock", json={"advance": "PT2H"}) as answer:
            assert (answer.status, (await answer.json())["error"]["key"]) == (404, "no_clock")
        async with client.get(f"{url}/standin/api/clock") as answer:
            assert await answer.json() == {"now": "2026-11-23T01:30:00+00:00", "moves": False}


async def test_a_server_that_stops_lets_everybody_go_and_can_serve_again() -> None:
    standin = StandIn(now=Clock())
    standin.add_group(GROUP, "居民群", [])
    standin.faults.next("timeout")
    for turn in (1, 2):
        async with aiohttp.ClientSession() as client:
            async with standin.serving() as url:
                api = f"{url}/bot{standin.token}"
                poll = asyncio.create_task(client.get(f"{api}/getUpdates?timeout=50"))
                await standin.until(lambda: standin.polling)
                hung = asyncio.create_task(client.get(f"{api}/sendMessage?chat_id={GROUP}&text=x"))
                while len(standin.messages(GROUP)) < turn:
                    await standin.bell.heard()
            assert (await poll).status == 200
            await asyncio.gather(hung, return_exceptions=True)
    assert [call.fault for call in standin.calls if call.method == "sendMessage"] == ["timeout", ""]
