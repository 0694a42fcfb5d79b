"""Recording a training, lesson or drill that was held, and making void what was entered by mistake."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from backend.organisation.actors import Actor
from backend.organisation.models import School
from backend.organisation.permissions import RULES, Permission
from backend.organisation.selectors import school_get
from backend.organisation.selectors.people import all_work_there
from backend.rulebook.selectors import active_version_id, training_rules_get
from backend.rulebook.training_rules import TrainingRule
from backend.training.errors import (
    AlreadyVoid,
    CountsBackwards,
    HeldInFuture,
    NobodyPresent,
    TooManyPresent,
    UnknownAttendee,
    UnknownClass,
    UnknownTraining,
    UntitledTraining,
)
from backend.training.models import NAMES_KEPT, ClassAttendance, StaffAttendance, TrainingSession
from backend.training.selectors.sessions import classes_of, session_get
from backend.training.selectors.standing import day_at
from backend.training.services.keeping import school_dues_keep
from backend.training.sight import may_void, record_check


@dataclass(frozen=True, slots=True)
class ClassDraft:
    """A class that was there: how many belong to it, and how many were present."""

    unit_id: UUID
    due: int
    present: int


@dataclass(frozen=True, slots=True)
class SessionDraft:
    """Something that was held, by whom and for whom; either a required training (`code`) or another one with a title.

    Without `counts_until` a required one counts for as long as the rules say, and another one for nothing.
    """

    code: str
    title: str
    kind: str
    held_on: date
    minutes: int
    held_by: str
    certificate: str
    counts_until: date | None
    people: Sequence[UUID]
    classes: Sequence[ClassDraft]


@transaction.atomic
def session_record(*, actor: Actor, draft: SessionDraft, now: datetime) -> UUID:
    """Record what was held; what was due of those present is done by it."""
    actor.require(Permission.TRAININGS_WRITE)
    school = school_get(actor=actor)
    version_id = active_version_id(school_id=school.id)
    rule = _rule(version_id, draft)
    _days_check(school, draft, now)
    _present_check(actor, school, draft, now)
    session = _session(actor, school, draft, rule, now)
    session.rulebook_id = version_id if rule else None
    session.save()
    _attended(session, draft)
    _keep(school, version_id, now)
    return session.id


@transaction.atomic
def session_void(*, actor: Actor, session_id: UUID, reason: str, now: datetime) -> None:
    """Make an entry void, with a reason; it stays to be seen and counts no more."""
    session = session_get(actor=actor, session_id=session_id)
    if not may_void(actor=actor, by_id=session.by_id):
        raise RULES[Permission.TRAININGS_WRITE].refusal
    row = TrainingSession.objects.select_for_update(no_key=True).get(id=session.id)
    if row.void_at is not None:
        raise AlreadyVoid
    row.void_by_id, row.void_at, row.void_reason = actor.person_id, now, reason
    row.save(update_fields=["void_by", "void_at", "void_reason"])
    school = school_get(actor=actor)
    _keep(school, active_version_id(school_id=school.id), now)


def _rule(version_id: int | None, draft: SessionDraft) -> TrainingRule | None:
    if not draft.code and not draft.title:
        raise UntitledTraining(pointer="/title")
    if not draft.code:
        return None
    rule = training_rules_get(version_id).get(draft.code) if version_id else None
    if rule is None:
        raise UnknownTraining(pointer="/code")
    return rule


def _days_check(school: School, draft: SessionDraft, now: datetime) -> None:
    if draft.held_on > day_at(school=school, at=now):
        raise HeldInFuture(pointer="/held_on")
    if draft.counts_until is not None and draft.counts_until < draft.held_on:
        raise CountsBackwards(pointer="/counts_until")


def _present_check(actor: Actor, school: School, draft: SessionDraft, now: datetime) -> None:
    people, classes = {*draft.people}, {one.unit_id for one in draft.classes}
    known = {unit.id for unit in classes_of(actor=actor)}
    record_check(actor=actor, people=people, classes=classes & known, class_ids=known)
    if not people and not classes:
        raise NobodyPresent(pointer="/people")
    if not classes <= known or len(classes) < len(draft.classes):
        raise UnknownClass(pointer="/classes")
    if any(one.present > one.due for one in draft.classes):
        raise TooManyPresent(pointer="/classes")
    if not all_work_there(where=Q(school=school), person_ids=people, at=now):
        raise UnknownAttendee(pointer="/people")


def _session(
    actor: Actor, school: School, draft: SessionDraft, rule: TrainingRule | None, now: datetime
) -> TrainingSession:
    return TrainingSession(
        school=school,
        code=draft.code,
        title="" if rule else draft.title,
        kind=draft.kind,
        held_on=draft.held_on,
        minutes=draft.minutes,
        held_by=draft.held_by,
        counts_until=draft.counts_until or (rule.counts_until(draft.held_on) if rule else None),
        people_count=len({*draft.people}),
        by_id=actor.person_id,
        at=now,
    )


def _attended(session: TrainingSession, draft: SessionDraft) -> None:
    kept_until = (session.counts_until or session.held_on) + NAMES_KEPT
    people = [
        StaffAttendance(session=session, person_id=one, certificate=draft.certificate, kept_until=kept_until)
        for one in sorted({*draft.people})
    ]
    StaffAttendance.objects.bulk_create(people)
    classes = [
        ClassAttendance(session=session, unit_id=one.unit_id, due=one.due, present=one.present) for one in draft.classes
    ]
    ClassAttendance.objects.bulk_create(classes)


def _keep(school: School, version_id: int | None, now: datetime) -> None:
    """Bring what is due in step; a school that does not work with the system yet is asked nothing."""
    if version_id is not None and school.live_at is not None:
        school_dues_keep(school=school, version_id=version_id, now=now)
