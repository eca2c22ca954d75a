"""The tables. Ids are single surrogate keys; area codes are text, since areas live in the policy file.

Only the migrations and the guard read these classes: the repositories speak SQL (storage/sql.py says why). Every
reference is RESTRICT: a cascade is how a migration or a slip of the hand empties a table nobody was looking at.
What is said about a table stands in comments: Tortoise would make a docstring part of the CREATE TABLE.
"""

from __future__ import annotations

from tortoise import fields
from tortoise.fields import ForeignKeyField, OnDelete
from tortoise.fields.relational import ForeignKeyRelation
from tortoise.indexes import Index
from tortoise.models import Model

CODE = 64  # characters of an area code, a key word or a name of a rule
PLATFORM_ID = 255  # of a platform's own opaque id


def _to(model: str, name: str, null: bool = False) -> ForeignKeyRelation[Model]:
    return ForeignKeyField(f"storage.{model}", related_name=name, on_delete=OnDelete.RESTRICT, null=null)  # type: ignore


def _by(columns: str) -> tuple[Index, ...]:
    """An index for each: "role area, community role"."""
    return tuple(Index(fields=tuple(names.split())) for names in columns.split(","))


class Person(Model):
    # `community` is the code of the community the area is or lies in; empty above communities.
    id = fields.BigIntField(primary_key=True)
    name = fields.TextField()
    role = fields.CharField(max_length=CODE)
    area = fields.CharField(max_length=CODE)
    community = fields.CharField(max_length=CODE)

    class Meta:
        table = "person"
        indexes = _by("role area, community role")


class Identity(Model):
    # Who a sender on a channel is, and where they can be spoken to 1:1 (`direct_chat`, empty: nowhere yet).
    id = fields.BigIntField(primary_key=True)
    channel = fields.CharField(max_length=CODE)
    account = fields.CharField(max_length=PLATFORM_ID)
    external = fields.CharField(max_length=PLATFORM_ID)
    direct_chat = fields.CharField(max_length=PLATFORM_ID)
    person = _to("Person", "identities")

    class Meta:
        table = "identity"
        unique_together = (("channel", "account", "external"),)
        indexes = _by("person_id")


class Chat(Model):
    # `daily`: it takes one post a day, so what is published waits for its digest.
    id = fields.BigIntField(primary_key=True)
    channel = fields.CharField(max_length=CODE)
    account = fields.CharField(max_length=PLATFORM_ID)
    external = fields.CharField(max_length=PLATFORM_ID)
    kind = fields.CharField(max_length=CODE)
    audience = fields.CharField(max_length=CODE)
    area = fields.CharField(max_length=CODE)
    community = fields.CharField(max_length=CODE)
    title = fields.TextField()
    active = fields.BooleanField()
    daily = fields.BooleanField(db_default=False)

    class Meta:
        table = "chat"
        unique_together = (("channel", "account", "external"),)
        indexes = _by("community audience")


class Inbox(Model):
    # Which messages were received, and a digest of each: never a text.
    id = fields.BigIntField(primary_key=True)
    channel = fields.CharField(max_length=CODE)
    account = fields.CharField(max_length=PLATFORM_ID)
    chat = fields.CharField(max_length=PLATFORM_ID)
    message_id = fields.CharField(max_length=PLATFORM_ID)
    digest = fields.CharField(max_length=CODE)
    received_at = fields.DatetimeField()

    class Meta:
        table = "inbox"
        unique_together = (("channel", "account", "chat", "message_id"),)


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
    reporter = _to("Person", "reported")
    handler = _to("Person", "handling", null=True)
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
    merged_into = _to("Event", "merged", null=True)
    version = fields.IntField()

    class Meta:
        table = "event"
        unique_together = (("community", "serial"), ("community", "number"))
        indexes = _by(
            "community grid created_at, community status created_at, handler_id status, reporter_id, status rate_by"
        )


class Report(Model):
    id = fields.BigIntField(primary_key=True)
    event = _to("Event", "reports")
    person = _to("Person", "reports")
    chat = _to("Chat", "reports", null=True)
    kind = fields.CharField(max_length=CODE)
    text = fields.TextField()
    at = fields.DatetimeField()

    class Meta:
        table = "report"
        indexes = _by("event_id person_id, person_id event_id")


class EventPhoto(Model):
    id = fields.BigIntField(primary_key=True)
    event = _to("Event", "photos", null=True)
    person = _to("Person", "photos")
    stage = fields.CharField(max_length=CODE)
    name = fields.CharField(max_length=PLATFORM_ID)
    width = fields.IntField()
    height = fields.IntField()
    at = fields.DatetimeField()

    class Meta:
        table = "event_photo"
        indexes = _by("event_id, person_id event_id at")


class Fact(Model):
    # `reacted_at` empty: not yet reacted to. `lease_until`: nobody else touches it before then.
    id = fields.BigIntField(primary_key=True)
    community = fields.CharField(max_length=CODE)
    event = _to("Event", "facts", null=True)
    kind = fields.CharField(max_length=CODE)
    actor = _to("Person", "facts", null=True)
    at = fields.DatetimeField()
    data = fields.JSONField[dict[str, object]]()
    reacted_at = fields.DatetimeField(null=True)
    lease_until = fields.DatetimeField(null=True)
    attempts = fields.IntField()

    class Meta:
        table = "fact"
        indexes = _by("reacted_at id, event_id id, actor_id kind at")


class Outgoing(Model):
    # `asks`: it has choices; `inbox`: the message that caused it; `doubts`: how often nobody knew whether it arrived.
    id = fields.BigIntField(primary_key=True)
    key = fields.CharField(max_length=PLATFORM_ID, unique=True)
    inbox = _to("Inbox", "answers", null=True)
    person = _to("Person", "outgoing", null=True)
    chat = _to("Chat", "outgoing", null=True)
    reply = fields.CharField(max_length=CODE)
    params = fields.JSONField[dict[str, object]]()
    choices = fields.JSONField[list[object]]()
    images = fields.JSONField[list[str]]()
    asked = fields.JSONField[list[int]]()
    asks = fields.BooleanField()
    private = fields.BooleanField()
    event = _to("Event", "outgoing", null=True)
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
        indexes = _by(
            "state not_before, chat_id state id, person_id state id, chat_id asks id, person_id asks id, inbox_id"
        )


class Publication(Model):
    # A handling log, a notice or a poster. `token` is of its public page, `month` of a poster; `boxes` by media name.
    id = fields.BigIntField(primary_key=True)
    community = fields.CharField(max_length=CODE)
    serial = fields.BigIntField()
    kind = fields.CharField(max_length=CODE)
    area = fields.CharField(max_length=CODE)
    event = _to("Event", "publications", null=True)
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
    author = _to("Person", "written", null=True)
    edition = fields.IntField()
    confirmed_by = _to("Person", "confirmed", null=True)
    approved_by = _to("Person", "published", null=True)
    approved_at = fields.DatetimeField(null=True)
    remind_at = fields.DatetimeField(null=True)
    reason = fields.TextField()
    version = fields.IntField()

    class Meta:
        table = "publication"
        unique_together = (("community", "serial"),)
        indexes = _by("community state approved_at, event_id, state remind_at, token")


class DigestItem(Model):
    # What a group that takes one post a day is still to read (`day` empty), or has read in the digest of that day.
    id = fields.BigIntField(primary_key=True)
    chat = _to("Chat", "digest_items")
    publication = _to("Publication", "digest_items")
    day = fields.CharField(max_length=CODE)

    class Meta:
        table = "digest_item"
        unique_together = (("chat", "publication"),)
        indexes = _by("publication_id, day chat_id, chat_id day")


class Login(Model):
    # A one-time link to the workbench, or the session it opened: only a digest of what the person holds.
    id = fields.BigIntField(primary_key=True)
    kind = fields.CharField(max_length=CODE)
    digest = fields.CharField(max_length=CODE, unique=True)
    person = _to("Person", "logins")
    target = fields.TextField()
    created_at = fields.DatetimeField()
    expires_at = fields.DatetimeField()
    used_at = fields.DatetimeField(null=True)

    class Meta:
        table = "login"
        indexes = _by("person_id")


class LedgerTransaction(Model):
    id = fields.BigIntField(primary_key=True)
    community = fields.CharField(max_length=CODE)
    key = fields.CharField(max_length=PLATFORM_ID)
    kind = fields.CharField(max_length=CODE)
    at = fields.DatetimeField()
    event = _to("Event", "transactions", null=True)
    data = fields.JSONField[dict[str, object]]()

    class Meta:
        table = "ledger_transaction"
        unique_together = (("community", "key"),)


class Posting(Model):
    id = fields.BigIntField(primary_key=True)
    transaction = _to("LedgerTransaction", "postings")
    account = fields.CharField(max_length=PLATFORM_ID)
    points = fields.BigIntField()

    class Meta:
        table = "posting"
        indexes = _by("account id, transaction_id")


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
    person = _to("Person", "redemptions")
    reward = _to("Reward", "redemptions")
    reward_name = fields.TextField()
    count = fields.IntField()
    points = fields.BigIntField()
    state = fields.CharField(max_length=CODE)
    at = fields.DatetimeField()
    settled_by = _to("Person", "settled", null=True)
    settled_at = fields.DatetimeField(null=True)

    class Meta:
        table = "redemption"
        unique_together = (("community", "code"),)
        indexes = _by("person_id id")
