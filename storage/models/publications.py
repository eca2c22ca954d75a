"""What is told to a neighbourhood."""

from __future__ import annotations

from tortoise import fields
from tortoise.models import Model

from storage.models.base import CODE, by, to


class Publication(Model):
    # A handling log, a notice or a poster. `token` is of its public page, `month` of a poster; `boxes` by media name.
    id = fields.BigIntField(primary_key=True)
    community = fields.CharField(max_length=CODE)
    serial = fields.BigIntField()
    kind = fields.CharField(max_length=CODE)
    area = fields.CharField(max_length=CODE)
    event = to("Event", "publications", null=True)
    state = fields.CharField(max_length=CODE)
    title = fields.TextField()
    text = fields.TextField()
    at = fields.DatetimeField()
    token = fields.CharField(max_length=CODE)
    month = fields.CharField(max_length=CODE)
    images = fields.JSONField[list[str]]()
    photos = fields.JSONField[list[str]]()
    minor = fields.TextField()
    changed_text = fields.TextField()
    dropped = fields.JSONField[list[str]]()
    boxes = fields.JSONField[dict[str, object]]()
    author = to("Person", "written", null=True)
    edition = fields.IntField()
    confirmed_by = to("Person", "confirmed", null=True)
    approved_by = to("Person", "published", null=True)
    approved_at = fields.DatetimeField(null=True)
    remind_at = fields.DatetimeField(null=True)
    reason = fields.TextField()
    version = fields.IntField()

    class Meta:
        table = "publication"
        unique_together = (("community", "serial"),)
        indexes = by("community state approved_at, event_id, state remind_at, token")


class DigestItem(Model):
    # What a group that takes one post a day is still to read (`day` empty), or has read in the digest of that day.
    id = fields.BigIntField(primary_key=True)
    chat = to("Chat", "digest_items")
    publication = to("Publication", "digest_items")
    day = fields.CharField(max_length=CODE)

    class Meta:
        table = "digest_item"
        unique_together = (("chat", "publication"),)
        indexes = by("publication_id, day chat_id, chat_id day")
