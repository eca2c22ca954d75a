"""Handling logs become publications beside notices and posters; digests, and the way into the workbench."""

# ruff: noqa: RUF012

from __future__ import annotations

from typing import Any

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


# A log written before has one picture, which stands for its photos until it is drawn anew, so that approving asks for the
# check of faces and plates; its area is its event's grid.
_COPY = """
    INSERT INTO publication (id, community, serial, kind, area, event_id, state, title, text, at, token, month, images,
                             photos, minor, changed_text, dropped, boxes, edition, approved_by_id, approved_at, remind_at,
                             reason, version)
    SELECT l.id, l.community, l.serial, 'log', e.grid, l.event_id, l.state, l.title, l.text, l.at, '', '', {images},
           {images}, '', l.changed_text, {empty_list}, {empty_table}, 1, l.approved_by_id, l.approved_at,
           CASE WHEN l.state = 'waiting' THEN l.at END, l.reason, l.version
      FROM handling_log l JOIN event e ON e.id = l.event_id
"""
_ONE_IMAGE = "CASE WHEN l.image = '' THEN '[]' ELSE '[\"' || l.image || '\"]' END"


async def copy_logs(_: Any, editor: Any) -> None:
    postgres = editor.client.capabilities.dialect == "postgres"
    kind = "::jsonb" if postgres else ""
    places = {
        "images": f"({_ONE_IMAGE}){kind}",
        "empty_list": f"'[]'{kind}",
        "empty_table": f"'{{}}'{kind}",
    }
    await editor.client.execute_script(_COPY.format(**places))
    if postgres:  # the ids came along, so the next one must be beyond them
        await editor.client.execute_script(
            "SELECT setval(pg_get_serial_sequence('publication', 'id'), (SELECT COALESCE(max(id), 0) + 1 FROM publication), false)"
        )


class Migration(migrations.Migration):
    dependencies = [("storage", "0003_points")]
    drops = ("handling_log",)

    operations = [
        ops.AddField(model_name="Chat", name="daily", field=fields.BooleanField(db_default=False)),
        ops.CreateModel(
            name="Publication",
            fields=[
                ("id", fields.BigIntField(primary_key=True)),
                ("community", fields.CharField(max_length=64)),
                ("serial", fields.BigIntField()),
                ("kind", fields.CharField(max_length=64)),
                ("area", fields.CharField(max_length=64)),
                ("event", to("Event", "event_id", "publications", null=True)),
                ("state", fields.CharField(max_length=64)),
                ("title", fields.TextField()),
                ("text", fields.TextField()),
                ("at", fields.DatetimeField()),
                ("token", fields.CharField(max_length=64)),
                ("month", fields.CharField(max_length=64)),
                ("images", fields.JSONField()),
                ("photos", fields.JSONField()),
                ("minor", fields.TextField()),
                ("changed_text", fields.TextField()),
                ("dropped", fields.JSONField()),
                ("boxes", fields.JSONField()),
                ("author", to("Person", "author_id", "written", null=True)),
                ("edition", fields.IntField()),
                ("confirmed_by", to("Person", "confirmed_by_id", "confirmed", null=True)),
                ("approved_by", to("Person", "approved_by_id", "published", null=True)),
                ("approved_at", fields.DatetimeField(null=True)),
                ("remind_at", fields.DatetimeField(null=True)),
                ("reason", fields.TextField()),
                ("version", fields.IntField()),
            ],
            options={
                "table": "publication",
                "unique_together": (("community", "serial"),),
                "indexes": [
                    Index(fields=["community", "state", "approved_at"]),
                    Index(fields=["event_id"]),
                    Index(fields=["state", "remind_at"]),
                    Index(fields=["token"]),
                ],
            },
        ),
        ops.RunPython(copy_logs),
        ops.DeleteModel(name="HandlingLog"),
        ops.CreateModel(
            name="DigestItem",
            fields=[
                ("id", fields.BigIntField(primary_key=True)),
                ("chat", to("Chat", "chat_id", "digest_items")),
                ("publication", to("Publication", "publication_id", "digest_items")),
                ("day", fields.CharField(max_length=64)),
            ],
            options={
                "table": "digest_item",
                "unique_together": (("chat", "publication"),),
                "indexes": [
                    Index(fields=["publication_id"]),
                    Index(fields=["day", "chat_id"]),
                    Index(fields=["chat_id", "day"]),
                ],
            },
        ),
        ops.CreateModel(
            name="Login",
            fields=[
                ("id", fields.BigIntField(primary_key=True)),
                ("kind", fields.CharField(max_length=64)),
                ("digest", fields.CharField(unique=True, max_length=64)),
                ("person", to("Person", "person_id", "logins")),
                ("target", fields.TextField()),
                ("created_at", fields.DatetimeField()),
                ("expires_at", fields.DatetimeField()),
                ("used_at", fields.DatetimeField(null=True)),
            ],
            options={"table": "login", "indexes": [Index(fields=["person_id"])]},
        ),
    ]
