"""The places that a round goes over, each with what was said of it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from backend.organisation.actors import Actor
from backend.organisation.models import Place
from backend.rounds.models import WAITING, Round, RoundState, RoundVisit, Said
from backend.rounds.selectors.showing import rounds_to_answer
from backend.rulebook.round_rules import RoundKind
from backend.rulebook.selectors import ruleset_get


@dataclass(frozen=True, slots=True)
class Stop:
    """A place of a route with every visit to it, the first at the top."""

    place: Place
    visits: Sequence[RoundVisit]

    @property
    def latest(self) -> RoundVisit | None:
        """The visit that counts; None where nobody has been there."""
        return self.visits[-1] if self.visits else None

    @property
    def seen(self) -> int:
        """The number of the visit that counts; 0 where nobody has been there."""
        return self.latest.number if self.latest else 0

    @property
    def said(self) -> Said | None:
        """What was said of the place last."""
        return Said(self.latest.said) if self.latest else None


def stops_of(*, row: Round) -> list[Stop]:
    """Return the places of a round's route in order, with their visits; two queries.

    A place that was given another code since is no longer found, but a visit to it stays and is shown.
    """
    route = route_of(row)
    places = places_on(school_id=row.school_id, routes=[route])
    return stops_along(route=route, places=places, visits=row.visits.select_related("by", "place").order_by("number"))


def codes_gone(*, row: Round, stops: Iterable[Stop]) -> list[str]:
    """Return the codes of a round's route by which the school has no place any more."""
    there = {stop.place.code for stop in stops}
    return [code for code in route_of(row) if code not in there]


def route_of(row: Round) -> Sequence[str]:
    """Return the codes of the places that a round goes over: of its plan, or as they were named when it was asked."""
    plan = ruleset_get(row.rulebook_id).round_plans[row.plan]
    if not plan.is_on_request:
        return plan.route
    return row.inspected.route if plan.kind is RoundKind.INSPECTION else row.sweep.route


def stops_along(*, route: Sequence[str], places: Mapping[str, Place], visits: Iterable[RoundVisit]) -> list[Stop]:
    """Return the places of a route in order, then others that were visited, each with its visits."""
    found: dict[UUID, tuple[Place, list[RoundVisit]]] = {
        places[code].id: (places[code], []) for code in route if code in places
    }
    for visit in visits:
        found.setdefault(visit.place_id, (visit.place, []))[1].append(visit)
    return [Stop(place, told) for place, told in found.values()]


def places_on(*, school_id: UUID, routes: Iterable[Sequence[str]]) -> dict[str, Place]:
    """Return the places of a school that lie on some routes, by code; one query."""
    codes = {code for route in routes for code in route}
    return {place.code: place for place in Place.objects.filter(school=school_id, code__in=codes)}


def rounds_over(*, actor: Actor, place: Place, now: datetime) -> list[Round]:
    """Return the rounds that wait for somebody and lead over a place, of several turns the latest; one query."""
    rows = rounds_to_answer(actor=actor, now=now)
    over = [row for row in rows if place.code in route_of(row)]
    return list({(row.plan, row.unit_id, getattr(row, "sweep", None)): row for row in over}.values())


def last_visits(*, rows: Iterable[Round], place: Place) -> dict[UUID, int]:
    """Return the number of the last visit to a place in each of some rounds that had one; one query."""
    visits = RoundVisit.objects.filter(round__in=[row.id for row in rows], place=place)
    return dict(visits.order_by("number").values_list("round", "number"))


def may_be_visited(row: Round) -> bool:
    """Say whether places of a round are still ticked off: until it is answered or excused."""
    return row.state in {*WAITING, RoundState.PLANNED}
