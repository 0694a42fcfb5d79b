"""Statements for what is hot: composed once for the process, planned once for a session.

Composing one with five joins or thirty columns costs Django several times what carrying it out costs the database.
"""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache, reduce
from operator import or_
from typing import Any, Generic, Self, TypeVar

import psycopg
from django.db import DEFAULT_DB_ALIAS, connection, connections
from django.db.backends.utils import CursorWrapper
from django.db.models import BooleanField, DateTimeField, Model, Q, QuerySet, UUIDField
from psycopg._preparing import Prepare, PrepareManager
from psycopg._queries import PostgresQuery, _query2pg_nocache
from psycopg.pq import Format

from backend.common.sealed.fields import Sealed
from backend.common.sql.seeking import Sought

SCHEMA_CHANGES = (b"DROP", b"ALTER", b"DISCARD", b"DEALLOCATE")
placeholders_of = lru_cache(maxsize=256)(_query2pg_nocache)


class ComposedQuery(PostgresQuery):
    """A statement whose placeholders are found once; the driver remembers them of short ones with few values only."""

    def convert(self, query: Any, vars: Any) -> None:  # noqa: A002 - the driver's own name
        """Turn the statement and its values into what is sent."""
        super().convert(query, None)
        if vars is not None:
            self.query, self._want_formats, self._order, self._parts = placeholders_of(self.query, "utf-8")
            self.dump(vars)


class PreparedCursor(psycopg.Cursor[Any]):
    """A cursor that sends parameters beside the statement, and knows what it carried out also when it was prepared."""

    _query_cls = ComposedQuery

    def _send_query_prepared(self, name: bytes, pgq: Any, **options: Any) -> None:
        self._query = pgq  # as for statements that are not prepared; Django's log of statements reads it
        super()._send_query_prepared(name, pgq, **options)

    def execute(self, *args: Any, **options: Any) -> Self:
        """Carry a statement out; where a migration made its plan unusable it fails once, and never again."""
        try:
            return super().execute(*args, **options)
        except (psycopg.errors.FeatureNotSupported, psycopg.errors.InvalidSqlStatementName):
            self._conn._prepared.forget(self._query)  # type: ignore[attr-defined]  # noqa: SLF001
            raise


class StatementsKept(PrepareManager):
    """Forgets what was planned only where a table may have become another one.

    The driver forgets all at each rollback, also to a savepoint: a table could have been made anew. Only migrations do
    that here, whose ALTER and DROP are heeded; every refused request ends in a rollback, and its followers would plan.
    """

    prepare_threshold = 0

    def clear(self) -> bool:
        """Keep everything: the driver asks for this after a rollback."""
        return False

    def forget(self, query: PostgresQuery) -> None:
        """Forget a statement whose plan the database does not carry out any more; the next time it is made anew."""
        if name := self._names.pop(self.key(query), None):
            self._to_flush.append(name)

    def validate(self, key: Any, prep: Prepare, name: bytes, results: Sequence[Any]) -> None:
        """Keep what was planned; what failed the first time is planned anew, and its plan must not stay behind."""
        super().validate(key, prep, name, results)
        if prep is Prepare.SHOULD and not self._check_results(results):
            self._to_flush.append(name)

    def _should_discard(self, _prep: Prepare, results: Sequence[Any], *_pattern: Any) -> bool:
        return any((row.command_status or b"").startswith(SCHEMA_CHANGES) for row in results) and super().clear()


def prepared_cursor() -> CursorWrapper:
    """Open a cursor whose statement is planned once for a session, and for any values (`DATABASES` in settings).

    Name the columns: a plan outlives a migration, and `*` would mean others then. Values come in the binary format,
    which is read many times as fast as text; jsonb comes parsed.
    """
    wrapper: Any = connections[DEFAULT_DB_ALIAS]  # `connection` looks it up anew for each of its attributes
    wrapper.close_if_health_check_failed()
    wrapper.ensure_connection()
    if not isinstance(wrapper.connection._prepared, StatementsKept):  # noqa: SLF001 - the driver has no other way
        wrapper.connection._prepared = StatementsKept()  # noqa: SLF001
    with wrapper.wrap_database_errors:
        cursor = PreparedCursor(wrapper.connection)
    cursor.format = Format.BINARY
    return wrapper._prepare_cursor(cursor)  # type: ignore[no-any-return]  # noqa: SLF001 - as Django wraps its own


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


ModelT = TypeVar("ModelT", bound=Model)


@dataclass(frozen=True, slots=True)
class Write:
    """A statement that writes, with its values; `name` is how another in the same statement refers to what it returns.

    Its values have the same types each time, None among them: a statement is planned anew for other types.
    """

    statement: str
    values: Sequence[Any]
    name: str = ""


def write(*writes: Write) -> list[tuple[Any, ...]]:
    """Carry out writes, all in one statement; return the rows of the last one.

    None sees what another did, but through the rows that one returns; foreign keys are checked at the commit.
    """
    *others, last = writes
    beside = ", ".join(f"{part.name or f'part_{number}'} AS ({part.statement})" for number, part in enumerate(others))
    with prepared_cursor() as cursor:
        cursor.execute(
            f"WITH {beside} {last.statement}" if beside else last.statement,
            [value for part in writes for value in part.values],
        )
        return cursor.fetchall() if cursor.description else []


class RowInsert:
    """A statement that inserts one new row of a model whose key is known beforehand."""

    def __init__(self, model: type[Model]) -> None:
        self._columns = [(field.attname, _preparing(field)) for field in _fields(model)]
        self._sealed = [(place, field) for place, field in enumerate(_fields(model)) if isinstance(field, Sealed)]
        self._statement = _insert(model)

    def of(self, row: Model) -> Write:
        """Return what stores the row."""
        values = [
            getattr(row, name) if prepare is None else prepare(getattr(row, name), connection)
            for name, prepare in self._columns
        ]
        for place, field in self._sealed:
            values[place] = field.get_db_prep_save(field.stored(row), connection)
        row._state.adding, row._state.db = False, DEFAULT_DB_ALIAS  # noqa: SLF001 - as Model.save does
        return Write(self._statement, values)


class RowUpdate(Generic[ModelT]):
    """A statement that gives any number of stored rows of a model what some of their fields are now."""

    def __init__(self, model: type[ModelT], *names: str) -> None:
        chosen = {field.name: field for field in _fields(model)}
        if any(isinstance(chosen[name], Sealed) for name in names):
            raise TypeError("words that may be sealed are stored by their rows")
        fields = [model._meta.pk, *(chosen[name] for name in names)]  # noqa: SLF001 - Django's way to a model's fields
        self._columns = {field.column: field.attname for field in fields}
        key, *changing = self._columns
        table = f'UPDATE "{model._meta.db_table}" AS stored SET'  # noqa: SLF001 - names of our own
        values = ", ".join(f'"{column}" = %s' for column in changing)
        self._of_one = f'{table} {values} WHERE stored."{key}" = %s'
        changes = ", ".join(f'"{column}" = change."{column}"' for column in changing)
        self._of_many = f'{table} {changes} FROM {_recordset(fields, "change")} WHERE stored."{key}" = change."{key}"'

    def of(self, rows: Iterable[ModelT]) -> Write:
        """Return what stores the rows' fields as they are now; one row is spared the way through JSON."""
        changes = [{column: getattr(row, name) for column, name in self._columns.items()} for row in rows]
        if len(changes) != 1:
            return Write(self._of_many, [json.dumps(changes, default=_text_of)])
        key, *values = map(_literal, changes[0].values())
        return Write(self._of_one, [*values, key])

    def update(self, rows: Iterable[ModelT]) -> None:
        """Store the rows' fields as they are now, all in one statement."""
        write(self.of(rows))


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


def _preparing(field: Any) -> Callable[[Any, Any], Any] | None:
    """Return what makes a parameter of a field's value; None where the driver takes the value as it is."""
    plain = (BooleanField, DateTimeField, UUIDField)
    return None if isinstance(getattr(field, "target_field", field), plain) else field.get_db_prep_save


def _insert(model: type[Model]) -> str:
    columns = ", ".join(f'"{field.column}"' for field in _fields(model))
    values = ", ".join("%s" for _ in _fields(model))
    return f'INSERT INTO "{model._meta.db_table}" ({columns}) VALUES ({values})'  # noqa: S608, SLF001 - names of our own


def _text_of(value: Any) -> str:
    """Return a value as PostgreSQL reads it: JSON has no bytes, and Django's own encoder would cut microseconds off."""
    if isinstance(value, bytes | memoryview):
        return f"\\x{bytes(value).hex()}"
    return value.isoformat() if isinstance(value, datetime) else str(value)


def _literal(value: Any) -> str | None:
    """Return a value as PostgreSQL reads it from text, whose type is the same for any value of a column."""
    if isinstance(value, list):
        return f"{{{','.join(map(_text_of, value))}}}"  # of ids or numbers, which need no quotes
    return None if value is None else _text_of(value)


class AlternativesQuerySet(QuerySet[ModelT]):
    """A query set that remembers the alternatives by which its rows were let in, and what is sought among them.

    `plain` are the same rows without the condition that says so: read by one alternative, they need not be asked for
    all the others too.
    """

    alternatives: tuple[Q, ...] = ()
    sought: Sought | None = None
    plain: QuerySet[ModelT] | None = None

    def matching_any(self, alternatives: Sequence[Q]) -> Self:
        """Return the rows that match one of the alternatives at least; without a alternative, none."""
        chosen = self.filter(reduce(or_, alternatives)) if alternatives else self.none()
        chosen.alternatives, chosen.plain = tuple(alternatives), self
        return chosen

    def seeking(self, sought: Sought) -> Self:
        """Return the rows that meet a condition, whose candidates an index finds: a page is quick either way."""
        chosen = self.filter(sought.condition)
        chosen.sought, chosen.plain = sought, self if self.plain is None else self.plain
        return chosen

    def _filter_or_exclude(self, negate: bool, args: Any, kwargs: Any) -> Self:
        chosen: Self = super()._filter_or_exclude(negate, args, kwargs)  # type: ignore[misc]
        if self.plain is not None:
            chosen.plain = self.plain.exclude(*args, **kwargs) if negate else self.plain.filter(*args, **kwargs)
        return chosen

    def _clone(self) -> Self:
        clone: Self = super()._clone()  # type: ignore[misc]
        clone.alternatives, clone.sought, clone.plain = self.alternatives, self.sought, self.plain
        return clone
