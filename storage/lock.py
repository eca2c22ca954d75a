"""One process holds the data folder: SQLite has one writer, and two loops would send everything twice."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

from core.errors import DomainError

NAME = "huying.lock"


class Held(DomainError):
    """Another process holds the folder; `pid` is its number, 0 when it could not be read."""

    def __init__(self, folder: Path, pid: int) -> None:
        super().__init__(f"{folder} is in use by process {pid or 'unknown'}")
        self.folder = folder
        self.pid = pid


class FolderLock:
    """A held folder; `release` gives it back, and so does the end of the process, however it comes."""

    def __init__(self, folder: Path, descriptor: int) -> None:
        self.folder = folder
        self._descriptor: int | None = descriptor

    @classmethod
    def take(cls, folder: Path) -> FolderLock:
        """Makes the folder if need be. Raises Held at once when somebody else has it."""
        folder.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(folder / NAME, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = os.read(descriptor, 32).decode(errors="replace").strip()
            os.close(descriptor)
            raise Held(folder, int(holder) if holder.isdecimal() else 0) from None
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0)
        return cls(folder, descriptor)

    def release(self) -> None:
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None
