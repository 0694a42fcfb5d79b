"""The people and calendars of the simulated schools, as they stand in the database."""

import json
from collections.abc import Collection
from copy import deepcopy
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from backend.calendars.models import Calendar
from backend.organisation.actors import Actor, HeldPost
from backend.organisation.models import Appointment, Person, Place, School, Unit
from backend.organisation.roles import Role
from backend.organisation.services import calendar_import
from tools.prove.simulate.minutes import SchoolMinutes
from tools.prove.simulate.rules import Rulebook

FIRST_DAY, LAST_DAY = date(2025, 12, 1), date(2027, 8, 31)
"""The span of the oracle's calendars: a year of filing, and all that can be due of it."""


@dataclass
class SchoolStage:
    """One school: its calendar's document, who works in which office, who leads and who reports."""

    school: School
    document: dict[str, Any]
    heads: dict[UUID, Actor]
    codes: dict[UUID, str]
    coordinator: Actor
    vice_principal: Actor
    principal: Actor
    protection_lead: Actor
    reporters: list[Actor]
    categories: list[str]
    places: list[UUID]
    led: Collection[str]

    @property
    def calendar(self) -> Calendar:
        """The school's calendar as it is now."""
        return Calendar.objects.select_related("school").get(school=self.school)

    def minutes(self) -> SchoolMinutes:
        """Return the school's working time by its document."""
        return _minutes(json.dumps(self.document, sort_keys=True), self.school.time_zone)


@lru_cache(maxsize=32)
def _minutes(document: str, zone: str) -> SchoolMinutes:
    return SchoolMinutes(document=json.loads(document), zone=zone, first=FIRST_DAY, last=LAST_DAY)


def stage_school(*, school: School, document: dict[str, Any], rulebook: Rulebook, now: datetime) -> SchoolStage:
    """Take a school with its calendar's document into use; only categories whose office has a head are reported."""
    own = deepcopy(document)
    calendar_import(school=school, content=own)
    actors = _actors(school, now)
    heads = {unit_id: actor for actor in actors for unit_id in sorted(actor.units(Role.OFFICE_HEAD))}
    led = _led(school, heads)
    return SchoolStage(
        school=school,
        document=own,
        heads=heads,
        codes=dict(Unit.objects.filter(school=school).values_list("id", "code")),
        coordinator=_holder(actors, Role.COORDINATOR),
        vice_principal=_holder(actors, Role.VICE_PRINCIPAL),
        principal=_holder(actors, Role.PRINCIPAL),
        protection_lead=_holder(actors, Role.PROTECTION_LEAD),
        reporters=actors,
        categories=sorted(
            code for code, row in rulebook.categories.items() if row["class"] == "K2" or row["lead"] in led
        ),
        places=list(Place.objects.filter(school=school).order_by("code").values_list("id", flat=True)),
        led=led,
    )


def _actors(school: School, now: datetime) -> list[Actor]:
    held = Appointment.objects.filter(post__school=school, is_deputy=False, starts_at__lte=now, ends_at__isnull=True)
    posts: dict[UUID, list[HeldPost]] = {}
    for person_id, role, unit_id in held.order_by("id").values_list("person_id", "post__role", "post__unit_id"):
        posts.setdefault(person_id, []).append(HeldPost(Role(role), unit_id))
    people = Person.objects.filter(school=school).order_by("staff_number")
    return [
        Actor(person.user_id or 0, person.id, person.name, school.id, None, tuple(posts.get(person.id, ())))
        for person in people
    ]


def _holder(actors: list[Actor], role: Role) -> Actor:
    return next(actor for actor in actors if actor.holds(role))


def _led(school: School, heads: Collection[UUID]) -> set[str]:
    """Return the offices whose head can work on tickets; grades are among them where each has one."""
    units = list(Unit.objects.filter(school=school).values_list("id", "code", "kind"))
    led = {code for unit_id, code, _kind in units if unit_id in heads}
    return led | ({"grade"} if all(unit_id in heads for unit_id, _code, kind in units if kind == "grade") else set())
