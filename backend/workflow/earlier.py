"""The earlier ticket that a report is about too, as its reporter says when filing. Pure."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID


class EarlierRelation(StrEnum):
    """The ways in which a report can belong to an earlier ticket."""

    SAME = "same"
    FOLLOWS = "follows"


@dataclass(frozen=True, slots=True)
class Earlier:
    """An earlier ticket, and whether it is the same problem or another one that follows from it."""

    ticket_id: UUID
    relation: EarlierRelation


def earlier_read(chosen: str) -> Earlier | None:
    """Return what a form says, as `same:` or `follows:` and the ticket's id; None for anything else."""
    relation, _colon, ticket_id = chosen.partition(":")
    try:
        return Earlier(UUID(ticket_id), EarlierRelation(relation))
    except ValueError:
        return None
