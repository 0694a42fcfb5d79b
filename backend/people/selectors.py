"""Reads of what a portal keeps of a school's people: the school as a roster is compared with it, and its syncs."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Q, QuerySet

from backend.common.errors import NotFound
from backend.common.identities import identity_of
from backend.integrations.models import ServiceAccount
from backend.integrations.selectors import accounts_of
from backend.organisation.actors import Actor
from backend.organisation.models import Appointment, ContactChannel, Person, School, Unit
from backend.organisation.permissions import Permission
from backend.organisation.roles import Role
from backend.organisation.scopes import Scope
from backend.organisation.selectors.powers import guarded_roles
from backend.people.errors import PeopleSyncClosed
from backend.people.models import PeopleSource, PeopleSync, SourcedPerson, SourcedUnit

A_DAY = timedelta(hours=24)
LOOKED_BACK = 7 * A_DAY
"""Older ones were taken in or forgotten long before: this keeps the statement to a few rows."""


@dataclass(frozen=True, slots=True)
class State:
    """The people and units of a school with the ids they have in its portal; a few statements for any size."""

    school: School
    units: dict[UUID, Unit]
    people: dict[UUID, Person]
    held: dict[UUID, list[Appointment]]
    """The posts as staff of a unit, now or later, by person."""
    addresses: Mapping[UUID, set[str]]
    """The mail addresses of people, in their form of comparison."""
    links: dict[str, SourcedPerson]
    unit_links: dict[str, SourcedUnit]
    left_lately: int = 0
    """The number of those who left by a sync within a day, whether they came back or not: their accounts are closed."""
    guarded: frozenset[UUID] = field(default_factory=frozenset)


def state_load(*, school: School, now: datetime) -> State:
    """Load the state of a school in ten statements."""
    lasting = Q(ends_at__isnull=True) | Q(ends_at__gt=now)
    staff = Appointment.objects.filter(lasting, person__school=school, post__role=Role.REPORTER, is_deputy=False)
    held: dict[UUID, list[Appointment]] = {}
    for row in staff.select_related("post__unit").order_by("starts_at", "id"):
        held.setdefault(row.person_id, []).append(row)
    people = {person.id: person for person in Person.objects.filter(school=school).select_related("school", "user")}
    for rows in held.values():
        for row in rows:
            row.person = people[row.person_id]
    emails = ContactChannel.objects.filter(person__school=school, kind=ContactChannel.Kind.EMAIL)
    addresses: defaultdict[UUID, set[str]] = defaultdict(set)
    for person_id, address in emails.order_by("id").values_list("person_id", "address"):
        addresses[person_id].add(identity_of(address))
    return State(
        school=School.objects.get(id=school.id),
        units={unit.id: unit for unit in Unit.objects.filter(school=school).order_by("code", "id")},
        people=people,
        held=held,
        addresses=addresses,
        links={row.sourced_id: row for row in SourcedPerson.objects.filter(school=school)},
        unit_links={row.sourced_id: row for row in SourcedUnit.objects.filter(school=school)},
        left_lately=_left_lately(school=school, now=now),
        guarded=frozenset(guarded_roles(person_ids=people, now=now)),
    )


def _left_lately(*, school: School, now: datetime) -> int:
    rows = PeopleSync.objects.filter(school=school, state=PeopleSync.State.DONE, made_at__gt=now - LOOKED_BACK)
    rows = rows.filter(counts__leaves__gt=0)
    return sum(counts["leaves"] for counts in rows.filter(done_at__gt=now - A_DAY).values_list("counts", flat=True))


def linked_ids(*, school: School) -> frozenset[str]:
    """Return the ids in the portal of everybody who came from there."""
    return frozenset(SourcedPerson.objects.filter(school=school).values_list("sourced_id", flat=True))


def source_of(*, school_id: UUID) -> PeopleSource | None:
    """Return the leave of a school for a program to bring its staff."""
    return PeopleSource.objects.select_related("account", "opened_by").filter(school=school_id).first()


def sync_access(*, actor: Actor) -> None:
    """Let in the administrator of a school, and the one program it opened its staff to.

    Raises NotAdministrator, NotFound at a bureau, or PeopleSyncClosed.
    """
    if actor.through is not None:
        source = source_of(school_id=actor.school_scope)
        if source is None or source.account_id != actor.through.id:
            raise PeopleSyncClosed
        return
    actor.require(Permission.STAFF_IMPORT)
    if actor.school_id is None:
        raise NotFound


def users_of(*, actor: Actor) -> QuerySet[SourcedPerson]:
    """Return those who came from the portal of the actor's school, and were not taken away there."""
    rows = SourcedPerson.objects.filter(school=actor.school_scope, is_removed=False)
    return rows.select_related("person").order_by("id")


def syncs_of(*, actor: Actor) -> QuerySet[PeopleSync]:
    """Return the syncs of the actor's school."""
    rows = PeopleSync.objects.filter(school=actor.school_scope).defer("roster")
    return rows.select_related("account", "made_by", "applied_by")


def sync_get(*, actor: Actor, sync_id: UUID) -> PeopleSync:
    """Return a sync of the actor's school, or NotFound."""
    found = syncs_of(actor=actor).filter(id=sync_id).first()
    if found is None:
        raise NotFound
    return found


def accounts_to_open(*, actor: Actor, now: datetime) -> list[ServiceAccount]:
    """Return the programs that could be let bring the staff: those that may read it."""
    living = accounts_of(actor=actor).filter(revoked_at=None, ends_at__gt=now, scopes__contains=[Scope.PEOPLE_SYNC])
    return list(living.order_by("name", "id"))
