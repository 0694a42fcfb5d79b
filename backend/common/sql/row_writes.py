"""Statements that store rows and are composed once: for what every filed report and every escalation writes.

Composing an insert of thirty columns costs Django more than the database takes to carry it out, and composing an update
of five hundred rows, each with values of its own, many times as much.
"""

import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, Generic, TypeVar

from django.db import DEFAULT_DB_ALIAS, connection
from django.db.models import Model

from backend.common.sql.prepared import prepared_cursor

ModelT = TypeVar("ModelT", bound=Model)


class RowInsert:
    """A statement that inserts one new row of each of several models whose keys are known beforehand."""

    def __init__(self, *models: type[Model]) -> None:
        self._fields = [_fields(model) for model in models]
        *others, last = [_insert(model) for model in models]
        beside = ", ".join(f"row_{number} AS ({insert})" for number, insert in enumerate(others))
        self._statement = f"WITH {beside} {last}" if beside else last

    def insert(self, *rows: Model) -> None:
        """Store the rows, one of each model in the models' order; foreign keys are checked at the commit."""
        parameters = [
            field.get_db_prep_save(getattr(row, field.attname), connection)
            for row, fields in zip(rows, self._fields, strict=True)
            for field in fields
        ]
        with prepared_cursor() as cursor:
            cursor.execute(self._statement, parameters)
        for row in rows:
            row._state.adding, row._state.db = False, DEFAULT_DB_ALIAS  # noqa: SLF001 - as Model.save does


class RowUpdate(Generic[ModelT]):
    """A statement that gives any number of stored rows of a model what some of their fields are now."""

    def __init__(self, model: type[ModelT], *names: str) -> None:
        chosen = {field.name: field for field in _fields(model)}
        fields = [model._meta.pk, *(chosen[name] for name in names)]  # noqa: SLF001 - Django's way to a model's fields
        self._columns = {field.column: field.attname for field in fields}
        key, *changing = self._columns
        changes = ", ".join(f'"{column}" = change."{column}"' for column in changing)
        self._statement = (
            f'UPDATE "{model._meta.db_table}" AS stored SET {changes}'  # noqa: S608, SLF001 - names of our own
            f' FROM {_recordset(fields, "change")} WHERE stored."{key}" = change."{key}"'
        )

    def update(self, rows: Iterable[ModelT]) -> None:
        """Store the rows' fields as they are now, all in one statement."""
        changes = [{column: getattr(row, name) for column, name in self._columns.items()} for row in rows]
        with prepared_cursor() as cursor:
            cursor.execute(self._statement, [json.dumps(changes, default=_text_of)])


def columns_of(model: type[Model], alias: str = "") -> str:
    """Return the model's columns as a statement lists them, of an alias where one is given."""
    prefix = f"{alias}." if alias else ""
    return ", ".join(f'{prefix}"{field.column}"' for field in _fields(model))


def recordset(model: type[Model], alias: str) -> str:
    """Return the FROM item that turns one parameter, made by `records`, into rows with the model's columns."""
    return _recordset(_fields(model), alias)


def records(rows: Iterable[Model]) -> str:
    """Return the rows with all their fields as the one parameter of a `recordset`."""
    listed = [{field.column: getattr(row, field.attname) for field in _fields(type(row))} for row in rows]
    return json.dumps(listed, default=_text_of)


def _recordset(fields: Sequence[Any], alias: str) -> str:
    types = ", ".join(f'"{field.column}" {field.db_type(connection)}' for field in fields)
    return f"jsonb_to_recordset(%s::jsonb) AS {alias}({types})"


def _fields(model: type[Model]) -> Sequence[Any]:
    return model._meta.concrete_fields  # noqa: SLF001 - Django's documented way to a model's fields


def _insert(model: type[Model]) -> str:
    columns = ", ".join(f'"{field.column}"' for field in _fields(model))
    values = ", ".join("%s" for _ in _fields(model))
    return f'INSERT INTO "{model._meta.db_table}" ({columns}) VALUES ({values})'  # noqa: S608, SLF001 - names of our own


def _text_of(value: Any) -> str:
    """Return a value as PostgreSQL reads it: JSON has no bytes, and Django's own encoder would cut microseconds off."""
    if isinstance(value, bytes | memoryview):
        return f"\\x{bytes(value).hex()}"
    return value.isoformat() if isinstance(value, datetime) else str(value)
