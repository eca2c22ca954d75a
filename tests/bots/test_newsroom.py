"""What is published, from the event's end to the groups: digests, the office's own templates, the public page."""

from __future__ import annotations

import io
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from PIL import Image

from bots import digests
from bots.app import Huying, open_huying
from bots.composing import link_of, mask_but
from bots.config import Settings
from bots.practice.clock import ZONE
from bots.practice.room import Post
from bots.practice.values import BOT, Message
from bots.web.screens import public_log, screen_state
from core.messages import Audience, Chat, ChatKind
from core.turn import Turn
from narratives import editing, withdrawal
from narratives.publications import Publication
from storage.unit_of_work import Unit
from tests.conftest import MONDAY, Opens
from tests.scenarios.transcript import SAMPLES

DAILY, GROUP, STAFF = "fenglin-2-daily", "fenglin-2-residents", "fenglin-staff"
AFTER = (SAMPLES / "after.jpg").read_bytes()
BEFORE = (SAMPLES / "before.jpg").read_bytes()


async def say(huying: Huying, sender: str, text: str, *photos: bytes, chat: str = "") -> list[str]:
    """The keys of what the bot says to it."""
    assert huying.room is not None
    _, replies = await huying.room.post(Post(chat or f"direct:{sender}", sender, text, photos))
    return [reply.key for reply in replies]


async def said(huying: Huying, chat: str, key: str) -> list[Message]:
    assert huying.room is not None
    return [one for one in await huying.room.messages(chat, 0) if one.sender == BOT and one.key == key]


async def publish_one(huying: Huying, number: int, matter: str = "7栋门口垃圾没人清") -> None:
    """A matter of the grid with the daily group, reported, handled, rated and approved."""
    await say(huying, "gao-jie", matter)
    await say(huying, "han-mei", f"办结 {number} 清走了", AFTER)
    await say(huying, "gao-jie", f"评价 {number} 5")
    await huying.worker.settle()
    assert await say(huying, "xu-wen", f"通过 L{number} 已检查") == ["log_approved"]
    await huying.worker.settle()


async def until(huying: Huying, day: int, hour: int, minute: int = 0) -> None:
    await huying.worker.settle_until(datetime(2026, 11, day, hour, minute, tzinfo=ZONE))


# ------------------------------------------------------------------------------------------------------------ digests
async def test_a_daily_group_reads_nothing_before_the_hour_and_one_post_at_it(opens: Opens) -> None:
    huying = await opens()
    await publish_one(huying, 1)
    await until(huying, 23, 17, 59)
    assert await said(huying, DAILY, "digest_posted") == []
    assert len(await said(huying, GROUP, "log_posted")) == 1
    await until(huying, 25, 12)
    (post,) = await said(huying, DAILY, "digest_posted")
    assert f"{post.at.astimezone(ZONE):%m-%d %H:%M}" == "11-23 18:00"
    assert (post.params["count"], len(post.images)) == (1, 1)
    assert await said(huying, DAILY, "log_posted") == []


async def test_what_is_more_than_one_digest_holds_waits_for_the_next_day(opens: Opens) -> None:
    huying = await opens()
    for number in range(1, digests.ITEMS + 3):
        await publish_one(huying, number, f"{number % 6 + 7}栋门口第{number}处垃圾没人清，味道大")
    await until(huying, 24, 12)
    await until(huying, 25, 12)
    posts = await said(huying, DAILY, "digest_posted")
    assert [post.params["count"] for post in posts] == [digests.ITEMS, 2]
    assert [post.params["day"] for post in posts] == ["2026-11-23", "2026-11-24"]


async def test_the_digest_of_a_day_is_made_once_however_often_the_loop_comes_by(opens: Opens) -> None:
    huying = await opens()
    await publish_one(huying, 1)
    await until(huying, 23, 18, 5)
    assert await digests.post_due(huying.house) == 0
    await publish_one(huying, 2, "8栋路灯不亮")
    await huying.worker.settle()
    assert len(await said(huying, DAILY, "digest_posted")) == 1  # the second is tomorrow's
    assert await digests.next_due(huying.house) == datetime(2026, 11, 24, 18, tzinfo=ZONE)


async def test_a_digest_says_only_what_was_approved_and_labels_photos_by_their_stage(opens: Opens) -> None:
    huying = await opens()
    await say(huying, "gao-jie", "7栋门口垃圾没人清", BEFORE)
    await say(huying, "han-mei", "办结 1 清走了，谢谢高姐提醒")
    await say(huying, "gao-jie", "可用照片 1")
    await say(huying, "gao-jie", "评价 1 5")
    await huying.worker.settle()
    await say(huying, "xu-wen", "通过 L1 已检查")
    await until(huying, 23, 18, 5)
    (post,) = await said(huying, DAILY, "digest_posted")
    assert "高姐" not in post.text
    assert "谢谢高*提醒" in post.text


async def test_a_digest_that_cannot_be_made_is_tried_again_later_and_stops_nothing(
    opens: Opens, caplog: pytest.LogCaptureFixture
) -> None:
    huying = await opens()
    await publish_one(huying, 1)
    await huying.house.drawing.close()
    await until(huying, 23, 18, 2)
    assert caplog.text.count("no digest chat=") == 1  # not once a second
    assert await said(huying, DAILY, "digest_posted") == []


async def test_words_in_reply_to_a_preview_are_about_that_one(opens: Opens) -> None:
    huying = await opens()
    assert huying.room is not None
    await say(huying, "xu-wen", "通知 明天停水")
    await say(huying, "xu-wen", "通知 后天停电")
    await huying.worker.settle()
    first, second = await said(huying, STAFF, "notice_preview")
    _, (reply,) = await huying.room.post(Post(STAFF, "deng-lina", "通过", reply_to=second.id))
    assert (reply.key, reply.params["log"]) == ("log_approved", "L2")
    await say(huying, "deng-lina", "修改 L1 明天上午停水")
    await huying.worker.settle()
    _, (reply,) = await huying.room.post(Post(STAFF, "xu-wen", "通过", reply_to=first.id))
    assert reply.key == "log_redrawn"


async def test_what_staff_say_of_a_log_among_residents_is_answered_1_to_1(opens: Opens) -> None:
    huying = await opens()
    await say(huying, "gao-jie", "7栋门口垃圾没人清")
    await say(huying, "han-mei", "办结 1 清走了", AFTER)
    await say(huying, "gao-jie", "评价 1 5")
    await huying.worker.settle()
    for words in ("去掉照片 L1", "通过 L1", "审核 L1", "通过 L9"):
        assert await say(huying, "xu-wen", f"@小应 {words}", chat=GROUP) == ["sent_privately"]


async def test_a_retry_keeps_what_staff_made_of_a_log_meanwhile(opens: Opens) -> None:
    huying = await opens()
    await say(huying, "gao-jie", "7栋门口垃圾没人清")
    await say(huying, "han-mei", "办结 1 清走了", AFTER)
    (photo,) = [path for path in (huying.house.settings.data / "media").rglob("*.jpg")]
    raw = photo.read_bytes()
    photo.unlink()
    await say(huying, "gao-jie", "评价 1 5")
    await huying.worker.settle()
    assert (await the_log(huying)).state == "drawing"
    token = (await the_log(huying)).token
    await say(huying, "xu-wen", "修改 L1 当天清走了。")
    photo.write_bytes(raw)
    await until(huying, 23, 12)
    log = await the_log(huying)
    assert (log.state, log.token, log.changed_text) == ("waiting", token, "当天清走了。")
    assert "当天清走了。" in log.text


async def test_what_is_withdrawn_while_the_digest_is_drawn_is_not_in_it(opens: Opens) -> None:
    huying = await opens()
    await publish_one(huying, 1)
    (chat,) = await huying.house.db.read(
        lambda uow: uow.publications.digests_due(MONDAY + timedelta(days=1), "2026-11-23")
    )

    async def both(uow: Unit) -> int:
        """As the digest's last unit finds it when somebody made the matter private in between."""
        event = await uow.events.by_serial("fenglin", 1)
        assert event is not None
        await withdrawal.withdraw(replace(event, private=True), uow, "fact:9", MONDAY)
        log = await uow.publications.of_event(event.id)
        assert log is not None
        return await uow.publications.digested(chat, [log.id], "2026-11-23")

    assert await huying.house.db.run(both) == 0
    await until(huying, 24, 12)
    assert await said(huying, DAILY, "digest_posted") == []


# -------------------------------------------------------------------------------------------- the office's own templates
@pytest.fixture
async def styled(tmp_path: Path) -> AsyncIterator[tuple[Huying, Path]]:
    """A Huying with a folder of its own templates and a public address."""
    folder = tmp_path / "templates"
    folder.mkdir()
    settings = Settings(
        data=tmp_path / "data", practice=True, port=0, templates=folder, public_url="https://huying.example.org/"
    )
    async with open_huying(settings, start=MONDAY, loops=False) as huying:
        yield huying, folder


async def test_a_broken_template_is_told_to_staff_once_a_day_and_ours_is_used(styled: tuple[Huying, Path]) -> None:
    huying, folder = styled
    (folder / "post.zh.j2").write_text("{{ story.title }}\n{% if %}", encoding="utf-8")
    await publish_one(huying, 1)
    await publish_one(huying, 2, "8栋路灯不亮")
    (told,) = await said(huying, STAFF, "template_broken")
    assert (told.params["file"], told.params["line"]) == ("post.zh.j2", 2)
    (first, *_) = await said(huying, GROUP, "log_posted")
    assert first.text.startswith("【枫林社区】")
    assert first.text.splitlines()[-1].startswith("EV-20261123-0001")


async def test_an_offices_own_ending_stands_in_the_post(styled: tuple[Huying, Path]) -> None:
    huying, folder = styled
    (folder / "post.zh.j2").write_text(
        '{% extends "ours/post.zh.j2" %}{% block call %}有事打 84001234。{% endblock %}', encoding="utf-8"
    )
    await publish_one(huying, 1)
    (post,) = await said(huying, GROUP, "log_posted")
    assert post.text.splitlines()[-1] == "EV-20261123-0001，详情见图。有事打 84001234。"
    assert await said(huying, STAFF, "template_broken") == []


# ----------------------------------------------------------------------------------------------- the public page, the screen
async def the_log(huying: Huying) -> Publication:
    found = await huying.house.db.read(lambda uow: uow.publications.by_serial("fenglin", 1))
    assert found is not None
    return found


async def test_the_code_leads_to_a_page_that_is_there_while_it_is_approved(styled: tuple[Huying, Path]) -> None:
    huying, _ = styled
    await say(huying, "gao-jie", "7栋门口垃圾没人清")
    await say(huying, "han-mei", "办结 1 清走了")
    await say(huying, "gao-jie", "评价 1 5")
    await huying.worker.settle()
    log = await the_log(huying)
    assert link_of(log.token, huying.house) == f"https://huying.example.org/e/{log.token}"
    assert await public_log(log.token, huying.house) is None
    await say(huying, "xu-wen", "通过 L1")
    shown = await public_log(log.token, huying.house)
    assert shown is not None
    assert (shown.number, shown.community, shown.images) == ("EV-20261123-0001", "枫林社区", log.images)
    await say(huying, "gao-jie", "不公开 1")
    assert await public_log(log.token, huying.house) is None


async def test_a_change_keeps_the_address_that_the_code_leads_to(styled: tuple[Huying, Path]) -> None:
    huying, _ = styled
    await say(huying, "gao-jie", "7栋门口垃圾没人清")
    await say(huying, "han-mei", "办结 1 清走了")
    await say(huying, "gao-jie", "评价 1 5")
    await huying.worker.settle()
    before = await the_log(huying)
    await say(huying, "xu-wen", "修改 L1 当天清走了")
    await huying.worker.settle()
    after = await the_log(huying)
    assert (after.token, after.edition) == (before.token, before.edition + 1)
    assert after.images != before.images


async def test_what_staff_cover_is_covered_in_the_picture_that_is_approved(opens: Opens) -> None:
    huying = await opens()
    await say(huying, "gao-jie", "7栋门口垃圾没人清")
    await say(huying, "han-mei", "办结 1 清走了", framed("#ff00ff"))
    await say(huying, "gao-jie", "评价 1 5")
    await huying.worker.settle()
    before = await the_log(huying)
    assert has_colour(huying, before, (255, 0, 255))

    async def cover(uow: Unit) -> None:
        (staff,) = [one for one in await uow.people.staff("fenglin", "guilin") if one.name == "许文"]
        chat = Chat(0, "web", "web", "web", ChatKind.DIRECT, Audience.STAFF, "fenglin")
        turn = Turn("web:1", staff, chat, huying.house.policy, huying.house.clock.now())
        await editing.cover(1, before.photos[0], [(0.2, 0.2, 0.6, 0.6)], turn, uow)

    await huying.house.db.run(cover)
    await huying.worker.settle()
    after = await the_log(huying)
    assert (after.state, after.edition) == ("waiting", 2)
    assert not has_colour(huying, after, (255, 0, 255))


def framed(colour: str) -> bytes:
    """A photo of a small square of that colour, in the middle of green."""
    picture = Image.new("RGB", (800, 600), "#20a020")
    picture.paste(colour, (360, 260, 440, 340))
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=95)
    return out.getvalue()


def has_colour(huying: Huying, log: Publication, colour: tuple[int, int, int]) -> bool:
    picture = Image.open(huying.house.media.path(log.images[0])).convert("RGB").reduce(4)
    raw = picture.tobytes()
    pixels = zip(raw[::3], raw[1::3], raw[2::3], strict=True)
    return any(max(abs(a - b) for a, b in zip(pixel, colour, strict=True)) < 30 for pixel in pixels)


async def test_without_an_address_the_code_leads_to_the_intake(opens: Opens) -> None:
    huying = await opens()
    assert link_of("ABCDEFGHIJKLMNOPQRSTUV", huying.house) == huying.house.policy.publishing.intake == ""


async def test_the_screen_shows_notices_and_honours_beside_the_logs(opens: Opens) -> None:
    huying = await opens()
    await publish_one(huying, 1)
    await say(huying, "xu-wen", "通知 明天9点到12点停水")
    await say(huying, "xu-wen", "光荣榜 2026-11")
    await huying.worker.settle()
    for number in (2, 3):
        assert await say(huying, "deng-lina", f"通过 L{number}") == ["log_approved"]
    state = await screen_state("fenglin", huying.house)
    assert state is not None
    assert [[one.number for one in shown] for shown in (state.logs, state.notices, state.honours)] == [
        ["L1"],
        ["L2"],
        ["L3"],
    ]
    assert "高*" in state.honours[0].text
    assert "高姐" not in state.honours[0].text
    grid = await screen_state("fenglin-1", huying.house)
    assert grid is not None
    assert [len(shown) for shown in (grid.logs, grid.notices, grid.honours)] == [0, 1, 1]


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("电话 0411-84001234 或 13812345678", "电话 0411-84001234 或 138****5678"),
        ("电话 0411-84001235", "电话 0411-****1235"),
    ],
)
def test_numbers_of_offices_stay_in_a_notice_and_no_others(text: str, kept: str) -> None:
    assert mask_but(text, ("0411-84001234",)) == kept
    assert mask_but(text, ()) != text


@pytest.mark.parametrize("phone", ["12345", "110", "1381"])
def test_a_short_public_number_opens_no_longer_one(phone: str) -> None:
    text = "王大妈电话13812345678，身份证210110199003078834"
    assert mask_but(text, (phone,)) == mask_but(text, ())
