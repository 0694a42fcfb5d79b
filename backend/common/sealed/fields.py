"""Columns for words that are encrypted while the matter they belong to is confidential.

The value in the database, in a query's answer and in a row's own dictionary is the cipher; only the attribute of a row
opens it, when it is read. Whatever is stored through a row is sealed here, so that no door can forget it.
"""

import json
from collections.abc import Iterator
from typing import Any, Protocol
from uuid import UUID

from django.apps import apps
from django.db import models
from django.db.models.query_utils import DeferredAttribute

from backend.common.sealed.cipher import is_sealed, seal, unseal


class Matter(Protocol):
    """A row whose words, and those of the rows that belong to it, are encrypted while it is confidential."""

    pk: Any

    @property
    def is_strictly_confidential(self) -> bool:
        """Whether they are."""
        ...


def is_new(instance: Any) -> bool:
    """Say whether a row is not stored yet."""
    return bool(instance._state.adding)  # noqa: SLF001 - Django's documented way


class OpenedOnReading(DeferredAttribute):
    """The attribute of a row: it opens what is stored whenever it is read."""

    field: Any

    def __get__(self, instance: Any, owner: Any = None) -> Any:
        """Return the value in clear; a row that is not stored yet holds the words themselves."""
        value = super().__get__(instance, owner)
        return value if instance is None or is_new(instance) else self.field.in_clear(value, instance)

    def __set__(self, instance: Any, value: Any) -> None:
        """Keep a value, in clear or as it is stored."""
        instance.__dict__[self.field.attname] = value


class Sealed(models.Field):  # type: ignore[type-arg]
    """The part that all these columns share; `of` is the way from a row to its matter, empty for the matter itself."""

    descriptor_class = OpenedOnReading

    def __init__(self, *args: Any, of: str = "ticket", **options: Any) -> None:
        """Take the way to the matter besides a column's own options."""
        self.of = of
        super().__init__(*args, **options)

    def deconstruct(self) -> Any:
        """Return how a migration makes the column."""
        name, path, args, options = super().deconstruct()
        return name, path, args, {**options, "of": self.of}

    def pre_save(self, instance: Any, add: bool) -> Any:  # noqa: ARG002 - as Django calls it
        """Return the value as it is stored."""
        return self.stored(instance)

    def stored(self, instance: Any, matter: Matter | None = None) -> Any:
        """Return a row's value as it is stored, sealed where its matter is confidential; none but its owner asks.

        Words that look as if they were sealed are sealed whatever the matter: stored as they are, no key would open
        them. Whoever gives the `matter` has read the row, so that what looks sealed there is.
        """
        value = (
            instance.__dict__[self.attname] if self.attname in instance.__dict__ else getattr(instance, self.attname)
        )
        if not self.is_said(value):
            return value
        if not self.is_closed(value):
            found = matter or self.matter_of(instance)
            return self.closed(value, instance, found.pk) if found.is_strictly_confidential else value
        if matter or not (is_new(instance) or self.in_clear(value, instance) == value):
            return value
        instance.__dict__[self.attname] = self.closed(value, instance, self.matter_of(instance).pk)
        return instance.__dict__[self.attname]

    def matter_of(self, instance: Any) -> Matter:
        """Return the matter that a row belongs to."""
        for name in filter(None, self.of.split("__")):
            instance = getattr(instance, name)
        found: Matter = instance
        return found

    def label(self, instance: Any) -> str:
        """Return what binds a value to its column and row; a row that gets its number later is bound to its matter."""
        key = f"/{instance.pk.hex}" if isinstance(instance.pk, UUID) else ""
        return f"{instance._meta.db_table}.{self.column}{key}"  # noqa: SLF001 - Django's documented way

    def is_said(self, value: Any) -> bool:
        """Say whether there is anything to seal."""
        return bool(value)

    def is_closed(self, value: Any) -> bool:
        """Say whether a value is sealed already."""
        return is_sealed(value)

    def as_text(self, value: Any) -> str:
        """Return a stored value as the database reads it from text."""
        text: str = value
        return text

    def closed(self, value: Any, instance: Any, matter: UUID) -> Any:
        """Return a value sealed."""
        return seal(value, matter=matter, label=self.label(instance))

    def in_clear(self, value: Any, instance: Any) -> Any:
        """Return a value opened."""
        return unseal(value, label=self.label(instance)) if is_sealed(value) else value


class SealedTextField(Sealed, models.TextField):  # type: ignore[type-arg]
    """A text."""


class SealedJSONField(Sealed, models.JSONField):
    """A JSON value that is sealed as a whole."""

    def as_text(self, value: Any) -> str:
        """Return a stored value as the database reads it from text."""
        return json.dumps(value)

    def closed(self, value: Any, instance: Any, matter: UUID) -> Any:
        """Return the value as one sealed text."""
        return seal(json.dumps(value), matter=matter, label=self.label(instance))

    def in_clear(self, value: Any, instance: Any) -> Any:
        """Return the value as it was; after its erasure an empty one of the same sort."""
        if not is_sealed(value):
            return value
        text = unseal(value, label=self.label(instance))
        if is_sealed(text):
            return value
        return json.loads(text) if text else self.get_default()


def sealed_fields() -> Iterator[Sealed]:
    """Yield every such column of the installation."""
    for model in apps.get_models():
        for field in model._meta.concrete_fields:  # noqa: SLF001 - Django's documented way
            if isinstance(field, Sealed):
                yield field
