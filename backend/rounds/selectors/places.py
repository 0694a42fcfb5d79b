"""The places of a day: at which turn of which patrol somebody was there, and where a gap is."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from backend.organisation.actors import Actor
from backend.organisation.models import Place, School, Unit
from backend.rounds.models import Round, RoundState, RoundVisit
from backend.rounds.selectors.route import places_on, stops_along
from backend.rounds.selectors.showing import rounds_known
from backend.rulebook.round_rules import RoundPlan
from backend.rulebook.selectors import ruleset_get

MOST_ROUNDS = 500


@dataclass(frozen=True, slots=True)
class Mark:
    """A place at one turn: the visit that counts, or None; a gap where nobody came in time and nobody excused it.

    It is late where the first visit came after the turn had been missed.
    """

    row: Round
    visit: RoundVisit | None
    is_gap: bool
    is_late: bool = False


@dataclass(frozen=True, slots=True)
class PlaceOfDay:
    """A place with its marks, one for each turn."""

    place: Place
    marks: Sequence[Mark]


@dataclass(frozen=True, slots=True)
class RouteOfDay:
    """A patrol or walk on one day: its turns in order, and each place of its route."""

    plan: RoundPlan
    where: Unit | School
    turns: Sequence[Round]
    places: Sequence[PlaceOfDay]

    @property
    def gap_count(self) -> int:
        """How often nobody came to a place in time."""
        return sum(mark.is_gap for place in self.places for mark in place.marks)

    @property
    def visited_count(self) -> int:
        """How often somebody was at a place."""
        return sum(mark.visit is not None for place in self.places for mark in place.marks)


def places_of_day(*, actor: Actor, day: date, now: datetime, school_id: UUID | None = None) -> list[RouteOfDay]:
    """Return the patrols and walks of one school on a day, as far as the reader knows of them; three queries."""
    rounds = rounds_known(actor=actor, now=now).filter(day=day, school=school_id or actor.school_scope)
    rows = rounds.exclude(unit__kind=Unit.Kind.CLASS).order_by("plan", "unit__code", "opens_at", "id")[:MOST_ROUNDS]
    return routes_of(rows=[row for row in rows if plan_over_places(row)], now=now)


def plan_over_places(row: Round) -> bool:
    """Say whether a round goes over the places of its plan."""
    plan = ruleset_get(row.rulebook_id).round_plans[row.plan]
    return plan.goes_over_places and not plan.is_on_request


def routes_of(*, rows: Sequence[Round], now: datetime) -> list[RouteOfDay]:
    """Return some rounds of one school and day by place, in their order; two queries."""
    if not rows:
        return []
    visits: defaultdict[UUID, list[RoundVisit]] = defaultdict(list)
    told = RoundVisit.objects.filter(round__in=[row.id for row in rows]).select_related("by", "place")
    for visit in told.order_by("number"):
        visits[visit.round_id].append(visit)
    together: defaultdict[tuple[str, UUID | None], list[Round]] = defaultdict(list)
    for row in rows:
        together[row.plan, row.unit_id].append(row)
    plans = [ruleset_get(turns[-1].rulebook_id).round_plans[code] for (code, _unit), turns in together.items()]
    places = places_on(school_id=rows[0].school_id, routes=[plan.route for plan in plans])
    return [
        RouteOfDay(plan, turns[0].where, turns, _places(plan, turns, places, visits, now))
        for plan, turns in zip(plans, together.values(), strict=True)
    ]


def _places(
    plan: RoundPlan,
    turns: Sequence[Round],
    places: dict[str, Place],
    visits: defaultdict[UUID, list[RoundVisit]],
    now: datetime,
) -> list[PlaceOfDay]:
    found: defaultdict[UUID, list[Mark]] = defaultdict(list)
    of_day = stops_along(route=plan.route, places=places, visits=[one for row in turns for one in visits[row.id]])
    for row in turns:
        first = {visit.place_id: visit for visit in reversed(visits[row.id])}
        latest = {visit.place_id: visit for visit in visits[row.id]}
        for stop in of_day:
            visit = latest.get(stop.place.id)
            is_gap = visit is None and row.state != RoundState.EXCUSED and (now > row.due_at or _is_over(row))
            is_late = visit is not None and first[stop.place.id].at > row.late_at
            found[stop.place.id].append(Mark(row, visit, is_gap, is_late))
    return [PlaceOfDay(stop.place, found[stop.place.id]) for stop in of_day]


def _is_over(row: Round) -> bool:
    return row.state in {RoundState.ANSWERED, RoundState.MISSED}
