"""The words of an event as they are stored: of a strictly confidential ticket encrypted, its codes and ids in clear.

The salt goes with the words: with it, short ones could be guessed from the commitment.
"""

import json
from typing import Any
from uuid import UUID

from django.db import models

from backend.common.sealed.cipher import PREFIX, is_sealed, seal, unseal
from backend.common.sealed.fields import Sealed, SealedJSONField

FILED = "filed"
"""Under this name the first event says a salted digest of what was filed."""


class SealedBodyField(SealedJSONField):
    """The words of an event; each of its fields in which somebody's words stand is sealed by itself."""

    def is_closed(self, value: Any) -> bool:
        """Say whether its words are sealed already."""
        return any(is_sealed(said) for said in value.values())

    def closed(self, value: Any, instance: Any, matter: UUID) -> Any:
        """Return it with its words sealed."""
        label = self.label(instance)
        return {
            name: seal(json.dumps(said), matter=matter, label=f"{label}/{name}") if name in instance.free_text else said
            for name, said in value.items()
        }

    def in_clear(self, value: Any, instance: Any) -> Any:
        """Return it as it was said, without the words whose key was destroyed."""
        if not isinstance(value, dict) or not self.is_closed(value):
            return value
        label = self.label(instance)
        opened = {name: unseal(said, label=f"{label}/{name}") for name, said in value.items() if is_sealed(said)}
        read = {name: text if is_sealed(text) else json.loads(text) for name, text in opened.items() if text}
        return {name: read.get(name, said) for name, said in value.items() if name in read or name not in opened}


class SealedSaltField(Sealed, models.BinaryField):  # type: ignore[type-arg]
    """The salt of what an event says, sealed where that has words."""

    def as_text(self, value: Any) -> str:
        """Return a stored salt as the database reads it from text."""
        return f"\\x{bytes(value).hex()}"

    def is_said(self, value: Any) -> bool:
        """Say whether there is a salt."""
        return value is not None

    def is_closed(self, value: Any) -> bool:
        """Say whether it is sealed already."""
        return bytes(value).startswith(PREFIX.encode())

    def stored(self, instance: Any, matter: Any = None) -> Any:
        """Return the salt as it is stored."""
        has_words = not (instance.free_text | {FILED}).isdisjoint(instance.body)
        return super().stored(instance, matter) if has_words else instance.__dict__[self.attname]

    def closed(self, value: Any, instance: Any, matter: UUID) -> Any:
        """Return the salt sealed."""
        return seal(bytes(value).hex(), matter=matter, label=self.label(instance)).encode()

    def in_clear(self, value: Any, instance: Any) -> Any:
        """Return the salt; nothing after its erasure."""
        if value is None or not self.is_closed(value):
            return value
        text = unseal(bytes(value).decode(), label=self.label(instance))
        return value if is_sealed(text) else bytes.fromhex(text)
