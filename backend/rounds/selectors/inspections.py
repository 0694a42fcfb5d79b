"""Inspections, as somebody knows of their rounds, and how much of what they go over was looked at."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Exists, OuterRef, Prefetch, QuerySet, prefetch_related_objects

from backend.calendars.working_time import first_instant
from backend.common.errors import NotFound
from backend.organisation.actors import Actor
from backend.organisation.models import Place, School, Unit
from backend.rounds.errors import PlacesUnknown
from backend.rounds.models import Inspection, InspectionRound, Round, RoundState, RoundVisit, Said
from backend.rounds.selectors.route import Stop, places_on, stops_along
from backend.rounds.selectors.showing import rounds_known
from backend.rounds.sight import coming_to
from backend.rulebook.round_rules import RoundKind, RoundPlan
from backend.rulebook.selectors import active_version_id, ruleset_get

MOST_COMING = 40


@dataclass(frozen=True, slots=True)
class Looking:
    """A place by its code, and the office that looks at it."""

    code: str
    unit_id: UUID


@dataclass(frozen=True, slots=True)
class Share:
    """The part of one office in an inspection: its round, and every place of it with what was said there."""

    row: Round
    stops: Sequence[Stop]

    @property
    def places(self) -> int:
        """How many places it goes over: as many as were asked for, also those of which the code was changed since."""
        return max(len(self.row.inspected.route), len(self.stops))

    @property
    def looked_at(self) -> int:
        """How many of its places somebody looked at."""
        return sum(stop.said is not None for stop in self.stops)

    @property
    def to_report(self) -> int:
        """At how many of them something was not well."""
        return sum(stop.said == Said.TO_REPORT for stop in self.stops)

    @property
    def never(self) -> Sequence[Place]:
        """The places that nobody has looked at."""
        return [stop.place for stop in self.stops if stop.said is None]


@dataclass(frozen=True, slots=True)
class Coverage:
    """An inspection with the shares of those offices whose rounds the reader knows of."""

    inspection: Inspection
    plan: RoundPlan
    shares: Sequence[Share]

    @property
    def places(self) -> int:
        """How many places it goes over."""
        return sum(share.places for share in self.shares)

    @property
    def looked_at(self) -> int:
        """How many of them somebody looked at."""
        return sum(share.looked_at for share in self.shares)

    @property
    def to_report(self) -> int:
        """At how many of them something was not well."""
        return sum(share.to_report for share in self.shares)

    @property
    def percent(self) -> int:
        """How many of a hundred were looked at, rounded down so that a hundred means all."""
        return self.looked_at * 100 // self.places if self.places else 0


@dataclass(frozen=True, slots=True)
class Coming:
    """An inspection that the calendar brings, before it opens."""

    inspection: Inspection
    plan: RoundPlan


def inspection_plans(*, actor: Actor) -> tuple[int | None, Mapping[str, RoundPlan]]:
    """Return the version of the rulebook in use at the actor's school, and its inspections by code."""
    version_id = active_version_id(school_id=actor.school_id) if actor.school_id else None
    plans = ruleset_get(version_id).round_plans.values() if version_id else ()
    return version_id, {plan.code: plan for plan in plans if plan.kind is RoundKind.INSPECTION and not plan.is_off}


def places_to_inspect(*, school: School, ids: Sequence[UUID]) -> list[Looking]:
    """Return places of a school, or (none named) all, each with the office that looks after it; raise PlacesUnknown.

    What a class looks after is looked at by the intake office, since no class is asked for an inspection.
    """
    places = Place.objects.filter(school=school, **({"id__in": ids} if ids else {}))
    rows = list(places.order_by("code").values_list("code", "owner", "owner__kind"))
    if ids and len(rows) < len(set(ids)):
        raise PlacesUnknown(pointer="/places")
    intake = school.intake_unit_id
    return [Looking(code, intake if kind == Unit.Kind.CLASS and intake else owner) for code, owner, kind in rows]


def asked_for_on_day(*, actor: Actor, day: date, school: School) -> int:
    """Return how many inspections somebody has asked for on a day of their school."""
    begins = first_instant(datetime.combine(day, time.min), ZoneInfo(school.time_zone))
    return Inspection.objects.filter(school=school, by=actor.person_id, at__gte=begins).count()


def inspections_coming(*, actor: Actor, now: datetime) -> Sequence[Coming]:
    """Return the inspections that the calendar brings to the actor's offices in the days to come; two statements."""
    shares = InspectionRound.objects.filter(round__in=Round.objects.filter(coming_to(actor=actor, now=now)))
    found = Inspection.objects.filter(id__in=shares.values("inspection")).select_related("school").order_by("at", "id")
    rows = list(found[:MOST_COMING])
    return [Coming(row, ruleset_get(row.rulebook_id).round_plans[row.plan]) for row in rows]


def by_the_calendar(*, school: School, since: datetime, now: datetime) -> list[Inspection]:
    """Return the inspections that the calendar brought to a school since an instant, or will bring; scoped to nobody.

    Those whose rounds were dropped are not held, and none of them. Those that have not opened by now have their shares.
    """
    held = InspectionRound.objects.filter(inspection=OuterRef("id")).exclude(round__state=RoundState.DROPPED)
    rows = Inspection.objects.filter(Exists(held), school=school, by=None, at__gte=since)
    shares = Prefetch("shares", InspectionRound.objects.select_related("round").order_by("round__turn"))
    found = list(rows.order_by("at", "id"))
    prefetch_related_objects([row for row in found if row.at > now], shares)
    return found


def inspections_known(*, actor: Actor, now: datetime) -> QuerySet[Inspection]:
    """Return the inspections of which somebody knows a round."""
    shares = InspectionRound.objects.filter(round__in=rounds_known(actor=actor, now=now).values("id"))
    return Inspection.objects.filter(id__in=shares.values("inspection")).select_related("school", "by")


def inspection_get(*, actor: Actor, inspection_id: UUID, now: datetime) -> Coverage:
    """Return one with what was looked at; raise NotFound."""
    found = inspections_known(actor=actor, now=now).filter(id=inspection_id).first()
    if found is None:
        raise NotFound
    return coverages_of(actor=actor, inspections=[found], now=now)[0]


def coverages_of(*, actor: Actor, inspections: Sequence[Inspection], now: datetime) -> list[Coverage]:
    """Return inspections with the shares that the reader knows of; three statements and one for each school."""
    ids = [one.id for one in inspections]
    rows = list(rounds_known(actor=actor, now=now).filter(inspected__inspection__in=ids).order_by("unit__code", "turn"))
    visits: defaultdict[UUID, list[RoundVisit]] = defaultdict(list)
    told = RoundVisit.objects.filter(round__in=[row.id for row in rows]).select_related("by", "place")
    for visit in told.order_by("number"):
        visits[visit.round_id].append(visit)
    places = {
        school_id: places_on(
            school_id=school_id, routes=[row.inspected.route for row in rows if row.school_id == school_id]
        )
        for school_id in {row.school_id for row in rows}
    }
    shares: defaultdict[UUID, list[Share]] = defaultdict(list)
    for row in rows:
        stops = stops_along(route=row.inspected.route, places=places[row.school_id], visits=visits[row.id])
        shares[row.inspected.inspection_id].append(Share(row, stops))
    return [Coverage(one, ruleset_get(one.rulebook_id).round_plans[one.plan], shares[one.id]) for one in inspections]
