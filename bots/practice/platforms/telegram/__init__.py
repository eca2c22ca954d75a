"""A stand-in of Telegram: the Bot API over HTTP, people who write and press, and what goes wrong between them."""

from bots.practice.platforms.telegram.faults import Fault, Faults
from bots.practice.platforms.telegram.limits import Limits, Rate
from bots.practice.platforms.telegram.standin import StandIn
from bots.practice.platforms.telegram.values import Button, Call, Handed, Misuse, Overrun, Seen, User

__all__ = [
    "Button",
    "Call",
    "Fault",
    "Faults",
    "Handed",
    "Limits",
    "Misuse",
    "Overrun",
    "Rate",
    "Seen",
    "StandIn",
    "User",
]
