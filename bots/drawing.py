"""The drawing process: pictures are composed and photos cleaned there, so that the event loop never waits for one.

Started by spawn, since the parent has threads; one process by default. It is never replaced while it lives
(max_tasks_per_child hangs on Python 3.11); when it dies it is built anew and what it was doing is done once more.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import multiprocessing
import os
import resource
import shutil
import signal
import tempfile
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from multiprocessing.process import BaseProcess
from typing import TypeVar, TypeVarTuple

from narratives.card import warm_up

logger = logging.getLogger(__name__)

MEMORY = 2_500_000_000  # bytes of address space a drawing process may use
TIMEOUT_S = 60.0
_WATCH_S = 1.0  # how soon a drawing process notices that its parent is gone
_GRACE_S = 5.0  # for work in hand when everything is closed
_THREADS = {"RAYON_NUM_THREADS": "2", "OPENBLAS_NUM_THREADS": "1"}  # each takes address space, whatever the machine has

Args = TypeVarTuple("Args")
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class _Pool:
    """The processes, and the folder in which all their files are."""

    executor: ProcessPoolExecutor
    folder: str

    def processes(self) -> list[BaseProcess]:
        return list((self.executor._processes or {}).values())


class Drawing:
    """Runs plain functions in drawing processes, in the order asked. All that goes in and comes out is pickled."""

    def __init__(self, workers: int = 1) -> None:
        self._workers = workers
        self._turn = asyncio.Semaphore(workers)  # whoever has a turn has a process: no time limit runs in a queue
        self._lock = threading.Lock()
        self._pool: _Pool | None = None
        self._closed = False

    def start(self) -> None:
        """Start the first process, which loads its font meanwhile. Without it the first work does."""
        self._submit(os.getpid)

    async def run(self, function: Callable[[*Args], T], *args: *Args, timeout_s: float = TIMEOUT_S) -> T:
        """What the function returns or raises; done once more when its process dies under it.

        Raises TimeoutError when it takes longer (its process is ended), BrokenProcessPool when a process dies twice
        under it, RuntimeError after `close`.
        """
        async with self._turn:
            try:
                return await self._once(function, args, timeout_s)
            except BrokenProcessPool:
                logger.warning("a drawing process died function=%s", getattr(function, "__name__", function))
                return await self._once(function, args, timeout_s)

    async def close(self) -> None:
        """End the processes; work in hand has a few seconds left."""
        await asyncio.to_thread(self._close)

    async def _once(self, function: Callable[[*Args], T], args: tuple[*Args], timeout_s: float) -> T:
        # In a thread, because the first work starts a process, which takes the better part of a tick.
        pool, work = await asyncio.to_thread(lambda: self._submit(function, *args))
        try:
            return await asyncio.wait_for(asyncio.wrap_future(work), timeout_s)
        except TimeoutError:
            if not work.done() or work.cancelled():  # else the function itself raised it
                await asyncio.to_thread(self._discard, pool)
            raise
        except BrokenProcessPool:
            await asyncio.to_thread(self._discard, pool)
            raise

    def _submit(self, function: Callable[[*Args], T], *args: *Args) -> tuple[_Pool, Future[T]]:
        with self._lock:
            if self._closed:
                raise RuntimeError("the drawing process is closed")
            if self._pool is not None:
                with contextlib.suppress(BrokenProcessPool):  # its process died with nothing to do
                    return self._pool, self._pool.executor.submit(function, *args)
                _end(self._pool, grace_s=0)
            spawn = multiprocessing.get_context("spawn")
            folder = tempfile.mkdtemp(prefix="huying-drawing-")
            executor = ProcessPoolExecutor(self._workers, spawn, initializer=_prepare, initargs=(os.getpid(), folder))
            self._pool = _Pool(executor, folder)
            return self._pool, executor.submit(function, *args)

    def _discard(self, pool: _Pool) -> None:
        """End this pool, so that the next work starts new processes."""
        with self._lock:
            if self._pool is pool:
                self._pool = None
        _end(pool, grace_s=0)

    def _close(self) -> None:
        with self._lock:
            self._closed = True
            pool, self._pool = self._pool, None
        if pool is not None:
            _end(pool, _GRACE_S)


def _end(pool: _Pool, grace_s: float) -> None:
    """End the processes, those still at work after the grace by force, and leave nothing of theirs on the disk."""
    processes = pool.processes()
    pool.executor.shutdown(wait=False, cancel_futures=True)
    until = time.monotonic() + grace_s
    for process in processes:
        process.join(max(0.0, until - time.monotonic()))
        if process.is_alive():
            process.kill()
    pool.executor.shutdown(wait=True)
    shutil.rmtree(pool.folder, ignore_errors=True)


def _prepare(parent: int, folder: str) -> None:
    """What a drawing process does first: bound itself, watch its parent, load what every picture needs."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to answer
    os.environ.update(_THREADS)
    tempfile.tempdir = folder
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY if hard == resource.RLIM_INFINITY else min(MEMORY, hard), hard))
    threading.Thread(target=_watch, args=(parent, folder), name="parent-watch", daemon=True).start()
    try:
        warm_up()
    except Exception:  # a missing font is told by the drawing that needs it, not by a pool that cannot start
        logger.exception("the drawing process could not warm up")


def _watch(parent: int, folder: str) -> None:
    """End this process when its parent is gone: a killed parent leaves no orphan and no photo behind."""
    while os.getppid() == parent:
        time.sleep(_WATCH_S)
    shutil.rmtree(folder, ignore_errors=True)
    os._exit(1)
