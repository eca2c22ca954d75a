"""Who there is, where they talk, and which of their messages were received."""

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
    initial = True

    operations = [
        ops.CreateModel(
            name="Person",
            fields=[
                ("id", fields.BigIntField(primary_key=True)),
                ("name", fields.TextField()),
                ("role", fields.CharField(max_length=64)),
                ("area", fields.CharField(max_length=64)),
                ("community", fields.CharField(max_length=64)),
            ],
            options={
                "table": "person",
                "indexes": [Index(fields=["role", "area"]), Index(fields=["community", "role"])],
            },
        ),
        ops.CreateModel(
            name="Identity",
            fields=[
                ("id", fields.BigIntField(primary_key=True)),
                ("channel", fields.CharField(max_length=64)),
                ("account", fields.CharField(max_length=255)),
                ("external", fields.CharField(max_length=255)),
                ("direct_chat", fields.CharField(max_length=255)),
                ("person", to("Person", "person_id", "identities")),
            ],
            options={
                "table": "identity",
                "unique_together": (("channel", "account", "external"),),
                "indexes": [Index(fields=["person_id"])],
            },
        ),
        ops.CreateModel(
            name="Chat",
            fields=[
                ("id", fields.BigIntField(primary_key=True)),
                ("channel", fields.CharField(max_length=64)),
                ("account", fields.CharField(max_length=255)),
                ("external", fields.CharField(max_length=255)),
                ("kind", fields.CharField(max_length=64)),
                ("audience", fields.CharField(max_length=64)),
                ("area", fields.CharField(max_length=64)),
                ("community", fields.CharField(max_length=64)),
                ("title", fields.TextField()),
                ("active", fields.BooleanField()),
            ],
            options={
                "table": "chat",
                "unique_together": (("channel", "account", "external"),),
                "indexes": [Index(fields=["community", "audience"])],
            },
        ),
        ops.CreateModel(
            name="Inbox",
            fields=[
                ("id", fields.BigIntField(primary_key=True)),
                ("channel", fields.CharField(max_length=64)),
                ("account", fields.CharField(max_length=255)),
                ("chat", fields.CharField(max_length=255)),
                ("message_id", fields.CharField(max_length=255)),
                ("digest", fields.CharField(max_length=64)),
                ("received_at", fields.DatetimeField()),
            ],
            options={"table": "inbox", "unique_together": (("channel", "account", "chat", "message_id"),)},
        ),
        ops.CreateModel(
            name="Counter",
            fields=[
                ("id", fields.BigIntField(primary_key=True)),
                ("community", fields.CharField(max_length=64)),
                ("name", fields.CharField(max_length=64)),
                ("value", fields.BigIntField()),
            ],
            options={"table": "counter", "unique_together": (("community", "name"),)},
        ),
    ]
