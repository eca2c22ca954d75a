"""Whatever comes over the wire is heard or refused, and nothing of it raises."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from bots.telegram import wire
from bots.telegram.incoming import Me, message
from bots.telegram.telegram import parse
from tests.bots.telegram.conftest import steady

ME = Me(100200300, "huying_bot")
PLAIN: dict[str, Any] = {
    "message_id": 5,
    "date": 1_795_397_400,
    "chat": {"id": -1002000000001, "type": "supergroup", "title": "居民群"},
    "from": {"id": 7, "is_bot": False, "first_name": "李秀兰"},
    "text": "报事 路灯坏了",
}

scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text()
anything = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3)
)
fields = st.sampled_from([*wire.Message.model_fields, "from", "message_id", "date", "chat", "text", "caption"])


@steady
@given(st.dictionaries(fields, anything, max_size=5))
def test_a_message_with_anything_in_its_fields_is_heard_or_refused_and_never_raises(strange: dict[str, Any]) -> None:
    update = parse({"update_id": 1, "message": {**PLAIN, **strange}})
    if update is not None and update.message is not None:
        message([update.message], ME)


@steady
@given(st.text(st.characters() | st.sampled_from("/@huying_bot start at- \n"), max_size=80))
def test_any_words_are_heard_or_not_and_never_raise(text: str) -> None:
    found = message([wire.Message.model_validate({**PLAIN, "text": text})], ME)
    assert found is None or found.incoming.text in text or found.incoming.mentions_bot


@steady
@given(st.binary(max_size=200) | st.text(max_size=200).map(lambda text: text.encode("utf-8", "surrogatepass")))
def test_any_bytes_are_an_update_or_none_and_never_raise(raw: bytes) -> None:
    parse(raw)
