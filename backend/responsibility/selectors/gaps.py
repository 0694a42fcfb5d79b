"""Reads for the report on who answers for what; for all schools of a bureau as many statements as for one."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar
from uuid import UUID

from django.db.models import F, Prefetch, Q, QuerySet

from backend.common.days import LATEST
from backend.duty.selectors import directory_load
from backend.organisation.actors import Actor
from backend.organisation.models import Person, Place, School, Unit
from backend.organisation.permissions import Permission
from backend.organisation.roles import Role
from backend.organisation.selectors.people import appointments_in_force
from backend.organisation.selectors.reachable import may_be_reached
from backend.responsibility.gaps import GapKind, HeldPost, MapGap, Overdue, Standing, gaps_of
from backend.responsibility.models import LeadingGroup, LeadingSeat, OfficeSlot, Share
from backend.responsibility.selectors.shares import heads_of, today_at
from backend.rulebook.models import SchoolRulebook
from backend.rulebook.selectors import ruleset_get, training_rules_get
from backend.rulebook.selectors.checking import offices_among
from backend.training.models import TrainingDue

ONE_DAY = timedelta(days=1)
Lasting = TypeVar("Lasting", Share, OfficeSlot, LeadingGroup)
Row = TypeVar("Row", Unit, Place, Share, OfficeSlot, LeadingGroup, TrainingDue)


@dataclass(frozen=True, slots=True)
class SchoolGaps:
    """A school with the gaps in who answers for what; of another school than the reader's own only their numbers."""

    school: School
    gaps: Sequence[MapGap]
    counts: Mapping[GapKind, int]


def gaps_known(*, actor: Actor, now: datetime) -> list[SchoolGaps]:
    """Return the gaps of the actor's school, or for their bureau how many each of its schools has, without names."""
    actor.require(Permission.GAPS_READ)
    own = Q(id=actor.school_id) if actor.school_id else Q(bureau=actor.bureau_id)
    schools = list(School.objects.filter(own).order_by("code"))
    found = []
    for school, standing in zip(schools, _standings(schools, now), strict=True):
        gaps = gaps_of(standing)
        counts = Counter(gap.kind for gap in gaps)
        found.append(SchoolGaps(school, gaps if actor.school_id else (), counts))
    return found


def _standings(schools: Sequence[School], now: datetime) -> list[Standing]:
    ids = [school.id for school in schools]
    units = _by_school(Unit.objects.filter(school__in=ids).order_by("code"))
    places = _by_school(Place.objects.filter(school__in=ids).order_by("code"))
    shares = _by_school(_lasting(Share.objects.filter(school__in=ids).select_related("place", "person"), now))
    slots = _by_school(_lasting(OfficeSlot.objects.filter(school__in=ids).select_related("unit", "person"), now))
    posts = _posts(ids, now)
    named = [*_people(shares), *_people(slots), *_people(posts)]
    heads = heads_of(unit_ids=[unit.id for found in units.values() for unit in found], now=now)
    directory = directory_load(school_ids=ids, now=now)
    versions = dict(SchoolRulebook.objects.filter(school__in=ids).values_list("school", "version"))
    gone = _gone(named, now)
    groups = _groups(ids, now)
    overdue = _overdue(ids, now)
    found = []
    for school in schools:
        today = today_at(school=school, now=now)
        lasting = [row for row in shares[school.id] if row.ends_on is None or row.ends_on > today]
        found.append(
            Standing(
                offices=offices_among(school=school, units=units[school.id]),
                places=places[school.id],
                shares=[row for row in lasting if row.from_day <= today],
                coming_shares=[row for row in lasting if row.from_day > today],
                slots=[row for row in slots[school.id] if row.ends_on is None or row.ends_on > today],
                heads=heads,
                posts=posts[school.id],
                directory=directory,
                gone=gone,
                ruleset=ruleset_get(versions[school.id]) if school.id in versions else None,
                group=next((row for row in groups[school.id] if row.from_day <= today < (row.ends_on or LATEST)), None),
                overdue=[_rule_of(row) for row in overdue[school.id]],
            )
        )
    return found


def _groups(ids: Sequence[UUID], now: datetime) -> Mapping[UUID, list[LeadingGroup]]:
    """Return the leading groups that may hold today; one statement, and another one for the seats of all."""
    rows = _lasting(LeadingGroup.objects.filter(school__in=ids), now)
    return _by_school(rows.prefetch_related(Prefetch("seats", LeadingSeat.objects.order_by("number"))))


def _overdue(ids: Sequence[UUID], now: datetime) -> Mapping[UUID, list[TrainingDue]]:
    return _by_school(
        TrainingDue.objects.filter(school__in=ids, closed_at=None, due_at__lte=now).order_by("due_on", "id")
    )


def _rule_of(row: TrainingDue) -> Overdue:
    return Overdue(training_rules_get(row.rulebook_id)[row.code], row.person_id, row.unit_id)


def _lasting(rows: QuerySet[Lasting], now: datetime) -> QuerySet[Lasting]:
    """Leave out what was over days ago; by which day it is at each school is looked at afterwards."""
    still = Q(ends_on__isnull=True) | Q(ends_on__gte=now.date() - ONE_DAY, ends_on__gt=F("from_day"))
    return rows.filter(still).order_by("from_day", "at", "id")


def _by_school(rows: Iterable[Row]) -> Mapping[UUID, list[Row]]:
    found: dict[UUID, list[Row]] = defaultdict(list)
    for row in rows:
        found[row.school_id].append(row)
    return found


def _posts(ids: Sequence[UUID], now: datetime) -> Mapping[UUID, list[HeldPost]]:
    held = appointments_in_force(at=now).filter(post__school__in=ids).select_related("post", "person__user")
    found: dict[UUID, list[HeldPost]] = defaultdict(list)
    for row in held.order_by("person__name", "id"):
        is_open = row.person.user is None or row.person.user.is_active
        if row.post.school_id is not None:
            found[row.post.school_id].append(
                HeldPost(Role(row.post.role), row.post.unit_id, row.person, is_open, row.is_deputy)
            )
    return found


def _people(rows: Mapping[UUID, Iterable[Share | OfficeSlot | HeldPost]]) -> Iterator[UUID]:
    return (row.person.id for found in rows.values() for row in found)


def _gone(person_ids: Iterable[UUID], now: datetime) -> frozenset[UUID]:
    named = Person.objects.filter(id__in=set(person_ids))
    return frozenset(named.exclude(may_be_reached(at=now)).values_list("id", flat=True))
