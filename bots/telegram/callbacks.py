"""What a button carries: the outgoing row and the choice, signed, in at most 64 bytes. What we did not sign is not a press."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re

from core.messages import Press

LIMIT = 64  # bytes of callback_data, Telegram's own
_MAC = 12  # characters, 72 bits
_DATA = re.compile(r"(0|[1-9]\d{0,18})\.([A-Za-z0-9_-]{1,31})\.([A-Za-z0-9_-]{12})", re.ASCII)


def key_of(token: str) -> bytes:
    """The key with which the buttons of the bot of that token are signed; another token, other buttons."""
    return hmac.digest(token.encode(), b"huying callback", hashlib.sha256)


def sign(outgoing: int, choice: str, key: bytes) -> str:
    """The data of one button. Raises ValueError for a choice whose id does not fit."""
    data = f"{outgoing}.{choice}.{_mac(outgoing, choice, key)}"
    if not _DATA.fullmatch(data) or len(data) > LIMIT:
        raise ValueError(f"the choice {choice!r} does not fit on a button")
    return data


def read(data: str, key: bytes) -> Press | None:
    """The press that the data says; None when it is not ours."""
    found = _DATA.fullmatch(data)
    if found is None:
        return None
    outgoing, choice = int(found[1]), found[2]
    return Press(outgoing, choice) if hmac.compare_digest(_mac(outgoing, choice, key), found[3]) else None


def _mac(outgoing: int, choice: str, key: bytes) -> str:
    mac = hmac.digest(key, f"{outgoing}.{choice}".encode(), hashlib.sha256)
    return base64.urlsafe_b64encode(mac)[:_MAC].decode()
