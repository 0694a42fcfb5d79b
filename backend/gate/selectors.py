"""The log of the gate of the reader's school; nothing in it is found by a name or a number plate."""

from collections.abc import Collection, Mapping
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import (
    DateTimeField,
    DurationField,
    Exists,
    ExpressionWrapper,
    F,
    Max,
    OuterRef,
    Prefetch,
    QuerySet,
    Subquery,
    Sum,
    Value,
)
from django.db.models.functions import Coalesce

from backend.common.errors import NotFound
from backend.duty.selectors import away_until, directory_load
from backend.gate.models import KEPT, USUAL_STAY, GateCount, GateEntry, GateRule, GateVisit, OpenDay, What
from backend.gate.sight import SECURITY_OFFICE, gate_require, keeps_gate
from backend.organisation.actors import Actor
from backend.organisation.models import Person, Place, School, Unit
from backend.organisation.roles import UNIT_ROLES, Role, with_those_above
from backend.organisation.selectors.people import appointments_in_force, people_visible

BEHIND = ("gate", "host", "asked", "office", "written_by")
EARLIEST, LATEST = date(2000, 1, 1), date(2100, 1, 1)
MOST_INSIDE = 200
GATES_OFFERED = 6
LEADING_THERE = with_those_above(Role.DUTY_LEADER)
MINUTE = Value(timedelta(minutes=1))


def gate_kept(*, actor: Actor) -> bool:
    """Say whether the actor reads and keeps the log of their school's gate; one statement, and mostly none."""
    if keeps_gate(actor=actor, security=()) or not actor.units(*UNIT_ROLES):
        return keeps_gate(actor=actor, security=())
    return keeps_gate(actor=actor, security=_security(actor))


def gate_check(*, actor: Actor) -> None:
    """Raise NotGateReader for whoever has nothing to do with the gate."""
    gate_require(actor=actor, security=_security(actor))


def _security(actor: Actor) -> set[UUID]:
    units = Unit.objects.filter(school=actor.school_scope, code=SECURITY_OFFICE)
    return set(units.values_list("id", flat=True))


def with_entries(visits: QuerySet[GateVisit]) -> QuerySet[GateVisit]:
    """Read with each visit the entry that counts; one more statement, whatever their number."""
    last = GateEntry.objects.filter(number=F("visit__entry_count")).select_related(*BEHIND)
    return visits.prefetch_related(Prefetch("entries", last, to_attr="last"))


def visits_known(*, actor: Actor, now: datetime) -> QuerySet[GateVisit]:
    """Return the visits at the actor's school of the last 90 days; raise NotGateReader."""
    gate_check(actor=actor)
    return with_entries(_of_school(actor, now))


def _of_school(actor: Actor, now: datetime) -> QuerySet[GateVisit]:
    return GateVisit.objects.filter(school=actor.school_scope, came_at__gt=now - KEPT)


def visits_of_day(*, visits: QuerySet[GateVisit], school: School, day: date) -> QuerySet[GateVisit]:
    """Return which of the visits began on a day, by the school's clock; on a day that no calendar has, none."""
    if not EARLIEST < day < LATEST:
        return visits.none()
    begins, ends = (datetime.combine(at, time.min, ZoneInfo(school.time_zone)) for at in (day, day + timedelta(days=1)))
    return visits.filter(came_at__gte=begins, came_at__lt=ends)


def visits_inside(*, actor: Actor, now: datetime) -> list[GateVisit]:
    """Return who is inside now, the longest first."""
    return list(visits_known(actor=actor, now=now).filter(is_inside=True).order_by("came_at", "id")[:MOST_INSIDE])


def visit_get(*, actor: Actor, visit_id: UUID, now: datetime) -> GateVisit:
    """Return a visit for whoever keeps the gate, its host, or who is asked for them; for everybody else NotFound."""
    return _found(actor, with_entries(_of_school(actor, now)), visit_id)


def visit_lock(*, actor: Actor, visit_id: UUID, now: datetime) -> GateVisit:
    """Return the same, locked until the transaction ends."""
    locked = list(_of_school(actor, now).filter(id=visit_id).select_for_update(of=("self",)))
    return _found(actor, with_entries(GateVisit.objects.filter(id__in=[row.id for row in locked])), visit_id)


def _found(actor: Actor, visits: QuerySet[GateVisit], visit_id: UUID) -> GateVisit:
    visit = visits.filter(id=visit_id).select_related("school").first()
    if visit is None or not (asked_about(actor=actor, entry=visit.entry) or gate_kept(actor=actor)):
        raise NotFound
    return visit


def asked_about(*, actor: Actor, entry: GateEntry) -> bool:
    """Say whether somebody is the host of a visitor, or is asked in the host's place."""
    return actor.person_id in {entry.host_id, entry.asked_id}


def stand_in_of(*, school: School, host_id: UUID, now: datetime) -> UUID | None:
    """Return who of the same office is asked for a host who is away: who handles there, heads it, or works there.

    None where the host is there, or nobody else of the office can be reached.
    """
    if away_until(person_id=host_id, now=now) is None:
        return None
    directory = directory_load(school_ids=[school.id], now=now)
    offices = appointments_in_force(at=now).filter(person=host_id, post__unit__isnull=False)
    for unit_id in offices.order_by("starts_at", "id").values_list("post__unit", flat=True):
        for role in (Role.HANDLER, Role.REPORTER):
            found = directory.reach(role=role, school_id=school.id, unit_id=unit_id, excluding=[host_id])
            if found.role in UNIT_ROLES and found.people:
                return found.people[0]
    return None


def entries_of(*, visit: GateVisit) -> list[GateEntry]:
    """Return everything that was entered about a visit, the first at the top."""
    return list(visit.entries.select_related(*BEHIND).order_by("number"))


def stay_of(*, school_id: UUID) -> timedelta:
    """Return how long somebody may be inside at a school before they are overdue."""
    minutes = GateRule.objects.filter(school=school_id).values_list("stay_minutes", flat=True).first()
    return timedelta(minutes=minutes or USUAL_STAY)


def stay_known(*, actor: Actor) -> GateRule:
    """Return the rule of the actor's school for its gate, or what holds where it has set none."""
    gate_check(actor=actor)
    rule = GateRule.objects.filter(school=actor.school_scope).first()
    return rule or GateRule(school_id=actor.school_scope, stay_minutes=USUAL_STAY)


def overdue_count(*, actor: Actor, now: datetime) -> int:
    """Return how many are inside for too long, in one statement; none for whoever does not keep the gate."""
    if actor.school_id is None or not gate_kept(actor=actor):
        return 0
    minutes = GateRule.objects.filter(school=actor.school_id).values("stay_minutes")
    stay = ExpressionWrapper(Coalesce(Subquery(minutes), USUAL_STAY) * MINUTE, output_field=DurationField())
    since = ExpressionWrapper(Value(now) - stay, output_field=DateTimeField())
    return _of_school(actor, now).filter(is_inside=True, came_at__lt=since).count()


def gates_of(*, actor: Actor, now: datetime) -> list[Place]:
    """Return the gates used in the last 90 days: the actor's own last one first, then those used last."""
    used = GateEntry.objects.filter(visit__school=actor.school_scope, came_at__gt=now - KEPT)
    own = used.filter(written_by=actor.person_id, number=1).order_by("-id").values_list("gate", flat=True)[:1]
    latest = dict(used.values_list("gate").annotate(last=Max("id")).order_by("-last")[:GATES_OFFERED])
    order = list(dict.fromkeys([*own, *latest]))
    places = Place.objects.in_bulk(order)
    return [places[place_id] for place_id in order]


def gate_at(*, actor: Actor, place_id: UUID) -> Place | None:
    """Return a place of the actor's school."""
    return Place.objects.filter(school=actor.school_scope, id=place_id).first()


def host_at(*, actor: Actor, person_id: UUID) -> Person | None:
    """Return somebody who works at the actor's school."""
    return people_visible(actor=actor).filter(id=person_id).first()


def offices_there(*, actor: Actor) -> QuerySet[Unit]:
    """Return the offices of the actor's school, by code."""
    return Unit.objects.filter(school=actor.school_scope, kind=Unit.Kind.OFFICE).order_by("code")


def office_at(*, actor: Actor, unit_id: UUID) -> Unit | None:
    """Return one of them."""
    return offices_there(actor=actor).filter(id=unit_id).first()


def school_of_gate(*, actor: Actor) -> School:
    """Return the actor's school, for whoever keeps its gate."""
    gate_check(actor=actor)
    return School.objects.get(id=actor.school_scope)


def open_days(*, actor: Actor) -> QuerySet[OpenDay]:
    """Return the open days of the actor's school with how many came and went; raise NotGateReader."""
    gate_check(actor=actor)
    days = OpenDay.objects.filter(school=actor.school_scope).select_related("called_by")
    sums = {name: Coalesce(Sum(f"counts__{name}"), 0) for name in ("came_in", "went_out")}
    return days.annotate(**sums, is_counted=Exists(GateCount.objects.filter(open_day=OuterRef("pk"))))


def open_day_get(*, actor: Actor, day_id: UUID) -> OpenDay:
    """Return one of them, else NotFound."""
    found = open_days(actor=actor).filter(id=day_id).first()
    if found is None:
        raise NotFound
    return found


def open_day_at(*, school: School, now: datetime) -> OpenDay | None:
    """Return the open day it is at a school, None on every other day."""
    return OpenDay.objects.filter(school=school, day=today_at(school=school, now=now)).first()


def today_at(*, school: School, now: datetime) -> date:
    """Return the day it is at a school."""
    return now.astimezone(ZoneInfo(school.time_zone)).date()


def gate_news_standing(
    *,
    news: Mapping[UUID, Mapping[str, Any]],
    readers: Mapping[UUID, Actor],
    standing_there: Collection[UUID],
    now: datetime,
) -> set[UUID]:
    """Return which news of visitors still hold: somebody is inside, and the host has not answered, or says no.

    That one came is for whoever is asked alone; that one is not expected, for those who keep the log, lead on duty or
    above, or stand at a post of a gate now.
    """
    named = {UUID(told["visit"]) for told in news.values()}
    visits = with_entries(GateVisit.objects.filter(id__in=named, is_inside=True, came_at__gt=now - KEPT))
    entries = {str(visit.id): visit.entry for visit in visits}
    schools = {reader.school_scope for reader in readers.values()}
    security = set(Unit.objects.filter(school__in=schools, code=SECURITY_OFFICE).values_list("id", flat=True))

    def is_for(reader: Actor, told: Mapping[str, Any]) -> bool:
        if told["what"] == What.CAME:
            return bool(str(reader.person_id) == told["host"])
        keeps = keeps_gate(actor=reader, security=security) or reader.holds(*LEADING_THERE)
        return keeps or reader.person_id in standing_there

    return {
        key for key, told in news.items() if _holds(told, entries.get(told["visit"])) and is_for(readers[key], told)
    }


def _holds(told: Mapping[str, Any], entry: GateEntry | None) -> bool:
    if entry is None or str(entry.asked_id_now) != told["host"]:
        return False
    return entry.expected is None if told["what"] == "came" else entry.expected is False
