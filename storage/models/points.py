"""The ledger, and the shelf of rewards."""

from __future__ import annotations

from tortoise import fields
from tortoise.models import Model

from storage.models.base import CODE, PLATFORM_ID, by, to


class LedgerTransaction(Model):
    id = fields.BigIntField(primary_key=True)
    community = fields.CharField(max_length=CODE)
    key = fields.CharField(max_length=PLATFORM_ID)
    kind = fields.CharField(max_length=CODE)
    at = fields.DatetimeField()
    event = to("Event", "transactions", null=True)
    data = fields.JSONField[dict[str, object]]()

    class Meta:
        table = "ledger_transaction"
        unique_together = (("community", "key"),)


class Posting(Model):
    id = fields.BigIntField(primary_key=True)
    transaction = to("LedgerTransaction", "postings")
    account = fields.CharField(max_length=PLATFORM_ID)
    points = fields.BigIntField()

    class Meta:
        table = "posting"
        indexes = by("account id, transaction_id")


class Balance(Model):
    id = fields.BigIntField(primary_key=True)
    account = fields.CharField(max_length=PLATFORM_ID, unique=True)
    points = fields.BigIntField()

    class Meta:
        table = "balance"


class Reward(Model):
    id = fields.BigIntField(primary_key=True)
    community = fields.CharField(max_length=CODE)
    code = fields.CharField(max_length=CODE)
    name = fields.TextField()
    price = fields.IntField()
    stock = fields.IntField()

    class Meta:
        table = "reward"
        unique_together = (("community", "code"),)


class Redemption(Model):
    id = fields.BigIntField(primary_key=True)
    community = fields.CharField(max_length=CODE)
    code = fields.CharField(max_length=CODE)
    person = to("Person", "redemptions")
    reward = to("Reward", "redemptions")
    reward_name = fields.TextField()
    count = fields.IntField()
    points = fields.BigIntField()
    state = fields.CharField(max_length=CODE)
    at = fields.DatetimeField()
    settled_by = to("Person", "settled", null=True)
    settled_at = fields.DatetimeField(null=True)

    class Meta:
        table = "redemption"
        unique_together = (("community", "code"),)
        indexes = by("person_id id")
