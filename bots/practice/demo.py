"""`huying demo`: a community to try, in the practice room or on the stand-in of a platform."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TypeAlias

import typer

from bots.app import open_huying
from bots.config import Settings
from bots.practice.platforms.telegram.trial import on_stand_in
from bots.practice.play import GROUP, RoomStage, play
from bots.web.server import serving

Opened: TypeAlias = Callable[[str], Awaitable[None]]
"""What is done with the address of the page once it can be opened; returns when it is to end."""


async def in_practice_room(settings: Settings, once: bool, empty: bool, opened: Opened) -> None:
    """The practice room, with one complaint played in it; with `once` it ends there."""

    async with open_huying(settings) as huying:
        assert huying.room is not None
        typer.echo(f"实训室：数据在 {settings.data}")
        if not empty and not await huying.room.messages(GROUP, 0):
            await play(RoomStage(huying, huying.room), _tell)
        if once:
            return
        async with serving(huying) as url:
            typer.echo(f"ready {url}")
            await opened(f"{url}/practice")


async def on_telegram(settings: Settings, once: bool, empty: bool, opened: Opened) -> None:
    """The stand-in of Telegram in its place."""

    async with on_stand_in(settings) as trial:
        typer.echo(f"Telegram 替身：两边都看得见。呼应自己的网页在 {trial.pages}")
        if not empty:
            await play(trial.stage, _tell)
        if once:
            return
        typer.echo(f"ready {trial.url}")
        await opened(trial.url)


def _tell(step: str, answer: str) -> None:
    typer.secho(step, fg=typer.colors.GREEN)
    first, *others = answer.splitlines()
    typer.echo("\n".join([f"        小应：{first}", *(f"              {line}" for line in others)]))
