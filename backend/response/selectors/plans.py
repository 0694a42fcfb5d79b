"""Reads of a school's response plans: how they stand, whom they ask, and who has not read them."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from backend.common.errors import NotFound
from backend.duty.selectors import directory_load
from backend.organisation.actors import Actor
from backend.organisation.models import Person, Place, School, Unit
from backend.organisation.permissions import Permission
from backend.response.asking import Asked, Ground
from backend.response.models import ResponseApproval, ResponseDraft, ResponseReading
from backend.rulebook.response_rules import ResponsePlan
from backend.rulebook.selectors import active_version_id, ruleset_get


class Lack(StrEnum):
    """The things that a plan lacks."""

    NOT_APPROVED = "not_approved"
    CHANGED = "changed"
    EXPIRED = "expired"
    NOBODY = "nobody"


@dataclass(frozen=True, slots=True)
class PlanStanding:
    """A plan of a school as it stands now: who is asked, what it lacks, who has read it and who has not."""

    plan: ResponsePlan
    approval: ResponseApproval | None
    asked: Sequence[Asked]
    lacks: Sequence[Lack]
    read: Sequence[Person]
    unread: Sequence[Person]

    @property
    def holds(self) -> bool:
        """Whether it is approved as it is written, and its time is not over."""
        return {Lack.NOT_APPROVED, Lack.CHANGED, Lack.EXPIRED}.isdisjoint(self.lacks)


def digest_of(plan: ResponsePlan) -> str:
    """Return what tells one version of a plan from another."""
    said = json.dumps(plan.content(), default=str, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(said.encode()).hexdigest()


def plans_of(*, actor: Actor) -> list[ResponsePlan]:
    """Return the response plans of the rulebook in use at the actor's school, in the order of their codes."""
    version_id = active_version_id(school_id=actor.school_id) if actor.school_id else None
    return sorted(ruleset_get(version_id).response_plans.values(), key=lambda plan: plan.code) if version_id else []


def plan_find(*, actor: Actor, code: str) -> ResponsePlan:
    """Return one of them; raise NotFound."""
    found = next((plan for plan in plans_of(actor=actor) if plan.code == code), None)
    if found is None:
        raise NotFound
    return found


def school_of_plans(*, actor: Actor) -> School:
    """Return the actor's school; raise NotFound for those of a bureau."""
    school = School.objects.filter(id=actor.school_scope).first()
    if school is None:
        raise NotFound
    return school


def draft_of(*, actor: Actor, code: str) -> ResponseDraft | None:
    """Return the draft of a plan, for those who approve plans; None where there is none."""
    if actor.school_id is None or not actor.may(Permission.RESPONSES_APPROVE):
        return None
    return ResponseDraft.objects.filter(school=actor.school_id, plan=code).select_related("by").first()


def offices_named(*, actor: Actor) -> Mapping[str, str]:
    """Return the names of the units of the actor's school by their codes."""
    return {unit.code: unit.name for unit in Unit.objects.filter(school=actor.school_scope)}


def ground_load(
    *, school_id: UUID, now: datetime, place_id: UUID | None = None, excluding: Sequence[UUID] = ()
) -> Ground:
    """Read whom a school's plans can ask at one instant: five statements, whatever the number of plans."""
    units = {unit.id: unit for unit in Unit.objects.filter(school=school_id).order_by("code")}
    places = {place.id: place for place in Place.objects.filter(school=school_id)} if place_id else {}
    directory = directory_load(school_ids={school_id}, now=now)
    return Ground(school_id, units, places, directory, place_id, frozenset(excluding))


def plans_standing(*, actor: Actor, now: datetime, code: str | None = None) -> list[PlanStanding]:
    """Return how the plans of the actor's school stand now, or (`code`) one of them.

    As many statements for forty as for one.
    """
    plans = plans_of(actor=actor)
    if code is not None:
        plans = [plan for plan in plans if plan.code == code]
    if not plans:
        return []
    school = school_of_plans(actor=actor)
    ground = ground_load(school_id=school.id, now=now)
    approvals = approvals_of(school_id=school.id)
    readers = _readers([approval.id for approval in approvals.values()])
    named = {plan.code: ground.holders_by(plan) for plan in plans}
    people = Person.objects.in_bulk({person for holders in named.values() for person in holders})
    day = day_at(school, now)
    found = []
    for plan in plans:
        approval = approvals.get(plan.code)
        asked = ground.asked_by(plan)
        done = readers.get(approval.id, set()) if approval else set()
        holders = sorted((people[person] for person in named[plan.code]), key=lambda one: (one.name, one.id))
        found.append(
            PlanStanding(
                plan,
                approval,
                asked,
                lacks_of(plan=plan, approval=approval, asked=asked, day=day),
                [person for person in holders if person.id in done],
                [person for person in holders if person.id not in done],
            )
        )
    return found


def plan_standing(*, actor: Actor, code: str, now: datetime) -> PlanStanding:
    """Return how one plan stands now; raise NotFound."""
    found = plans_standing(actor=actor, now=now, code=code)
    if not found:
        raise NotFound
    return found[0]


def lacks_of(
    *, plan: ResponsePlan, approval: ResponseApproval | None, asked: Sequence[Asked], day: date
) -> Sequence[Lack]:
    """Return what a plan lacks on a day: an approval of what it says that holds, and people of its own to ask."""
    found = []
    if approval is None:
        found.append(Lack.NOT_APPROVED)
    elif approval.digest != digest_of(plan):
        found.append(Lack.CHANGED)
    elif approval.last_day < day:
        found.append(Lack.EXPIRED)
    if any(one.stands_in for one in asked):
        found.append(Lack.NOBODY)
    return found


def approvals_of(*, school_id: UUID) -> Mapping[str, ResponseApproval]:
    """Return by its plan the latest approval of each."""
    rows = ResponseApproval.objects.filter(school=school_id).select_related("by").order_by("plan", "-number")
    return {row.plan: row for row in rows.distinct("plan")}


def day_at(school: School, now: datetime) -> date:
    """Return which day it is by the school's clock."""
    return now.astimezone(ZoneInfo(school.time_zone)).date()


def _readers(approvals: Sequence[UUID]) -> dict[UUID, set[UUID]]:
    found: dict[UUID, set[UUID]] = {}
    for approval_id, person_id in ResponseReading.objects.filter(approval__in=approvals).values_list(
        "approval_id", "person_id"
    ):
        found.setdefault(approval_id, set()).add(person_id)
    return found


def readings_standing(
    *, news: Mapping[UUID, Mapping[str, Any]], readers: Mapping[UUID, Actor], now: datetime
) -> set[UUID]:
    """Return which news of approved plans still hold: it is the approval that counts, and its reader has to read it.

    As many statements for each school, however many people and plans.
    """
    one_of = {actor.school_id: actor for actor in readers.values()}
    unread = {
        (str(row.approval.id), person.id)
        for actor in one_of.values()
        for row in plans_standing(actor=actor, now=now)
        if row.approval is not None and row.holds
        for person in row.unread
    }
    return {one for one, told in news.items() if (told["approval"], readers[one].person_id) in unread}
