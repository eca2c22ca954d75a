"""Logs: one JSON line an outcome, on standard error, masked before it is written."""

from __future__ import annotations

import logging
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog

from core.privacy import mask


def set_up_logs(level: str) -> None:
    """Send every logger of ours and of the libraries through structlog. The libraries speak from WARNING on."""
    shared: list[Any] = [
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
    ]
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                _masked,
                structlog.processors.JSONRenderer(ensure_ascii=False),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    for name in ("bots", "core", "points", "narratives", "storage"):
        logging.getLogger(name).setLevel(level)


def _masked(_: Any, __: str, line: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Nobody's phone or door in a log line, whatever an exception carried along."""
    return {key: mask(value) if isinstance(value, str) and key != "timestamp" else value for key, value in line.items()}
