"""What every table is made with."""

from __future__ import annotations

from tortoise.fields import ForeignKeyField, OnDelete
from tortoise.fields.relational import ForeignKeyRelation
from tortoise.indexes import Index
from tortoise.models import Model

CODE = 64  # characters of an area code, a key word or a name of a rule
PLATFORM_ID = 255  # of a platform's own opaque id


def to(model: str, name: str, null: bool = False) -> ForeignKeyRelation[Model]:
    return ForeignKeyField(f"storage.{model}", related_name=name, on_delete=OnDelete.RESTRICT, null=null)  # type: ignore


def by(columns: str) -> tuple[Index, ...]:
    """An index for each: "role area, community role"."""
    return tuple(Index(fields=tuple(names.split())) for names in columns.split(","))
