"""How much and how fast: Telegram's limits as data, and the sliding windows that count messages against the rates."""

from __future__ import annotations

import math
from collections import defaultdict, deque
from dataclasses import dataclass
from datetime import datetime, timedelta

MB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Rate:
    """At most `messages` in any `within`. `scope`: all chats together, or each group, or each private chat."""

    scope: str
    messages: int
    within: timedelta


# Bots FAQ, "My bot is hitting limits": about 30 a second in all, 20 a minute in one group, about one a second in one
# chat with short bursts.
RATES = (
    Rate("all", 30, timedelta(seconds=1)),
    Rate("group", 20, timedelta(minutes=1)),
    Rate("private", 5, timedelta(seconds=5)),
)


@dataclass(frozen=True, slots=True)
class Limits:
    """Lengths in UTF-16 units, sizes in bytes or pixels. `rates=()`: as fast as one likes."""

    text: int = 4096
    caption: int = 1024
    callback_data: int = 64
    callback_answer: int = 200
    callback_age: timedelta = timedelta(seconds=15)
    buttons: int = 100
    album: tuple[int, int] = (2, 10)
    photo: int = 10 * MB
    photo_side_sum: int = 10_000
    photo_ratio: int = 20
    upload: int = 50 * MB
    download: int = 20 * MB
    delete_age: timedelta = timedelta(hours=48)
    commands: int = 100
    rates: tuple[Rate, ...] = RATES


class Pace:
    """What was sent lately, by rate and chat."""

    def __init__(self, rates: tuple[Rate, ...]) -> None:
        self.rates = rates
        self._sent: dict[tuple[Rate, int], deque[datetime]] = defaultdict(deque)

    def take(self, chat: int, private: bool, count: int, now: datetime) -> tuple[str, int] | None:
        """Count `count` messages, or count none and say which scope refuses and for how many whole seconds.

        An album larger than a rate passes when nothing else was sent: nobody could ever send it otherwise.
        """
        windows = []
        for rate in self.rates:
            if rate.scope == "all" or (rate.scope == "private") is private:
                window = self._sent[rate, 0 if rate.scope == "all" else chat]
                while window and window[0] <= now - rate.within:
                    window.popleft()
                over = len(window) + min(count, rate.messages) - rate.messages
                if over > 0:
                    free_at = window[over - 1] + rate.within
                    return rate.scope, max(1, math.ceil((free_at - now).total_seconds()))
                windows.append(window)
        for window in windows:
            window.extend([now] * count)
        return None
