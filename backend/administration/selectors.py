"""Reads of the record of changes: what a row was before and is now, in words."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext as _

from backend.administration.labels import FIELDS, choice_label
from backend.administration.models import Change
from backend.organisation.actors import NO_SCHOOL, Actor
from backend.organisation.models import School
from backend.organisation.selectors.bureaus import bureaus_of_own

NOTHING = "—"


@dataclass(frozen=True, slots=True)
class Difference:
    """One field of a change in words."""

    field: str
    before: str
    after: str


def changes_within(rows: models.QuerySet[Change], *, actor: Actor) -> models.QuerySet[Change]:
    """Keep the changes of the actor's school and of a bureau of its own; for the bureau, also of its schools."""
    if actor.school_id:
        own = bureaus_of_own(school_id=actor.school_id).values("id")
        return rows.filter(models.Q(employer_id=actor.school_id) | models.Q(employer_id__in=own))
    schools = School.objects.filter(bureau=actor.bureau_id or NO_SCHOOL).values("id")
    return rows.filter(models.Q(employer_id=actor.bureau_id) | models.Q(employer_id__in=schools))


def differences_of(changes: Iterable[Change]) -> dict[int, list[Difference]]:
    """Return the differences of each change in the reader's language, with one query per kind of row referred to."""
    rows = list(changes)
    names = _names(rows)
    return {row.pk: [_difference(*found, names) for found in _fields(row)] for row in rows}


def _fields(change: Change) -> Iterator[tuple[str, "models.Field[Any, Any] | None", Any, Any]]:
    model = ContentType.objects.get_for_id(change.content_type_id).model_class()
    for name, (before, after) in sorted((change.changes or {}).items()):
        try:
            field = model._meta.get_field(name) if model else None  # noqa: SLF001
        except FieldDoesNotExist:
            field = None
        if name != "id":
            yield name, field, before, after  # type: ignore[misc]


def _names(changes: Iterable[Change]) -> dict[tuple[Any, str], str]:
    wanted: defaultdict[Any, set[Any]] = defaultdict(set)
    for change in changes:
        for _name, field, *values in _fields(change):
            if field is not None and field.is_relation:
                wanted[field.related_model] |= {value for value in values if value not in {None, ""}}
    return {(model, str(row.pk)): str(row) for model, ids in wanted.items() for row in model.objects.filter(pk__in=ids)}


def _difference(
    name: str, field: "models.Field[Any, Any] | None", before: Any, after: Any, names: dict[tuple[Any, str], str]
) -> Difference:
    return Difference(str(FIELDS.get(name, name)), _words(field, before, names), _words(field, after, names))


def _words(field: "models.Field[Any, Any] | None", value: Any, names: dict[tuple[Any, str], str]) -> str:
    if value is None or value == "":
        return NOTHING
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if field is None:
        return str(value)
    if field.is_relation:
        return names.get((field.related_model, str(value)), str(value))
    if isinstance(field, models.DateTimeField):
        return _local(field, value)
    return choice_label(field, value)


def _local(field: "models.DateTimeField[Any, Any]", value: Any) -> str:
    """Return an instant in the reader's time zone; the record keeps it in UTC without saying so."""
    try:
        instant = field.to_python(value)
    except ValidationError:
        return str(value)
    if not isinstance(instant, datetime):
        return str(value)
    aware = instant if timezone.is_aware(instant) else instant.replace(tzinfo=UTC)
    return f"{timezone.localtime(aware):%Y-%m-%d %H:%M}"
