"""The ledger and the shelf of rewards."""

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
    dependencies = [("storage", "0002_events")]

    operations = [
        ops.CreateModel(
            name="LedgerTransaction",
            fields=[
                ("id", fields.BigIntField(primary_key=True)),
                ("community", fields.CharField(max_length=64)),
                ("key", fields.CharField(max_length=255)),
                ("kind", fields.CharField(max_length=64)),
                ("at", fields.DatetimeField()),
                ("event", to("Event", "event_id", "transactions", null=True)),
                ("data", fields.JSONField()),
            ],
            options={"table": "ledger_transaction", "unique_together": (("community", "key"),)},
        ),
        ops.CreateModel(
            name="Posting",
            fields=[
                ("id", fields.BigIntField(primary_key=True)),
                ("transaction", to("LedgerTransaction", "transaction_id", "postings")),
                ("account", fields.CharField(max_length=255)),
                ("points", fields.BigIntField()),
            ],
            options={
                "table": "posting",
                "indexes": [Index(fields=["account", "id"]), Index(fields=["transaction_id"])],
            },
        ),
        ops.CreateModel(
            name="Balance",
            fields=[
                ("id", fields.BigIntField(primary_key=True)),
                ("account", fields.CharField(unique=True, max_length=255)),
                ("points", fields.BigIntField()),
            ],
            options={"table": "balance"},
        ),
        ops.CreateModel(
            name="Reward",
            fields=[
                ("id", fields.BigIntField(primary_key=True)),
                ("community", fields.CharField(max_length=64)),
                ("code", fields.CharField(max_length=64)),
                ("name", fields.TextField()),
                ("price", fields.IntField()),
                ("stock", fields.IntField()),
            ],
            options={"table": "reward", "unique_together": (("community", "code"),)},
        ),
        ops.CreateModel(
            name="Redemption",
            fields=[
                ("id", fields.BigIntField(primary_key=True)),
                ("community", fields.CharField(max_length=64)),
                ("code", fields.CharField(max_length=64)),
                ("person", to("Person", "person_id", "redemptions")),
                ("reward", to("Reward", "reward_id", "redemptions")),
                ("reward_name", fields.TextField()),
                ("count", fields.IntField()),
                ("points", fields.BigIntField()),
                ("state", fields.CharField(max_length=64)),
                ("at", fields.DatetimeField()),
                ("settled_by", to("Person", "settled_by_id", "settled", null=True)),
                ("settled_at", fields.DatetimeField(null=True)),
            ],
            options={
                "table": "redemption",
                "unique_together": (("community", "code"),),
                "indexes": [Index(fields=["person_id", "id"])],
            },
        ),
    ]
