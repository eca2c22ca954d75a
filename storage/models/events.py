"""The civic matters, what was reported about them, and what happened."""

from __future__ import annotations

from tortoise import fields
from tortoise.models import Model

from storage.models.base import CODE, PLATFORM_ID, by, to


class Counter(Model):
    id = fields.BigIntField(primary_key=True)
    community = fields.CharField(max_length=CODE)
    name = fields.CharField(max_length=CODE)
    value = fields.BigIntField()

    class Meta:
        table = "counter"
        unique_together = (("community", "name"),)


class Event(Model):
    id = fields.BigIntField(primary_key=True)
    community = fields.CharField(max_length=CODE)
    serial = fields.BigIntField()
    number = fields.CharField(max_length=CODE)
    kind = fields.CharField(max_length=CODE)
    status = fields.CharField(max_length=CODE)
    tier = fields.CharField(max_length=CODE)
    category = fields.CharField(max_length=CODE)
    grid = fields.CharField(max_length=CODE)
    title = fields.TextField()
    place = fields.TextField()
    urgent = fields.BooleanField()
    reporter = to("Person", "reported")
    handler = to("Person", "handling", null=True)
    created_at = fields.DatetimeField()
    deadline = fields.DatetimeField()
    handled_at = fields.DatetimeField(null=True)
    rate_by = fields.DatetimeField(null=True)
    closed_at = fields.DatetimeField(null=True)
    stars = fields.IntField(null=True)
    comment = fields.TextField()
    private = fields.BooleanField()
    photos_allowed = fields.BooleanField(null=True)
    people = fields.IntField()
    reopened = fields.IntField()
    adopted = fields.BooleanField()
    merged_into = to("Event", "merged", null=True)
    version = fields.IntField()

    class Meta:
        table = "event"
        unique_together = (("community", "serial"), ("community", "number"))
        indexes = by(
            "community grid created_at, community status created_at, handler_id status, reporter_id, status rate_by"
        )


class Report(Model):
    id = fields.BigIntField(primary_key=True)
    event = to("Event", "reports")
    person = to("Person", "reports")
    chat = to("Chat", "reports", null=True)
    kind = fields.CharField(max_length=CODE)
    text = fields.TextField()
    at = fields.DatetimeField()

    class Meta:
        table = "report"
        indexes = by("event_id person_id, person_id event_id")


class EventPhoto(Model):
    id = fields.BigIntField(primary_key=True)
    event = to("Event", "photos", null=True)
    person = to("Person", "photos")
    stage = fields.CharField(max_length=CODE)
    name = fields.CharField(max_length=PLATFORM_ID)
    width = fields.IntField()
    height = fields.IntField()
    at = fields.DatetimeField()

    class Meta:
        table = "event_photo"
        indexes = by("event_id, person_id event_id at")


class Fact(Model):
    # `reacted_at` empty: not yet reacted to. `lease_until`: nobody else touches it before then.
    id = fields.BigIntField(primary_key=True)
    community = fields.CharField(max_length=CODE)
    event = to("Event", "facts", null=True)
    kind = fields.CharField(max_length=CODE)
    actor = to("Person", "facts", null=True)
    at = fields.DatetimeField()
    data = fields.JSONField[dict[str, object]]()
    reacted_at = fields.DatetimeField(null=True)
    lease_until = fields.DatetimeField(null=True)
    attempts = fields.IntField()

    class Meta:
        table = "fact"
        indexes = by("reacted_at id, event_id id, actor_id kind at")
