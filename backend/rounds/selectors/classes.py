"""The morning of all classes of a school: who has answered, who is missing, and what the counts add up to."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import F

from backend.common.named import localised
from backend.organisation.actors import Actor
from backend.organisation.models import Unit
from backend.organisation.roles import UNIT_ROLES
from backend.rounds.models import RoundAnswer, RoundState
from backend.rounds.selectors.showing import rounds_known
from backend.rounds.veiling import Total, count_shown, total_shown
from backend.rulebook.round_rules import AnsweredBy, CheckItem, RoundPlan
from backend.rulebook.selectors import ruleset_get

MOST_CLASSES = 1000
COLUMNS = (
    *("id", "plan", "turn", "rulebook_id", "state", "said", "answered_at", "late_at", "unit_id", "unit__code"),
    *("unit__name_zh", "unit__name_en", "unit__parent__name_zh", "unit__parent__name_en"),
    *("assignee__name", "excuse__reason"),
)


@dataclass(frozen=True, slots=True)
class ClassRound:
    """The round of one class with its counts; None stands for one that is too small to be shown to the reader."""

    id: UUID
    unit_id: UUID
    code: str
    name_zh: str
    name_en: str
    grade_zh: str
    grade_en: str
    state: str
    said: str
    is_late: bool
    asked: str
    excuse: str
    counts: Mapping[str, int | None]

    @property
    def name(self) -> str:
        """The class's name in the reader's language."""
        return localised(self, "name")

    @property
    def grade(self) -> str:
        """The name of its grade group in the reader's language; empty for none."""
        return localised(self, "grade")


@dataclass(frozen=True, slots=True)
class ClassesOfDay:
    """A plan that is asked of classes, on one day, or one turn of it: each class, and the sums of those that answered.

    A child that was counted at two turns is one child.
    """

    plan: RoundPlan
    turn: int
    rows: Sequence[ClassRound]
    totals: Mapping[str, Total]

    @property
    def name(self) -> str:
        """The name of the plan, with the time of its turn where there are several."""
        return self.plan.name_of(self.turn)

    @property
    def items(self) -> list[CheckItem]:
        """The counts of its checklist."""
        return counted(self.plan)

    @property
    def missing(self) -> list[ClassRound]:
        """The classes of which nobody has answered in time."""
        return [row for row in self.rows if row.state == RoundState.MISSED]

    @property
    def answered_count(self) -> int:
        """How many have answered."""
        return sum(row.state == RoundState.ANSWERED for row in self.rows)


def counted(plan: RoundPlan) -> list[CheckItem]:
    """Return the counts of a plan's checklist."""
    return [item for item in plan.checklist.items if item.kind is AnsweredBy.COUNT]


def classes_of_day(*, actor: Actor, day: date, now: datetime, school_id: UUID | None = None) -> list[ClassesOfDay]:
    """Return the plans asked of classes of one school on a day, as far as the reader knows of them; two queries."""
    rounds = rounds_known(actor=actor, now=now).filter(day=day, unit__kind=Unit.Kind.CLASS)
    rounds = rounds.filter(school=school_id or actor.school_scope)
    rows = list(rounds.order_by("turn", "unit__code", "id").values(*COLUMNS)[:MOST_CLASSES])
    by_turn: dict[tuple[str, int], list[dict[str, Any]]] = {}
    for row in rows:
        by_turn.setdefault((row["plan"], row["turn"]), []).append(row)
    said = _answers([row["id"] for row in rows if row["state"] == RoundState.ANSWERED])
    own = actor.units(*UNIT_ROLES)
    return [_together(found, said, own) for found in by_turn.values()]


def _answers(round_ids: Sequence[UUID]) -> dict[UUID, Mapping[str, Any]]:
    if not round_ids:
        return {}
    latest = RoundAnswer.objects.filter(round__in=round_ids, number=F("round__answer_count"))
    return dict(latest.values_list("round_id", "values"))


def _together(
    rows: Sequence[Mapping[str, Any]], said: Mapping[UUID, Mapping[str, int]], own: frozenset[UUID]
) -> ClassesOfDay:
    plan = ruleset_get(rows[-1]["rulebook_id"]).round_plans[rows[-1]["plan"]]
    items = counted(plan)
    ours = [said.get(row["id"], {}) for row in rows if row["unit_id"] in own]
    theirs = [said.get(row["id"], {}) for row in rows if row["unit_id"] not in own]
    totals = {item.key: _total(item, _of(item, ours), _of(item, theirs)) for item in items}
    classes = [_row(row, _counts(items, said.get(row["id"], {}), row, own)) for row in rows]
    return ClassesOfDay(plan, rows[-1]["turn"], classes, totals)


def _of(item: CheckItem, said: Sequence[Mapping[str, int]]) -> list[int]:
    return [values[item.key] for values in said if item.key in values]


def _counts(
    items: Sequence[CheckItem], values: Mapping[str, int], row: Mapping[str, Any], own: frozenset[UUID]
) -> dict[str, int | None]:
    given = [(item, values[item.key]) for item in items if item.key in values]
    is_own = row["unit_id"] in own
    return {item.key: count if is_own or not item.is_delicate else count_shown(count) for item, count in given}


def _total(item: CheckItem, ours: Sequence[int], theirs: Sequence[int]) -> Total:
    """Return the sum of a count: a reader who knows the numbers of their own class could take them off again."""
    known, rest = sum(ours), total_shown(theirs) if item.is_delicate else Total(sum(theirs), sum(theirs))
    return Total(known + rest.least, known + rest.most)


def _row(row: Mapping[str, Any], counts: Mapping[str, int | None]) -> ClassRound:
    return ClassRound(
        id=row["id"],
        unit_id=row["unit_id"],
        code=row["unit__code"],
        name_zh=row["unit__name_zh"],
        name_en=row["unit__name_en"],
        grade_zh=row["unit__parent__name_zh"] or "",
        grade_en=row["unit__parent__name_en"] or "",
        state=row["state"],
        said=row["said"],
        is_late=bool(row["answered_at"] and row["answered_at"] > row["late_at"]),
        asked=row["assignee__name"] or "",
        excuse=row["excuse__reason"] or "",
        counts=counts,
    )
