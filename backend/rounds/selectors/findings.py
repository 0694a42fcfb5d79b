"""Findings of rounds, as somebody who knows of the round may report them."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from backend.common.errors import NotFound
from backend.organisation.actors import Actor
from backend.organisation.models import Place
from backend.rounds.checking import findings_in
from backend.rounds.errors import NothingFound, UnknownItem
from backend.rounds.models import Round, RoundAnswer, RoundVisit, Said
from backend.rounds.selectors.route import stops_of
from backend.rounds.selectors.showing import round_get
from backend.rulebook.round_rules import CheckItem, RoundKind
from backend.rulebook.ruleset import Severity
from backend.rulebook.selectors import ruleset_get


@dataclass(frozen=True, slots=True)
class Found:
    """Something that is not well by the latest answer of a round: a line, or (None) what its words say.

    On a route by the latest visit to a place.
    """

    row: Round
    item: CheckItem | None
    words: str
    visit: RoundVisit | None = None

    @property
    def category(self) -> str:
        """The category under which it is reported; empty where nobody says."""
        plan = ruleset_get(self.row.rulebook_id).round_plans[self.row.plan]
        if plan.kind is RoundKind.SWEEP:
            # As it was when it was asked: whoever looks may not know of the ticket, nor that it was sealed since.
            category: str = self.row.sweep.category
            return category
        return self.item.category if self.item else ""

    @property
    def at_least(self) -> Severity | None:
        """The severity below which it is not reported."""
        return Severity.P2 if self.item and self.item.is_starred else None


def found_get(*, actor: Actor, round_id: UUID, line: str, visit_id: UUID | None = None, now: datetime) -> Found:
    """Return what a round found; raise NotFound, UnknownItem, or NothingFound where the latest answer has none.

    What a visit found is named by it, as long as it is the latest to its place.
    """
    row = round_get(actor=actor, round_id=round_id, now=now)
    checklist = ruleset_get(row.rulebook_id).round_plans[row.plan].checklist
    item = checklist.item(line) if line else None
    if line and item is None:
        raise UnknownItem(pointer="/line")
    visit = _latest_visit(row, visit_id) if visit_id else None
    answers = [] if visit_id else [*row.answers.all()]
    latest: RoundAnswer | RoundVisit | None = visit or max(answers, key=lambda answer: answer.number, default=None)
    if latest is None or latest.said != Said.TO_REPORT:
        raise NothingFound(pointer="/line")
    if item and item not in findings_in(values=latest.values, checklist=checklist):
        raise NothingFound(pointer="/line")
    return Found(row, item, latest.words, visit)


def _latest_visit(row: Round, visit_id: UUID) -> RoundVisit | None:
    visits = {stop.latest.id: stop.latest for stop in stops_of(row=row) if stop.latest}
    return visits.get(visit_id)


def found_if_any(
    *, actor: Actor, round_id: UUID, line: str, visit_id: UUID | None = None, now: datetime
) -> Found | None:
    """Return what a round found; None where it says otherwise by now, since a report is filed all the same."""
    try:
        return found_get(actor=actor, round_id=round_id, line=line, visit_id=visit_id, now=now)
    except (NotFound, UnknownItem, NothingFound):
        return None


def place_of(*, found: Found) -> Place | None:
    """Return the place that was visited, else the one the office looks after; None for several, or none."""
    if found.visit:
        return found.visit.place
    places = Place.objects.filter(owner=found.row.unit_id, school=found.row.school_id)[:2]
    return places[0] if len(places) == 1 else None
