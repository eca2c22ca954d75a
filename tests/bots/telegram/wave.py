"""A wave of posts to the webhook: well formed and broken, forged and replayed, and what of it should be taken."""

from __future__ import annotations

import copy
import gzip
import json
import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from bots.answer import is_for_bot
from bots.practice.platforms.telegram.updates import SECRET_HEADER
from bots.telegram.incoming import message
from bots.telegram.telegram import BODY_LIMIT, parse
from tests.telegram import OnTelegram

JUNK: tuple[Any, ...] = (
    None, True, -1, 0, 7, 2**53, -(2**63), 10**400, 1.5, 1e308, "", "x", "\x00", "\ud83d", "💡" * 50, "9" * 5000, [], {}, [[]], {"": None},
    [None] * 50, {"id": "7"},
)  # fmt: skip
PLACES = ("路灯", "电梯", "下水道", "健身器材", "垃圾桶", "单元门", "楼道灯", "消防栓")


@dataclass(frozen=True, slots=True)
class Post:
    """One request. `how`: whole, cut off in the middle of its body, or in chunks without its length."""

    body: bytes
    headers: Mapping[str, str]
    status: int | None
    how: str = "whole"


@dataclass
class Wave:
    """What is posted, and what of it should be taken: the words of `reports` once each, whatever comes twice; of `forgeries` none."""

    stand: OnTelegram
    random: random.Random
    numbers: Iterator[int] = field(default_factory=lambda: count(1))
    reports: list[str] = field(default_factory=list)
    forgeries: list[str] = field(default_factory=list)
    heard: set[tuple[str, str]] = field(default_factory=set)  # (chat, message) that the dialogue should get

    @property
    def signed(self) -> dict[str, str]:
        assert self.stand.huying.telegram is not None
        return {SECRET_HEADER: self.stand.huying.telegram.secret, "Content-Type": "application/json"}

    def update(self, text: str = "", **more: Any) -> dict[str, Any]:
        """A message in the residents' group, by one of its members or a newcomer."""
        n = next(self.numbers)
        chat = self.stand.chat("xiuyue-3-residents")
        sender = {"id": 7_500_000 + n % 400, "is_bot": False, "first_name": f"居民{n % 400}"}
        body = {
            "message_id": 1000 + n,
            "date": 1_795_397_400,
            "chat": {"id": chat, "type": "supergroup", "title": "秀月三网格居民群"},
            "from": sender,
            "text": text or f"报事 {n}号楼{PLACES[n % len(PLACES)]}坏了，第{n}次说",
            **more,
        }
        return {"update_id": n, "message": body}

    def expect(self, body: bytes) -> None:
        """What the dialogue should hear of a signed body, by the pure converters."""
        update = parse(body)
        if update is None or update.message is None:
            return
        heard = message([update.message], self.stand.door.me)
        if heard is not None and is_for_bot(heard.incoming, self.stand.huying.house.policy):
            self.heard.add((heard.incoming.chat, heard.incoming.message_id))

    def post(self, body: bytes | dict[str, Any], status: int | None = 200, how: str = "whole", **headers: str) -> Post:
        raw = body if isinstance(body, bytes) else json.dumps(body).encode("utf-8", "surrogatepass")
        if status == 200:
            self.expect(raw)
        return Post(raw, self.signed | {name.replace("_", "-"): value for name, value in headers.items()}, status, how)

    def reported(self) -> dict[str, Any]:
        """A message that should be taken."""
        update = self.update()
        self.reports.append(update["message"]["text"])
        return update

    # ---- the kinds of post, each as often as it is posted

    def report(self) -> list[Post]:
        """Said in the group, and posted one to five times."""
        return [self.post(self.reported())] * self.random.randint(1, 5)

    def chatter(self) -> list[Post]:
        return [self.post(self.update("今天天气真好"))] * self.random.randint(1, 3)

    def album(self) -> list[Post]:
        """Three pictures with the words under any, each posted once or twice."""
        n = next(self.numbers)
        told = self.reported()["message"]
        words, at = told.pop("text"), self.random.randrange(3)
        parts = []
        for part in range(3):
            body = {**told, "message_id": 10_000_000 + 10 * n + part, "media_group_id": f"a{n}"}
            body |= {"photo": [{"file_id": f"gone-{n}-{part}"}]} | ({"caption": words} if part == at else {})
            parts.append(body)
            self.heard.add((str(told["chat"]["id"]), str(body["message_id"])))
        raw = [json.dumps({"update_id": n, "message": part}).encode() for part in parts]
        return [Post(one, self.signed, 200) for one in raw for _ in range(self.random.randint(1, 2))]

    def swapped(self) -> list[Post]:
        """A value somewhere in it is of another type."""
        update = copy.deepcopy(self.update())
        where = self.random.choice(list(_places(update)))
        where[0][where[1]] = self.random.choice(JUNK)
        return [self.post(update)] * self.random.randint(1, 2)

    def mangled(self) -> list[Post]:
        """Bytes lost, doubled or changed on the way."""
        raw = bytearray(json.dumps(self.update(), ensure_ascii=self.random.random() < 0.5).encode())
        at = self.random.randrange(len(raw))
        match self.random.randrange(4):
            case 0:
                del raw[at:]
            case 1:
                raw[at] = self.random.randrange(256)
            case 2:
                raw[at:at] = raw[:at]
            case 3:
                raw = bytearray(self.random.randbytes(at))
        return [self.post(bytes(raw))]

    def nested(self) -> list[Post]:
        depth = self.random.choice((100, 10_000, 200_000))
        inner = self.random.choice((b"[", b'{"a":', b'{"reply_to_message":'))[: 5_000_000 // depth]
        return [self.post(b'{"update_id":1,"message":' + (inner * depth)[: BODY_LIMIT - 100])]

    def huge(self) -> list[Post]:
        body = self.post(b'{"update_id":1,"message":"' + b"x" * 2_000_000 + b'"}', 413)
        return [body, Post(body.body, body.headers, None, "chunks")]

    def zipped(self) -> list[Post]:
        plain = json.dumps(self.update("报事 压缩的")).encode()
        bomb = gzip.compress(b" " * 8_000_000)
        zipped = {"Content_Encoding": "gzip"}
        self.expect(plain)
        return [
            Post(gzip.compress(plain), {**self.signed, "Content-Encoding": "gzip"}, 200),
            self.post(bomb, 413, **zipped),
            Post(plain[:40], {**self.signed, "Content-Encoding": "gzip"}, None),
        ]

    def typed(self) -> list[Post]:
        kind = self.random.choice(("text/plain", "multipart/form-data; boundary=x", "application/xml", "", "x" * 500))
        return [self.post(self.reported(), Content_Type=kind)]

    def cut(self) -> list[Post]:
        return [Post(json.dumps(self.update()).encode(), self.signed, None, "cut")]

    def forged(self) -> list[Post]:
        """Well formed, and not by Telegram."""
        update, secret = self.update(), self.signed[SECRET_HEADER]
        self.forgeries.append(update["message"]["text"])
        wrong = self.random.choice(
            [
                "",
                secret[:-1],
                secret + "A",
                secret.swapcase(),
                " ".join(secret),
                f"{secret},{secret}",
                "密" * 14,
                "\xff" * 43,
                "x" * 4000,
            ]
        )
        headers = {"Content-Type": "application/json"}
        return [
            Post(
                json.dumps(update).encode(),
                headers | ({SECRET_HEADER: wrong} if self.random.random() < 0.8 else {}),
                403,
            )
        ]

    def bundles(self, kinds: Mapping[str, int], posts: int) -> Iterator[list[Post]]:
        names, weights = list(kinds), list(kinds.values())
        while posts > 0:
            bundle: list[Post] = getattr(self, self.random.choices(names, weights)[0])()
            posts -= len(bundle)
            yield bundle


MIX = {
    "report": 9, "chatter": 20, "album": 1, "swapped": 30, "mangled": 30, "nested": 3, "huge": 1, "zipped": 2, "typed": 2, "cut": 4,
    "forged": 50,
}  # fmt: skip


def _places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Every place in it where a value stands: what it stands in, and its key there."""
    for key in value if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ():
        yield value, key
        yield from _places(value[key])
