"""Reads for finding clusters: scoped to nobody."""

from datetime import date
from uuid import UUID

from django.db.models import F

from backend.organisation.models import School, Unit
from backend.rounds.clustering import Counted, Key
from backend.rounds.models import RoundAnswer, RoundCluster


def school_lock_for_clusters(*, school_id: UUID) -> School:
    """Return a school; of two that look for its clusters at once the second waits."""
    return School.objects.select_for_update(no_key=True).get(id=school_id)


def counted_between(*, school: School, first: date, last: date) -> list[Counted]:
    """Return the numbers that the classes of a school gave for these days, by their latest answers."""
    of_classes = RoundAnswer.objects.filter(round__school=school, round__unit__kind=Unit.Kind.CLASS)
    latest = of_classes.filter(round__day__range=(first, last), number=F("round__answer_count"))
    rows = latest.values_list("round__unit_id", "round__unit__parent_id", "round__day", "values")
    return [Counted(class_id, grade_id, day, values) for class_id, grade_id, day, values in rows]


def clusters_known(*, school: School) -> dict[Key, date]:
    """Return for each rule, line and group of a school the last day of its latest cluster."""
    rows = RoundCluster.objects.filter(school=school).order_by("day").values_list("rule", "line", "unit_id", "day")
    return {(rule, line, unit_id): day for rule, line, unit_id, day in rows}


def units_named(*, ids: set[UUID]) -> dict[UUID, Unit]:
    """Return the classes and grades of these ids."""
    return Unit.objects.in_bulk(ids)
