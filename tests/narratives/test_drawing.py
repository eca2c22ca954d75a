"""The drawing process is tested here, beside what it draws; bots/drawing.py is its home."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path

import pytest

from bots.drawing import Drawing
from core.errors import Refused
from narratives.card import draw
from narratives.story import as_data
from tests.narratives.builders import jpeg, story

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
async def drawing() -> AsyncIterator[Drawing]:
    drawing = Drawing()
    try:
        yield drawing
    finally:
        await drawing.close()


def die_once(marker: str) -> int:
    if not Path(marker).exists():
        Path(marker).touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return os.getpid()


def die() -> None:
    os._exit(3)


def refuse() -> None:
    raise Refused("photo_unreadable", name="x")


def take_memory() -> int:
    return len(bytearray(3_000_000_000))


def is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_the_process_that_serves_does_not_load_matplotlib() -> None:
    loaded = "import sys, bots.app, bots.web.server; print('matplotlib' in sys.modules)"
    told = subprocess.run([sys.executable, "-c", loaded], capture_output=True, text=True, check=True, cwd=ROOT)
    assert told.stdout.strip() == "False"


async def test_work_whose_process_is_killed_is_done_once_more_and_the_next_works_too(
    drawing: Drawing, tmp_path: Path
) -> None:
    second = await drawing.run(die_once, str(tmp_path / "died"))
    assert await drawing.run(os.getpid) == second  # the new process stays
    os.kill(second, signal.SIGKILL)  # with nothing to do
    assert await drawing.run(os.getpid) not in (second, os.getpid())


async def test_work_that_kills_its_process_every_time_is_given_up_and_harms_nobody_else(drawing: Drawing) -> None:
    with pytest.raises(BrokenProcessPool):
        await drawing.run(die)
    assert await drawing.run(os.getpid) != os.getpid()


async def test_errors_come_back_as_they_are_bounds_hold_and_a_picture_is_drawn(drawing: Drawing) -> None:
    drawing.start()
    with pytest.raises(Refused) as refused:
        await drawing.run(refuse)
    assert (refused.value.key, refused.value.params) == ("photo_unreadable", {"name": "x"})
    with pytest.raises(MemoryError):
        await drawing.run(take_memory)
    pictures = await asyncio.gather(*(drawing.run(draw, as_data(story()), {"after.jpg": jpeg()}) for _ in range(3)))
    assert len({picture.data for (picture,) in pictures}) == 1


async def test_work_that_takes_too_long_is_ended_and_what_waits_behind_it_is_not(drawing: Drawing) -> None:
    pid = await drawing.run(os.getpid)
    slow = asyncio.create_task(drawing.run(time.sleep, 60.0, timeout_s=0.2))
    next_one = asyncio.create_task(drawing.run(os.getpid, timeout_s=20))
    with pytest.raises(TimeoutError):
        await slow
    assert await next_one != pid
    assert not is_alive(pid)


async def test_closed_it_leaves_no_process_and_takes_no_work() -> None:
    drawing = Drawing()
    pid = await drawing.run(os.getpid)
    await drawing.close()
    assert not is_alive(pid)
    with pytest.raises(RuntimeError):
        await drawing.run(os.getpid)
    await drawing.close()


PARENT = """
import asyncio, os
from bots.drawing import Drawing

async def main():
    drawing = Drawing()
    print(await drawing.run(os.getpid), flush=True)
    await asyncio.sleep(60)

if __name__ == "__main__":
    asyncio.run(main())
"""


def test_a_parent_killed_hard_leaves_no_drawing_process_behind(tmp_path: Path) -> None:
    script = tmp_path / "parent.py"
    script.write_text(PARENT, encoding="utf-8")
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "TMPDIR": str(tmp_path)}
    with subprocess.Popen([sys.executable, str(script)], stdout=subprocess.PIPE, text=True, env=environment) as parent:
        assert parent.stdout is not None
        pid = int(parent.stdout.readline())
        (folder,) = tmp_path.glob("huying-drawing-*")
        parent.kill()
    until = time.monotonic() + 10
    while is_alive(pid) and time.monotonic() < until:
        time.sleep(0.1)
    assert not is_alive(pid)
    assert not folder.exists()
