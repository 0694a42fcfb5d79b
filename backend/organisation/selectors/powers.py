"""Reads of powers over people: who holds them, who hears of a change, who can confirm one, and what waits."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from django.conf import settings
from django.db.models import Q, QuerySet
from django.utils.module_loading import import_string

from backend.common.errors import NotFound
from backend.organisation.actors import Actor
from backend.organisation.models import Appointment, Bureau, PendingPower, Person, Power, School
from backend.organisation.powers import GUARDED, OVER_SEALED, WITNESSES
from backend.organisation.roles import Role
from backend.organisation.selectors.bureaus import bureaus_of_own
from backend.organisation.selectors.people import appointments_in_force

WAITING = Q(outcome=PendingPower.Outcome.WAITING)


class HasTickets(Protocol):
    """Says whether any of the schools has a ticket."""

    def __call__(self, *, school_ids: Collection[UUID]) -> bool:
        """Return whether one of them is past being set up."""


@dataclass(frozen=True, slots=True)
class Keepers:
    """The holders of powers at some schools and bureaus now, as (person, role, school, bureau)."""

    held: tuple[tuple[UUID, Role, UUID | None, UUID | None], ...]
    bureau_of: dict[UUID, UUID]
    signs_in: frozenset[UUID]
    """Those of them who have an account: nobody else can confirm anything."""

    def witnesses(self, *, school_id: UUID | None, bureau_id: UUID | None) -> set[UUID]:
        """Return who hears of changes at a school: protection lead and principal; at the bureau, its officers."""
        if bureau_id:
            return self._at_bureau(bureau_id)
        return {one for one, role, where, _bureau in self.held if where == school_id and role in WITNESSES}

    def confirmers(self, pending: PendingPower) -> tuple[set[UUID], set[UUID]]:
        """Return who can confirm a change: those nearest to it, and those one step away.

        So the only officer of a bureau is not alone: the leaders of its schools confirm.
        """
        unfit = {pending.person_id, pending.asked_by_id}
        bureau_id = pending.bureau_id or (self.bureau_of[pending.school_id] if pending.school_id else None)
        schools = {pending.school_id} if pending.school_id else self.bureau_of.keys()
        leaders = {one for one, _role, school_id, _bureau in self.held if school_id in schools} & self.signs_in - unfit
        officers = self._at_bureau(bureau_id) & self.signs_in - unfit
        return (leaders, officers) if pending.school_id else (officers, leaders)

    def _at_bureau(self, bureau_id: UUID | None) -> set[UUID]:
        return {one for one, _role, _school, where in self.held if where is not None and where == bureau_id}


def keepers_load(*, school_ids: Collection[UUID], bureau_ids: Collection[UUID], now: datetime) -> Keepers:
    """Load who holds power over sealed tickets at schools, their bureaus, and the schools of bureaus; two queries.

    Nobody whose account is closed confirms or witnesses anything.
    """
    bureau_of = dict(
        School.objects.filter(Q(id__in=school_ids) | Q(bureau__in=bureau_ids)).values_list("id", "bureau_id")
    )
    where = Q(post__school__in=bureau_of.keys()) | Q(post__bureau__in={*bureau_ids, *bureau_of.values()})
    rows = appointments_in_force(at=now).filter(where, post__role__in=OVER_SEALED)
    rows = rows.exclude(person__user__is_active=False)
    columns = ("person_id", "post__role", "post__school_id", "post__bureau_id", "person__user_id")
    held = list(rows.values_list(*columns).distinct())
    return Keepers(
        tuple((person, Role(role), school, bureau) for person, role, school, bureau, _user in held),
        bureau_of,
        frozenset(person for person, *_where, user in held if user is not None),
    )


def confirmers_named(*, changes: Sequence[PendingPower], now: datetime) -> list[list[str]]:
    """Return for each change the names of those who are asked to confirm it; three statements for any number."""
    keepers = keepers_load(
        school_ids={row.school_id for row in changes if row.school_id},
        bureau_ids={row.bureau_id for row in changes if row.bureau_id},
        now=now,
    )
    asked = [near or further for near, further in map(keepers.confirmers, changes)]
    names = dict(Person.objects.filter(id__in=set().union(*asked)).values_list("id", "name"))
    return [sorted(names[one] for one in people) for people in asked]


def guarded_roles(*, person_ids: Iterable[UUID], now: datetime) -> dict[UUID, set[Role]]:
    """Return the powers of people who have or are to have any: by a post now or later, or one that waits."""
    ids = list(person_ids)
    found: dict[UUID, set[Role]] = {}
    lasting = Q(ends_at__isnull=True) | Q(ends_at__gt=now)
    held = Appointment.objects.filter(lasting, person__in=ids, post__role__in=GUARDED)
    asked = PendingPower.objects.filter(WAITING, person__in=ids, kind=Power.POST)
    for person_id, role in [*held.values_list("person_id", "post__role"), *asked.values_list("person_id", "role")]:
        found.setdefault(person_id, set()).add(Role(role))
    return found


def is_in_use(*, employer: School | Bureau) -> bool:
    """Say whether a school, or a school of a bureau, is live or has a ticket: before that nobody waits for anybody."""
    schools = School.objects.filter(Q(pk=employer.pk) if isinstance(employer, School) else Q(bureau=employer))
    went_live = dict(schools.values_list("id", "live_at"))
    has_tickets: HasTickets = import_string(settings.SCHOOLS_HAVE_TICKETS)
    return any(went_live.values()) or has_tickets(school_ids=went_live.keys())


def posts_of_power(*, school: School, now: datetime) -> list[Appointment]:
    """Return the appointments to guarded posts of a school, and of a bureau of its own, by role and since when."""
    lasting = Appointment.objects.filter(Q(ends_at__isnull=True) | Q(ends_at__gt=now), post__role__in=GUARDED)
    here = Q(post__school=school) | Q(post__bureau__in=bureaus_of_own(school_id=school.id))
    rows = lasting.filter(here).select_related("post", "person")
    return list(rows.order_by("post__role", "is_deputy", "starts_at", "id"))


def people_behind_seals(*, people: Collection[Person], now: datetime) -> set[UUID]:
    """Return whose reach and account only change with a second person: they hold power, and their school is in use."""
    roles = guarded_roles(person_ids=[person.id for person in people], now=now)
    holders = [person for person in people if not roles.get(person.id, set()).isdisjoint(OVER_SEALED)]
    in_use = {employer.pk for employer in {employer_of(person) for person in holders} if is_in_use(employer=employer)}
    return {person.id for person in holders if employer_of(person).pk in in_use}


def people_reached(*, people: Collection[Person]) -> set[UUID]:
    """Return who of these people has an account or an address that counts."""
    reached = Q(user__isnull=False) | Q(channels__verified_at__isnull=False)
    found = Person.objects.filter(reached, id__in=[person.id for person in people])
    return set(found.values_list("id", flat=True))


def waits_for_second(*, person: Person, now: datetime) -> bool:
    """Say whether what touches the reach or the account of one person needs a second person."""
    return bool(people_behind_seals(people=[person], now=now))


def employer_of(person: Person) -> School | Bureau:
    """Return the school or bureau a person works for."""
    employer: School | Bureau | None = person.school or person.bureau
    if employer is None:
        raise AssertionError("everybody works somewhere")
    return employer


def powers_visible(*, actor: Actor) -> QuerySet[PendingPower]:
    """Return the changes at the actor's school and at the bureau above it; for the bureau, at all its schools."""
    if actor.bureau_id:
        visible = Q(bureau=actor.bureau_id) | Q(school__bureau=actor.bureau_id)
    else:
        visible = Q(school=actor.school_id) | Q(bureau__schools=actor.school_id)
    return PendingPower.objects.filter(visible).select_related("person", "asked_by", "decided_by", "school", "bureau")


def power_lock(*, actor: Actor, power_id: UUID) -> PendingPower:
    """Return a change the actor may see, locked until the transaction ends; raise NotFound."""
    locked = powers_visible(actor=actor).select_for_update(of=("self",)).filter(id=power_id).first()
    if locked is None:
        raise NotFound
    return locked
