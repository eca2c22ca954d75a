"""The closed loop: events with all that belongs to them, what must be said, and the handling logs."""

# ruff: noqa: RUF012

from __future__ import annotations

from tortoise import fields, migrations
from tortoise.fields import OnDelete
from tortoise.fields.relational import ForeignKeyFieldInstance
from tortoise.indexes import Index
from tortoise.migrations import operations as ops
from tortoise.models import Model


def to(model: str, column: str, related_name: str, null: bool = False) -> ForeignKeyFieldInstance[Model]:
    return ForeignKeyFieldInstance(
        f"storage.{model}",
        on_delete=OnDelete.RESTRICT,
        related_name=related_name,
        null=null,
        source_field=column,
        to_field="id",
    )


class Migration(migrations.Migration):
    dependencies = [("storage", "0001_people_and_chats")]

    operations = [
        ops.CreateModel(
            name="Event",
            fields=[
                ("id", fields.BigIntField(primary_key=True)),
                ("community", fields.CharField(max_length=64)),
                ("serial", fields.BigIntField()),
                ("number", fields.CharField(max_length=64)),
                ("kind", fields.CharField(max_length=64)),
                ("status", fields.CharField(max_length=64)),
                ("tier", fields.CharField(max_length=64)),
                ("category", fields.CharField(max_length=64)),
                ("grid", fields.CharField(max_length=64)),
                ("title", fields.TextField()),
                ("place", fields.TextField()),
                ("urgent", fields.BooleanField()),
                ("reporter", to("Person", "reporter_id", "reported")),
                ("handler", to("Person", "handler_id", "handling", null=True)),
                ("created_at", fields.DatetimeField()),
                ("deadline", fields.DatetimeField()),
                ("handled_at", fields.DatetimeField(null=True)),
                ("rate_by", fields.DatetimeField(null=True)),
                ("closed_at", fields.DatetimeField(null=True)),
                ("stars", fields.IntField(null=True)),
                ("comment", fields.TextField()),
                ("private", fields.BooleanField()),
                ("photos_allowed", fields.BooleanField(null=True)),
                ("people", fields.IntField()),
                ("reopened", fields.IntField()),
                ("adopted", fields.BooleanField()),
                ("merged_into", to("Event", "merged_into_id", "merged", null=True)),
                ("version", fields.IntField()),
            ],
            options={
                "table": "event",
                "unique_together": (("community", "serial"), ("community", "number")),
                "indexes": [
                    Index(fields=["community", "grid", "created_at"]),
                    Index(fields=["community", "status", "created_at"]),
                    Index(fields=["handler_id", "status"]),
                    Index(fields=["reporter_id"]),
                    Index(fields=["status", "rate_by"]),
                ],
            },
        ),
        ops.CreateModel(
            name="Report",
            fields=[
                ("id", fields.BigIntField(primary_key=True)),
                ("event", to("Event", "event_id", "reports")),
                ("person", to("Person", "person_id", "reports")),
                ("chat", to("Chat", "chat_id", "reports", null=True)),
                ("kind", fields.CharField(max_length=64)),
                ("text", fields.TextField()),
                ("at", fields.DatetimeField()),
            ],
            options={
                "table": "report",
                "indexes": [Index(fields=["event_id", "person_id"]), Index(fields=["person_id", "event_id"])],
            },
        ),
        ops.CreateModel(
            name="EventPhoto",
            fields=[
                ("id", fields.BigIntField(primary_key=True)),
                ("event", to("Event", "event_id", "photos", null=True)),
                ("person", to("Person", "person_id", "photos")),
                ("stage", fields.CharField(max_length=64)),
                ("name", fields.CharField(max_length=255)),
                ("width", fields.IntField()),
                ("height", fields.IntField()),
                ("at", fields.DatetimeField()),
            ],
            options={
                "table": "event_photo",
                "indexes": [Index(fields=["event_id"]), Index(fields=["person_id", "event_id", "at"])],
            },
        ),
        ops.CreateModel(
            name="Fact",
            fields=[
                ("id", fields.BigIntField(primary_key=True)),
                ("community", fields.CharField(max_length=64)),
                ("event", to("Event", "event_id", "facts", null=True)),
                ("kind", fields.CharField(max_length=64)),
                ("actor", to("Person", "actor_id", "facts", null=True)),
                ("at", fields.DatetimeField()),
                ("data", fields.JSONField()),
                ("reacted_at", fields.DatetimeField(null=True)),
                ("lease_until", fields.DatetimeField(null=True)),
                ("attempts", fields.IntField()),
            ],
            options={
                "table": "fact",
                "indexes": [
                    Index(fields=["reacted_at", "id"]),
                    Index(fields=["event_id", "id"]),
                    Index(fields=["actor_id", "kind", "at"]),
                ],
            },
        ),
        ops.CreateModel(
            name="Outgoing",
            fields=[
                ("id", fields.BigIntField(primary_key=True)),
                ("key", fields.CharField(unique=True, max_length=255)),
                ("inbox", to("Inbox", "inbox_id", "answers", null=True)),
                ("person", to("Person", "person_id", "outgoing", null=True)),
                ("chat", to("Chat", "chat_id", "outgoing", null=True)),
                ("reply", fields.CharField(max_length=64)),
                ("params", fields.JSONField()),
                ("choices", fields.JSONField()),
                ("images", fields.JSONField()),
                ("asked", fields.JSONField()),
                ("asks", fields.BooleanField()),
                ("private", fields.BooleanField()),
                ("event", to("Event", "event_id", "outgoing", null=True)),
                ("urgency", fields.CharField(max_length=64)),
                ("not_before", fields.DatetimeField()),
                ("state", fields.CharField(max_length=64)),
                ("attempts", fields.IntField()),
                ("doubts", fields.IntField()),
                ("lease_until", fields.DatetimeField(null=True)),
                ("sent_at", fields.DatetimeField(null=True)),
                ("receipt", fields.CharField(max_length=255)),
                ("error", fields.TextField()),
                ("answered_at", fields.DatetimeField(null=True)),
                ("created_at", fields.DatetimeField()),
            ],
            options={
                "table": "outgoing",
                "indexes": [
                    Index(fields=["state", "not_before"]),
                    Index(fields=["chat_id", "state", "id"]),
                    Index(fields=["person_id", "state", "id"]),
                    Index(fields=["chat_id", "asks", "id"]),
                    Index(fields=["person_id", "asks", "id"]),
                    Index(fields=["inbox_id"]),
                ],
            },
        ),
        ops.CreateModel(
            name="HandlingLog",
            fields=[
                ("id", fields.BigIntField(primary_key=True)),
                ("community", fields.CharField(max_length=64)),
                ("serial", fields.BigIntField()),
                ("event", to("Event", "event_id", "logs")),
                ("state", fields.CharField(max_length=64)),
                ("title", fields.TextField()),
                ("text", fields.TextField()),
                ("changed_text", fields.TextField()),
                ("image", fields.CharField(max_length=255)),
                ("at", fields.DatetimeField()),
                ("approved_by", to("Person", "approved_by_id", "approved", null=True)),
                ("approved_at", fields.DatetimeField(null=True)),
                ("reason", fields.TextField()),
                ("version", fields.IntField()),
            ],
            options={
                "table": "handling_log",
                "unique_together": (("community", "serial"),),
                "indexes": [Index(fields=["community", "state", "approved_at"]), Index(fields=["event_id"])],
            },
        ),
    ]
