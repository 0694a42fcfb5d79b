"""Trying other rules on the reports of the last half year, before they are taken into use."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count

from backend.organisation.models import School, Unit
from backend.rulebook.ruleset import Category, Confidentiality, Ruleset
from backend.workflow.models import Ticket

HALF_A_YEAR = timedelta(days=183)


@dataclass(frozen=True, slots=True)
class CategoryMoved:
    """A category for which another office would answer, or that would be gone (`to` is empty) or new (`before` is).

    `reports` counts those of the last half year; None where nobody may learn whether there are any.
    """

    category: Category
    before: str
    to: str
    reports: int | None


def rules_tried(*, school: School, before: Ruleset, after: Ruleset, now: datetime) -> Sequence[CategoryMoved]:
    """Return what other rules would have changed for the reports of the last half year; two queries.

    Only open ones are counted: how many confidential reports there are is nobody's business here.
    """
    opened = Ticket.objects.filter(school=school, filed_at__gt=now - HALF_A_YEAR, seal=Confidentiality.K0)
    counted = dict(opened.filter(is_exercise=False).values_list("category").annotate(Count("id")))
    offices = {unit.code: unit.name for unit in Unit.objects.filter(school=school)}
    codes = dict.fromkeys([*before.categories, *after.categories])
    pairs = [(before.categories.get(code), after.categories.get(code)) for code in codes]
    return [
        _moved(old, new, offices, counted) for old, new in pairs if old is None or new is None or old.lead != new.lead
    ]


def _moved(
    old: Category | None, new: Category | None, offices: dict[str, str], counted: dict[str, int]
) -> CategoryMoved:
    category = new or old
    if category is None:
        raise AssertionError("it is in one of the two")
    is_open = category.confidentiality is Confidentiality.K0
    return CategoryMoved(
        category=category,
        before=offices.get(old.lead, old.lead) if old else "",
        to=offices.get(new.lead, new.lead) if new else "",
        reports=counted.get(category.code, 0) if is_open else None,
    )
