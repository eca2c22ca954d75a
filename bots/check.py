"""What works, what does not, and what to do about it, before anything is started."""

from __future__ import annotations

import logging
from datetime import UTC, datetime

from bots.app import database_url
from bots.community import load_policy
from bots.config import Settings
from bots.practice.values import CAPABILITIES as PRACTICE
from bots.texts import load_texts
from bots.web.static import find_font
from narratives.text import faults_in
from storage.unit_of_work import Database

logger = logging.getLogger(__name__)
Finding = tuple[str, bool, str]


async def check_all(settings: Settings) -> list[Finding]:
    """(what, works, in words), one after another; what cannot be read is a finding, not an error."""
    found: list[Finding] = []
    zone = "Asia/Shanghai"
    try:
        policy = load_policy(settings.community)
        zone = policy.calendar.zone
        found.append(("rules", True, f"{len(policy.categories)} categories, {len(policy.areas.all())} areas"))
        found.append(_calendar(policy.calendar.holidays))
    except Exception as error:
        found.append(("rules", False, str(error)))
    try:
        found.append(("texts", True, f"{len(load_texts(settings.language, zone, settings.texts).say)} sentences"))
    except Exception as error:
        found.append(("texts", False, str(error)))
    if settings.templates is not None:
        found += _templates(settings)
    font = find_font()
    found.append(("font", font is not None, font.name if font else "zhplot is not installed: run `make setup`"))
    found.append(await _database(settings))
    found += await _telegram(settings)
    if settings.practice:
        found.append(("channel 实训室", True, PRACTICE.words()))
        found.append(("practice room", True, "on; it trusts whoever opens it, keep it off where residents are served"))
    return found


def _templates(settings: Settings) -> list[Finding]:
    """The office's own templates and words of stories: each fault with its place, or that all can be used."""
    assert settings.templates is not None
    if not settings.templates.is_dir():
        return [("templates", False, f"{settings.templates} is no folder")]
    faults = faults_in(settings.templates, settings.language)
    told = [("templates", False, f"{fault.file}:{fault.line}: {fault.reason}") for fault in faults]
    return told or [("templates", True, f"those in {settings.templates} can be used")]


def _calendar(holidays: frozenset[object]) -> Finding:
    year = datetime.now(UTC).year
    if any(getattr(day, "year", 0) == year for day in holidays):
        return ("calendar", True, f"holidays of {year} are known")
    return ("calendar", False, f"no holidays of {year}: add them to [calendar] from the yearly notice")


async def _telegram(settings: Settings) -> list[Finding]:
    """What bots/telegram/check.py finds, where there is a token."""
    if not settings.telegram_token.get_secret_value():
        return []
    from bots.telegram.capabilities import CAPABILITIES
    from bots.telegram.check import check
    from bots.telegram.incoming import CHANNEL

    groups: dict[str, str] = {}
    if settings.database or (settings.data / "huying.db").exists():
        try:
            db = await Database.open(database_url(settings), migrate=False, alone=False)
            try:
                groups = await db.read(lambda uow: uow.chats.bound(CHANNEL))
            finally:
                await db.close()
        except Exception as error:
            logger.info("the groups are not known: %s", error)  # the finding about the database says it
    return [("channel Telegram", True, CAPABILITIES.words()), *await check(settings, groups)]


async def _database(settings: Settings) -> Finding:
    name = "PostgreSQL" if settings.database else "SQLite"
    if not settings.database and not (settings.data / "huying.db").exists():
        return ("database", True, f"{name}: none yet in {settings.data}, the first start makes it")
    try:
        db = await Database.open(database_url(settings), migrate=False, alone=False)
        try:
            await db.read(lambda uow: uow.session.one("SELECT count(*) AS people FROM person"))
        finally:
            await db.close()
    except Exception as error:
        return ("database", False, f"{name}: {error}")
    return ("database", True, f"{name} answers")
