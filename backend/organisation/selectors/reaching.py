"""Who is reachable: everything that decides it, loaded at once for any number of schools and instants."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime
from operator import itemgetter
from typing import Any
from uuid import UUID

from django.db.models import (
    BigIntegerField,
    Case,
    CharField,
    F,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    UUIDField,
    Value,
    When,
)
from django.db.models.functions import Coalesce

from backend.common.errors import NotFound
from backend.organisation.actors import Actor
from backend.organisation.models import Absence, Appointment, ContactChannel, DutySlot, Person, School, Unit
from backend.organisation.reach import Directory, Reached, Register, Tenure
from backend.organisation.roles import Role

FIRST_VERIFIED = Subquery(
    ContactChannel.objects.filter(person=OuterRef("person"), verified_at__isnull=False)
    .order_by("verified_at")
    .values("verified_at")[:1]
)
COLUMNS = (
    "as_role",
    "at_employer",
    "in_unit",
    "person_id",
    "deputises",
    "on_roster",
    "since",
    "until",
    "first_verified",
    "turn",
)


def directory_load(*, school_ids: Collection[UUID], now: datetime) -> Directory:
    """Load every seat of the schools and their bureaus at one instant, in three queries for any number of schools."""
    return _register(school_ids, now, now).at(now)


def directories_load(*, school_ids: Collection[UUID], instants: Sequence[datetime]) -> dict[datetime, Directory]:
    """Load the directory of every instant, in three queries for any number of schools and instants."""
    if not instants:
        return {}
    register = _register(school_ids, min(instants), max(instants))
    return {instant: register.at(instant) for instant in instants}


def roster_instants(*, school_id: UUID, since: datetime, until: datetime) -> list[datetime]:
    """Return every instant of [since, until) at which who is reachable may change, in order, first `since` itself.

    Appointments, absences, shifts and verified channels of the school and of its bureau count.
    """
    return _register([school_id], since, until).changes(since=since, until=until)


def reach_explained(
    *, actor: Actor, role: Role, unit_id: UUID | None, now: datetime
) -> tuple[Reached, dict[UUID, Person]]:
    """Return who of the actor's school would be reached at an instant, and everybody it names; raise NotFound.

    The unit of another school is not found.
    """
    school_id = actor.school_scope
    if unit_id is not None and not Unit.objects.filter(school_id=school_id, id=unit_id).exists():
        raise NotFound
    found = directory_load(school_ids=[school_id], now=now).reach(role=role, school_id=school_id, unit_id=unit_id)
    named = {*found.people, *(skip.person_id for skip in found.skips if skip.person_id is not None)}
    return found, Person.objects.in_bulk(named)


def _register(school_ids: Collection[UUID], since: datetime, until: datetime) -> Register:
    bureau_of = dict(School.objects.filter(id__in=school_ids).values_list("id", "bureau_id"))
    bureau_ids = set(bureau_of.values())
    appointed = _appointments(school_ids, bureau_ids, since, until)
    rows = appointed.union(_leads(school_ids, bureau_ids, since, until), all=True)
    by_seniority = sorted(rows, key=itemgetter(*map(COLUMNS.index, ("since", "turn", "person_id"))))
    tenures = [Tenure(Role(role), *rest) for role, *rest, _turn in by_seniority]
    absences: defaultdict[UUID, list[tuple[datetime, datetime]]] = defaultdict(list)
    away = Absence.objects.filter(
        Q(person__school_id__in=school_ids) | Q(person__bureau_id__in=bureau_ids),
        starts_at__lte=until,
        ends_at__gt=since,
    )
    for person_id, starts_at, ends_at in away.values_list("person_id", "starts_at", "ends_at"):
        absences[person_id].append((starts_at, ends_at))
    return Register(bureau_of, tenures, absences)


def _appointments(
    school_ids: Collection[UUID], bureau_ids: Collection[UUID], since: datetime, until: datetime
) -> QuerySet[Appointment, Any]:
    return (
        Appointment.objects.filter(
            Q(post__school_id__in=school_ids) | Q(post__bureau_id__in=bureau_ids),
            Q(ends_at__isnull=True) | Q(ends_at__gt=since),
            starts_at__lte=until,
        )
        .annotate(
            as_role=F("post__role"),
            at_employer=Coalesce("post__school_id", "post__bureau_id"),
            in_unit=F("post__unit_id"),
            deputises=F("is_deputy"),
            on_roster=Value(value=False),
            since=F("starts_at"),
            until=F("ends_at"),
            first_verified=FIRST_VERIFIED,
            turn=F("id"),
        )
        .values_list(*COLUMNS)
    )


def _leads(
    school_ids: Collection[UUID], bureau_ids: Collection[UUID], since: datetime, until: datetime
) -> QuerySet[DutySlot, Any]:
    at_school = When(shift__school_id__isnull=False, then=Value(Role.DUTY_LEADER.value))
    return (
        DutySlot.objects.filter(
            Q(shift__school_id__in=school_ids) | Q(shift__bureau_id__in=bureau_ids),
            part=DutySlot.Part.LEADER,
            shift__starts_at__lte=until,
            shift__ends_at__gt=since,
        )
        .annotate(
            as_role=Case(at_school, default=Value(Role.BUREAU_OFFICER.value), output_field=CharField()),
            at_employer=Coalesce("shift__school_id", "shift__bureau_id"),
            in_unit=Value(None, output_field=UUIDField(null=True)),
            deputises=Value(value=False),
            on_roster=Value(value=True),
            since=F("shift__starts_at"),
            until=F("shift__ends_at"),
            first_verified=FIRST_VERIFIED,
            turn=Value(0, output_field=BigIntegerField()),
        )
        .values_list(*COLUMNS)
    )
