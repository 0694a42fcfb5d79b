"""Rows of several models read by one statement that is composed once: for what reports, actions and firings ask.

Composing a statement with five joins costs Django several times what the database takes to answer it.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import DEFAULT_DB_ALIAS
from django.db.models import Model

from backend.common.sql.prepared import prepared_cursor


class RowQuery:
    """A statement that reads whole rows of several models; `tail` begins with FROM and uses the models' aliases.

    `extras` are further values of each row by their names.
    """

    def __init__(self, tail: str, extras: Mapping[str, str] | None = None, **models: type[Model]) -> None:
        self._models = models
        self._names = {alias: [field.attname for field in _fields(model)] for alias, model in models.items()}
        columns = [f'{alias}."{field.column}"' for alias, model in models.items() for field in _fields(model)]
        self._extras = list(extras or {})
        columns += (extras or {}).values()
        self._statement = f"SELECT {', '.join(columns)} {tail}"

    def first(self, parameters: Sequence[Any] | Mapping[str, Any]) -> Mapping[str, Any] | None:
        """Return the first row as one instance for each alias, None where an outer join found none; None for no row."""
        return next(iter(self.rows(parameters)), None)

    def rows(self, parameters: Sequence[Any] | Mapping[str, Any]) -> list[dict[str, Any]]:
        """Return each row as one instance for each alias, None where an outer join found none."""
        with prepared_cursor() as cursor:
            cursor.execute(self._statement, parameters)
            return [self._read(row) for row in cursor.fetchall()]

    def _read(self, row: Sequence[Any]) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for alias, model in self._models.items():
            names = self._names[alias]
            values, row = row[: len(names)], row[len(names) :]
            found[alias] = None if values[0] is None else model.from_db(DEFAULT_DB_ALIAS, names, values)
        found.update(zip(self._extras, row, strict=True))
        return found


def _fields(model: type[Model]) -> Sequence[Any]:
    return model._meta.concrete_fields  # noqa: SLF001 - Django's documented way to a model's fields
