"""The words of a ticket follow its class: sealed while it is strictly confidential, and opened after that."""

from collections.abc import Iterable, Iterator
from functools import partial
from itertools import groupby
from typing import TYPE_CHECKING, Any

from django.db import connection, transaction
from django.db.models import Model, QuerySet

from backend.common.later import Later
from backend.common.sealed.fields import Sealed, sealed_fields
from backend.common.sealed.keys import key_make, key_newest, keys_destroy
from backend.common.services import answers_seal
from backend.workflow.following_up import Changed
from backend.workflow.models import Ticket, TicketEventPayload

if TYPE_CHECKING:
    from backend.workflow import actions
else:
    actions = Later("backend.workflow.actions")  # its changes are stored here


def words_follow(*, ticket: Ticket, anew: bool = False) -> int:
    """Store every word of a locked ticket as its class asks, and return how many changed; `anew`: by another key."""
    count = sum(_follow(ticket, model, list(fields), anew) for model, fields in _by_model())
    if ticket.is_strictly_confidential:
        answers_seal(matter=ticket.id)
    return count


def words_follow_changes(changes: Iterable[Changed]) -> None:
    """Store the words of each ticket that a change has made strictly confidential, or no longer so."""
    for change in changes:
        if change.stood and change.stood.is_sealed != change.ticket.is_strictly_confidential:
            words_follow(ticket=change.ticket)


def key_replace(*, ticket: Ticket) -> None:
    """Seal all that a locked ticket still says by a new key; after the commit no former one is left.

    Whatever was erased of it is forgotten so in every copy of the database, however old.
    """
    number, _key = key_newest(ticket.id)
    key_make(ticket.id, number + 1)
    words_follow(ticket=ticket, anew=True)
    transaction.on_commit(partial(keys_destroy, ticket.id, before=number + 1))


def words_astray(*, ticket: Ticket) -> list[str]:
    """Return the columns of a strictly confidential ticket in which words stand in clear."""
    return sorted(
        {
            f"{model._meta.db_table}.{field.column}"  # noqa: SLF001 - Django's documented way to a model's table
            for model, fields in _by_model()
            for field in list(fields)
            for row in _rows(ticket, model, field)
            if row.__dict__[field.attname] != field.stored(row, ticket)
        }
    )


def _by_model() -> Iterator[tuple[type[Model], Iterable[Sealed]]]:
    return groupby(sealed_fields(), key=lambda field: field.model)


def _rows(ticket: Ticket, model: type[Model], field: Sealed) -> Iterable[Any]:
    rows: QuerySet[Any] = model._base_manager.filter(**{field.of or "pk": ticket.id})  # noqa: SLF001 - any model's own
    if model is not TicketEventPayload:
        return rows
    payloads = list(rows.select_related("event"))
    for payload in payloads:
        known = actions.EVENT_TYPES.get(payload.event.kind)
        payload.free_text = known.free_text if known else frozenset(payload.body)
    return payloads


def _follow(ticket: Ticket, model: type[Model], fields: list[Sealed], anew: bool) -> int:
    rows = list(_rows(ticket, model, fields[0]))
    return sum(_column_follow(ticket, rows, field, anew) for field in fields)


def _column_follow(ticket: Ticket, rows: list[Any], field: Sealed, anew: bool) -> int:
    changes = []
    for row in rows:
        before = row.__dict__[field.attname]
        if anew or not ticket.is_strictly_confidential:
            row.__dict__[field.attname] = getattr(row, field.attname)
        after = field.stored(row, ticket)
        if after != before and field.is_said(after) and field.is_closed(row.__dict__[field.attname]):
            after = field.closed(row.__dict__[field.attname], row, ticket.pk)  # words that look sealed stay so
        row.__dict__[field.attname] = before
        if after != before:
            changes.append((row.pk, field.as_text(after)))
    if changes:
        _store(field, changes)
    return len(changes)


def _store(field: Sealed, changes: list[tuple[Any, Any]]) -> None:
    meta = field.model._meta  # noqa: SLF001 - Django's documented way to a model's table
    key, table = meta.pk, meta.db_table
    statement = f"""
        UPDATE "{table}" AS stored SET "{field.column}" = given.value::{field.db_type(connection)}
        FROM unnest(%s::{key.rel_db_type(connection)}[], %s::text[]) AS given(key, value)
        WHERE stored."{key.column}" = given.key"""  # noqa: S608 - names of our own
    with connection.cursor() as cursor:
        cursor.execute(statement, [[key for key, _value in changes], [value for _key, value in changes]])
