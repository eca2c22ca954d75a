"""What channels need: the pictures of an album belong together, a chat says why it is off, platforms have their pace."""

# ruff: noqa: RUF012

from __future__ import annotations

from tortoise import fields, migrations
from tortoise.indexes import Index
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    dependencies = [("storage", "0004_publications")]

    operations = [
        ops.AddField(model_name="Chat", name="trouble", field=fields.CharField(max_length=255, db_default="")),
        ops.AddField(model_name="Inbox", name="album", field=fields.CharField(max_length=255, db_default="")),
        ops.AddIndex(model_name="Inbox", index=Index(fields=["album"])),
        ops.CreateModel(
            name="Pace",
            fields=[
                ("id", fields.BigIntField(primary_key=True)),
                ("key", fields.CharField(unique=True, max_length=255)),
                ("tat_ms", fields.BigIntField()),
            ],
            options={"table": "pace"},
        ),
    ]
