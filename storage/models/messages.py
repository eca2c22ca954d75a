"""What came in, what must be said, and how fast a platform lets us."""

from __future__ import annotations

from tortoise import fields
from tortoise.models import Model

from storage.models.base import CODE, PLATFORM_ID, by, to


class Inbox(Model):
    # Which messages were received, and a digest of each: never a text. `album`: sent together with others of that id.
    id = fields.BigIntField(primary_key=True)
    channel = fields.CharField(max_length=CODE)
    account = fields.CharField(max_length=PLATFORM_ID)
    chat = fields.CharField(max_length=PLATFORM_ID)
    message_id = fields.CharField(max_length=PLATFORM_ID)
    digest = fields.CharField(max_length=CODE)
    received_at = fields.DatetimeField()
    album = fields.CharField(max_length=PLATFORM_ID, db_default="")

    class Meta:
        table = "inbox"
        unique_together = (("channel", "account", "chat", "message_id"),)
        indexes = by("album")


class Outgoing(Model):
    # `asks`: it has choices; `inbox`: the message that caused it; `doubts`: how often nobody knew whether it arrived.
    id = fields.BigIntField(primary_key=True)
    key = fields.CharField(max_length=PLATFORM_ID, unique=True)
    inbox = to("Inbox", "answers", null=True)
    person = to("Person", "outgoing", null=True)
    chat = to("Chat", "outgoing", null=True)
    reply = fields.CharField(max_length=CODE)
    params = fields.JSONField[dict[str, object]]()
    choices = fields.JSONField[list[object]]()
    images = fields.JSONField[list[str]]()
    asked = fields.JSONField[list[int]]()
    asks = fields.BooleanField()
    private = fields.BooleanField()
    event = to("Event", "outgoing", null=True)
    urgency = fields.CharField(max_length=CODE)
    not_before = fields.DatetimeField()
    state = fields.CharField(max_length=CODE)
    attempts = fields.IntField()
    doubts = fields.IntField()
    lease_until = fields.DatetimeField(null=True)
    sent_at = fields.DatetimeField(null=True)
    receipt = fields.CharField(max_length=PLATFORM_ID)
    error = fields.TextField()
    answered_at = fields.DatetimeField(null=True)
    created_at = fields.DatetimeField()

    class Meta:
        table = "outgoing"
        indexes = by(
            "state not_before, chat_id state id, person_id state id, chat_id asks id, person_id asks id, inbox_id"
        )


class Pace(Model):
    # How fast a platform lets us: the theoretical arrival time of its next message, in ms since 1970.
    id = fields.BigIntField(primary_key=True)
    key = fields.CharField(max_length=PLATFORM_ID, unique=True)
    tat_ms = fields.BigIntField()

    class Meta:
        table = "pace"
