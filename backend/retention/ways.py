"""The ways from a table to the ticket that its rows belong to, and what stands in a column after it was emptied."""

from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.contrib.postgres.fields import ArrayField
from django.db import models

from backend.retention.periods import TICKETS
from backend.retention.registry import TABLES
from backend.workflow.models import Ticket

DELETED = ("workflow_ticketeventpayload", "anonymous_trackingcode")
"""Tables whose rows go as a whole with their ticket."""
APART = ("files_storedfile", "workflow_ticketeventpayload", "anonymous_trackingcode")
"""Tables that are not emptied column by column."""
FURTHER = {"meetings_meetingitem": "added_words off_words noted_words"}
"""Columns with another period that go with their ticket at the latest."""
STANDS_INSTEAD = {
    "response_response.ended_words": "left('—', length(ended_words))",
    "rounds_perioddecision.words": "'—'",
}
"""By columns that must not be empty, the words that stand there after they were emptied."""
MANY = "ANY(given)"


def emptied_columns() -> Iterator[tuple[type[models.Model], dict[str, str]]]:
    """Yield each table with words or people of a ticket, with what stands in its columns afterwards."""
    for model in apps.get_models():
        table = _meta(model).db_table
        kept = TABLES.get(table)
        if kept is None or table in APART:
            continue
        named = f"{kept.people} {kept.words} {kept.secrets}".split() if TICKETS.key == kept.period.key else []
        columns = {name: _empty(model, name) for name in (*named, *FURTHER.get(table, "").split())}
        if columns:
            yield model, columns


def way_to_ticket(model: type[models.Model]) -> str:
    """Return the condition that a row, called `kept`, belongs to one of the given tickets."""
    if model is Ticket:
        return f"kept.id = {MANY}"
    way = _way(model)
    assert way, f"{model} has no way to a ticket"  # noqa: S101 - found by the migration of whoever adds a table
    first, *rest = way
    return f"kept.{first.column} {_within(rest)}"


def _within(rest: list[Any]) -> str:
    if not rest:
        return f"= {MANY}"
    step, *further = rest
    meta = _meta(step.model)
    return f"IN (SELECT {meta.pk.column} FROM {meta.db_table} WHERE {step.column} {_within(further)})"  # noqa: S608


def _way(model: type[models.Model]) -> list[Any]:
    """Return the shortest chain of references from a table to tickets."""
    chains: list[list[Any]] = [[]]
    while chains:
        chain = chains.pop(0)
        at = chain[-1].related_model if chain else model
        for field in _references(at):
            if field.related_model is Ticket:
                return [*chain, field]
            if len(chain) < 2:  # noqa: PLR2004 - nothing lies further away
                chains.append([*chain, field])
    return []


def _references(model: type[models.Model]) -> Iterator[Any]:
    return (field for field in _meta(model).concrete_fields if field.is_relation and field.related_model is not model)


def _empty(model: type[models.Model], column: str) -> str:
    instead = STANDS_INSTEAD.get(f"{_meta(model).db_table}.{column}")
    field = next(field for field in _meta(model).concrete_fields if field.column == column)
    if instead is None and field.null:
        instead = "NULL"
    if instead is None:
        instead = "'{}'" if isinstance(field, ArrayField | models.JSONField) else "''"
    return instead


def _meta(model: type[models.Model]) -> Any:
    return model._meta  # noqa: SLF001 - Django's documented way to a model's table
