"""The command line: `huying …`."""

from __future__ import annotations

import asyncio
import json
import sys
import tempfile
import webbrowser
from collections.abc import Awaitable, Callable, Coroutine
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from bots.config import Settings, load_settings
from core.messages import Reply
from core.people import Role

cli = typer.Typer(
    no_args_is_help=True, add_completion=False, help="Huying 呼应: residents call, the community answers."
)

Data = Annotated[
    Path | None, typer.Option("--data", help="The folder of the database, the pictures and the practice room.")
]
Config = Annotated[Path | None, typer.Option("--config", help="A TOML file with the settings.", exists=True)]
Port = Annotated[int | None, typer.Option("--port", min=0, max=65535, help="0 picks a free one.")]


class Channel(StrEnum):
    practice = "practice"
    telegram = "telegram"


def main() -> None:
    """The console script. What an operator can mend is said in one line, without a traceback."""
    from bots.community import PolicyError
    from bots.practice.seed import CastError
    from bots.replay import ReplayError
    from bots.texts import TextsError
    from storage.guard import Lossy
    from storage.lock import Held

    try:
        cli()
    except (PolicyError, CastError, TextsError, ReplayError, Held, Lossy, OSError, ValueError) as error:
        typer.secho(f"huying: {error}", err=True, fg=typer.colors.RED)
        sys.exit(1)


@cli.command()
def demo(
    port: Port = None,
    data: Data = None,
    once: Annotated[bool, typer.Option("--once", help="Stop when the complaint has been played.")] = False,
    empty: Annotated[bool, typer.Option("--empty", help="Seed the cast, play nothing.")] = False,
    no_open: Annotated[bool, typer.Option("--no-open", help="Do not open a browser.")] = False,
    channel: Annotated[
        Channel, typer.Option("--channel", help="Where people talk: the practice room, or a stand-in of a platform.")
    ] = Channel.practice,
) -> None:
    """The practice room: seeds a community, plays one complaint through to the posted log, prints `ready URL`, stays.

    With --channel telegram a stand-in of Telegram takes its place, on a page that shows both sides; it keeps nothing.
    """
    from bots.practice.demo import in_practice_room, on_telegram

    async def opened(address: str) -> None:
        if not no_open:
            webbrowser.open(address)
        await _until_stopped()

    if channel is Channel.practice:
        settings = load_settings(data=data, port=port, practice=True, log_level="WARNING")
        _run(settings, lambda: in_practice_room(settings, once, empty, opened))
        return
    if data is not None:
        raise ValueError(
            "the stand-in forgets everything when it stops, and so does what is tried with it: leave out --data"
        )
    with tempfile.TemporaryDirectory(prefix="huying-demo-") as scratch:
        settings = load_settings(data=Path(scratch), port=port, log_level="WARNING")
        _run(settings, lambda: on_telegram(settings, once, empty, opened))


@cli.command()
def serve(config: Config = None, data: Data = None, port: Port = None) -> None:
    """The doors and the loops in one process."""
    settings = load_settings(config, data=data, port=port)
    _run(settings, lambda: _serve(settings))


async def _serve(settings: Settings) -> None:
    from bots.app import open_huying
    from bots.web.server import serving

    async with open_huying(settings) as huying, serving(huying) as url:
        typer.echo(f"ready {url}")
        await _until_stopped()


@cli.command()
def worker(config: Config = None, data: Data = None) -> None:
    """The loops alone, beside `huying serve` processes on one PostgreSQL. On SQLite one process holds the data folder."""
    settings = load_settings(config, data=data)
    if not settings.database:
        raise ValueError("SQLite serves one process: run `huying serve`, or set a postgres:// database")
    _run(settings, lambda: _worker(settings))


async def _worker(settings: Settings) -> None:
    from bots.app import open_huying

    async with open_huying(settings):
        typer.echo("ready")
        await _until_stopped()


@cli.command()
def migrate(config: Config = None, data: Data = None) -> None:
    """Bring the database up to date, guarded: a copy first, and back to it when anything would be lost."""
    settings = load_settings(config, data=data)
    _run(settings, lambda: _migrate(settings))


async def _migrate(settings: Settings) -> None:
    from bots.app import database_url
    from storage import guard

    settings.data.mkdir(parents=True, exist_ok=True)
    report = await guard.migrate(database_url(settings), settings.data)
    typer.echo(
        f"applied: {', '.join(report.applied)}" if report.applied else "nothing to do, the database is up to date"
    )


@cli.command()
def invite(
    name: Annotated[str, typer.Option(help="What they are called.")],
    role: Annotated[Role, typer.Option(help="What they are.")],
    area: Annotated[str, typer.Option(help="The code of their community, street … in the rules.")],
    config: Config = None,
    data: Data = None,
) -> None:
    """Add somebody, such as the first staff of an empty system, and print the code that opens their account."""
    settings = load_settings(config, data=data, log_level="WARNING")
    _run(settings, lambda: _invite(settings, name, role, area))


async def _invite(settings: Settings, name: str, role: Role, area: str) -> None:
    from bots.answer import random_number
    from bots.app import database_url
    from bots.binding import enrol
    from bots.community import load_policy
    from bots.texts import load_texts
    from core.errors import Refused
    from points.rewards import code_from
    from storage.unit_of_work import Database

    policy = load_policy(settings.community)
    texts = load_texts(settings.language, policy.calendar.zone, settings.texts)
    settings.data.mkdir(parents=True, exist_ok=True)
    db = await Database.open(database_url(settings))
    try:
        number = code_from(random_number())
        code = await db.run(lambda uow: enrol(name, role, area, policy.areas, number, uow.now, uow, again=True))
    except Refused as refused:
        raise ValueError(texts.render(Reply(refused.key, refused.params))) from None
    finally:
        await db.close()
    typer.echo(f"code {code.code}")
    typer.echo(texts.render(Reply("invited", {"name": name, "code": code.code, "at": code.expires_at.isoformat()})))


@cli.command()
def replay(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="JSON lines: id, user, title, text, at.")],
    data: Data = None,
    area: Annotated[str, typer.Option(help="The grid in which everybody lives.")] = "xiuyue-3",
    rate: Annotated[float, typer.Option(min=0, help="Messages a second; 0: as fast as it goes.")] = 0,
) -> None:
    """Feed messages through the practice channel, now, one resident per user, and say what became of them."""
    with tempfile.TemporaryDirectory(prefix="huying-replay-") as scratch:
        settings = load_settings(data=data or Path(scratch), practice=True, log_level="WARNING")
        _run(settings, lambda: _replay(settings, file, area, rate))


async def _replay(settings: Settings, file: Path, area: str, rate: float) -> None:
    from bots.app import open_huying
    from bots.replay import read_lines, replay

    lines = list(read_lines(file))
    loop = asyncio.get_running_loop()
    began = loop.time()

    def pace(number: int) -> Awaitable[None] | None:
        ahead = began + number / rate - loop.time() if rate else 0.0
        return asyncio.sleep(ahead) if ahead > 0 else None

    async with open_huying(settings) as huying:
        if area not in huying.house.policy.areas:
            raise ValueError(f"there is no area {area!r}")
        with typer.progressbar(length=len(lines), label="replay", file=sys.stderr) as bar:
            summary = await replay(huying, lines, area, lambda: bar.update(1), pace)
    typer.echo(f"messages            {summary.messages}")
    typer.echo(f"events              {summary.events}")
    typer.echo(f"likely duplicates   {summary.likely_duplicates}")
    for name, count in (*summary.other.most_common(), *summary.refused.most_common()):
        typer.echo(f"answered otherwise  {count}  {name}")
    for category, count in summary.categories.most_common():
        typer.echo(f"  {count:5d}  {category}")
    typer.echo(f"refused             {sum(summary.refused.values())}")
    typer.echo(f"rate                {summary.rate:.1f} messages/s over {summary.seconds:.1f} s")
    typer.echo(f"memory              {summary.peak_mb:.0f} MB at the most")


@cli.command()
def check(config: Config = None, data: Data = None) -> None:
    """Configuration, rules, texts, font and database: what works, what does not, what to do."""
    from bots.check import check_all

    settings = load_settings(config, data=data)
    problems = 0
    for name, good, words in asyncio.run(check_all(settings)):
        typer.secho(f"{'ok     ' if good else 'PROBLEM'} {name}: {words}", fg=None if good else typer.colors.RED)
        problems += not good
    raise typer.Exit(1 if problems else 0)


@cli.command()
def audit(config: Config = None, data: Data = None) -> None:
    """Ledger sums, balances, outbox states, orphans: exit status 1 with a list where anything is off."""
    settings = load_settings(config, data=data)
    if not settings.database and not (settings.data / "huying.db").is_file():
        raise ValueError(f"there is no database in {settings.data}")
    errors = asyncio.run(_audit(settings))
    for error in errors:
        typer.secho(error, fg=typer.colors.RED)
    typer.echo(f"{len(errors)} findings")
    raise typer.Exit(1 if errors else 0)


async def _audit(settings: Settings) -> tuple[str, ...]:
    from bots.app import database_url
    from storage.audit import audit as audit_all
    from storage.unit_of_work import Database

    db = await Database.open(database_url(settings), migrate=False, alone=False)
    try:
        return tuple(str(error) for error in await db.read(lambda uow: audit_all(uow.session)))
    finally:
        await db.close()


@cli.command()
def report(
    month: Annotated[str, typer.Option(help="Such as 2026-11.")],
    area: Annotated[str, typer.Option(help="A community; all of them when it is left out.")] = "",
    out: Annotated[Path, typer.Option(help="The folder to write to.")] = Path(),
    config: Config = None,
    data: Data = None,
) -> None:
    """The month of a community in figures, as an A4 PDF and a PNG."""
    settings = load_settings(config, data=data)
    for path in asyncio.run(_report(settings, month, area, out)):
        typer.echo(path)


async def _report(settings: Settings, month: str, area: str, out: Path) -> list[Path]:
    from bots.app import database_url
    from bots.community import load_policy
    from bots.report import write_months
    from storage.unit_of_work import Database

    if not settings.database and not (settings.data / "huying.db").is_file():
        raise ValueError(f"there is no database in {settings.data}")
    policy = load_policy(settings.community)
    db = await Database.open(database_url(settings), migrate=False, alone=False)
    try:
        return await write_months(settings, policy, db, month, area, out)
    finally:
        await db.close()


@cli.command()
def bench(
    reports: Annotated[int, typer.Option(min=20, help="Reports to acknowledge.")] = 300,
    logs: Annotated[int, typer.Option(min=5, help="Logs to draw while the loop is watched.")] = 50,
    drawn: Annotated[int, typer.Option(min=25, help="Logs to draw to see how memory grows.")] = 1000,
) -> None:
    """The project's own figures as JSON, measured in one run on invented data."""
    from bots.bench import measure

    with tempfile.TemporaryDirectory(prefix="huying-bench-") as scratch:
        settings = load_settings(data=Path(scratch), practice=True, log_level="ERROR")
        figures = _run(settings, lambda: measure(settings, reports, logs, drawn))
    typer.echo(json.dumps(figures, ensure_ascii=False, indent=2))


def _run(settings: Settings, work: Callable[[], Coroutine[Any, Any, Any]]) -> Any:
    from bots.logs import set_up_logs

    set_up_logs(settings.log_level)
    try:
        return asyncio.run(work())
    except KeyboardInterrupt:
        return None


async def _until_stopped() -> None:
    import signal

    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for signum in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(signum, stop.set)
    await stop.wait()


if __name__ == "__main__":
    main()
