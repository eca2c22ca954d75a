"""Who people are, the chats there are, and the ways into our pages."""

from __future__ import annotations

from tortoise import fields
from tortoise.models import Model

from storage.models.base import CODE, PLATFORM_ID, by, to


class Person(Model):
    # `community` is the code of the community the area is or lies in; empty above communities.
    id = fields.BigIntField(primary_key=True)
    name = fields.TextField()
    role = fields.CharField(max_length=CODE)
    area = fields.CharField(max_length=CODE)
    community = fields.CharField(max_length=CODE)

    class Meta:
        table = "person"
        indexes = by("role area, community role")


class Identity(Model):
    # Who a sender on a channel is, and where they can be spoken to 1:1 (`direct_chat`, empty: nowhere yet).
    id = fields.BigIntField(primary_key=True)
    channel = fields.CharField(max_length=CODE)
    account = fields.CharField(max_length=PLATFORM_ID)
    external = fields.CharField(max_length=PLATFORM_ID)
    direct_chat = fields.CharField(max_length=PLATFORM_ID)
    person = to("Person", "identities")

    class Meta:
        table = "identity"
        unique_together = (("channel", "account", "external"),)
        indexes = by("person_id")


class Chat(Model):
    # `daily`: it takes one post a day, so what is published waits for its digest. `trouble`: why it is not active.
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
    trouble = fields.CharField(max_length=PLATFORM_ID, db_default="")

    class Meta:
        table = "chat"
        unique_together = (("channel", "account", "external"),)
        indexes = by("community audience")


class Login(Model):
    # What opens something for whoever holds it: a link, a session, a code. Only a digest of it is kept.
    id = fields.BigIntField(primary_key=True)
    kind = fields.CharField(max_length=CODE)
    digest = fields.CharField(max_length=CODE, unique=True)
    person = to("Person", "logins")
    target = fields.TextField()
    created_at = fields.DatetimeField()
    expires_at = fields.DatetimeField()
    used_at = fields.DatetimeField(null=True)

    class Meta:
        table = "login"
        indexes = by("person_id")
