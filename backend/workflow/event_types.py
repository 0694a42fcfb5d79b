"""Types of ledger events: the fields each may carry, and how sensitive each field is. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class Sensitivity(StrEnum):
    """The sensitivity of a field of an event; erasure and sight go by it."""

    PLAIN = "plain"
    """Codes, instants, numbers, offices and places."""
    PERSON = "person"
    """Ids of people."""
    FREE_TEXT = "free_text"
    """Words somebody wrote."""


TIMING: Mapping[str, Sensitivity] = {"provisional": Sensitivity.PLAIN, "fallback": Sensitivity.PLAIN}
"""Remarks on new deadlines, which any event may carry: they rest on unpublished days, or fell back to calendar time."""


class UndeclaredField(Exception):
    """A program error: an event was to carry a field that its type does not declare."""


@dataclass(frozen=True, slots=True)
class EventType:
    """A kind of ledger event: its name, the version of its format (from 1), and its declared fields."""

    name: str
    fields: Mapping[str, Sensitivity]
    version: int = 1

    def check(self, body: Mapping[str, Any]) -> None:
        """Raise UndeclaredField where a body has a field that is not declared."""
        undeclared = sorted(body.keys() - self.fields.keys() - TIMING.keys())
        if undeclared:
            raise UndeclaredField(f"An event {self.name} does not declare {undeclared}.")

    def sensitivity(self, field: str) -> Sensitivity:
        """Return how sensitive a declared field is."""
        return self.fields.get(field) or TIMING[field]
