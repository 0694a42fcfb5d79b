"""Asking the people of a shift whether they can be reached, by hand or by the school's rule, and their answer."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from backend.common.errors import NotFound
from backend.common.outbox import outbox_add
from backend.deadlines.services import TimerDraft, timers_arm, timers_stop_all
from backend.duty.contact_errors import ContactOver, NobodyToAsk, ShiftNotNear
from backend.duty.contact_news import ToldOfContact, contact_drafts
from backend.duty.models import Absence, ContactRule, ContactTest, DutyShift
from backend.duty.selectors.contact import contact_test_get
from backend.duty.selectors.rosters import shift_lock
from backend.organisation.actors import Actor
from backend.organisation.models import Person
from backend.organisation.permissions import Permission
from backend.organisation.selectors.reachable import may_be_reached

SUBJECT_KIND, CLOCK = "contact", "contact"
AHEAD = timedelta(days=1)
MOST_BEFORE = 720
LEAST_MINUTES, USUAL_MINUTES, MOST_MINUTES = 5, 15, 60
MOST_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class RuleDraft:
    """A rule for a sort of shift: asked so many minutes before it (0: not), to answer in so many."""

    kind: DutyShift.Kind
    before: int
    within: int


@transaction.atomic
def contact_ask(*, actor: Actor, shift_id: UUID, minutes: Callable[[], int], now: datetime) -> Sequence[ContactTest]:
    """Ask everybody in a shift who is not away, and whose answer is not waited for, whether they can be reached."""
    shift = shift_lock(actor=actor, shift_id=shift_id)
    actor.require(Permission.CONTACTS_ASK)
    within = timedelta(minutes=minutes())
    if not now < shift.ends_at or shift.starts_at > now + AHEAD:
        raise ShiftNotNear
    waiting = ContactTest.objects.filter(shift=shift, answered_at=None, taken_back_at=None)
    people = _there({*shift.slots.values_list("person", flat=True)} - {*waiting.values_list("person", flat=True)}, now)
    if not people:
        raise NobodyToAsk
    rows = [
        ContactTest(shift=shift, person_id=person_id, asked_by_id=actor.person_id, asked_at=now, due_at=now + within)
        for person_id in sorted(people)
    ]
    return _ask(rows, now)


@transaction.atomic
def contacts_ask_planned(*, now: datetime) -> int:
    """Ask the people of shifts that begin soon, as the rules of their schools have it; once each, and again nobody.

    The number of statements does not depend on the number of shifts.
    """
    rules = {(rule.school_id, rule.kind): rule for rule in ContactRule.objects.filter(before__gt=0)}
    if not rules:
        return 0
    soon = DutyShift.objects.filter(school__in={school for school, _kind in rules}, starts_at__gt=now)
    near = soon.filter(starts_at__lte=now + timedelta(minutes=MOST_BEFORE), school__live_at__isnull=False)
    free = near.select_for_update(of=("self",), no_key=True, skip_locked=True)
    locked = free.select_related("place", "school").order_by("starts_at", "id")
    shifts = {shift.id: shift for shift in locked[:MOST_AT_ONCE]}
    due = {
        key: rule
        for key, shift in shifts.items()
        if shift.school_id
        and (rule := rules.get((shift.school_id, shift.kind)))
        and shift.starts_at - timedelta(minutes=rule.before) <= now
    }
    slots = {*DutyShift.objects.filter(id__in=due).exclude(slots=None).values_list("id", "slots__person")}
    asked = {*ContactTest.objects.filter(shift__in=due).values_list("shift", "person")}
    there = _there({person_id for _shift, person_id in slots - asked}, now)
    rows = [
        ContactTest(
            shift=shifts[shift_id],
            person_id=person_id,
            asked_at=now,
            due_at=now + timedelta(minutes=due[shift_id].within),
        )
        for shift_id, person_id in sorted(slots - asked)
        if person_id in there
    ]
    return len(_ask(rows, now))


@transaction.atomic
def contact_answer(*, actor: Actor, test_id: UUID, now: datetime) -> ContactTest:
    """Answer that one can be reached; late it counts as well, and once more changes nothing."""
    row = contact_test_get(actor=actor, test_id=test_id, locked=True)
    if row.person_id != actor.person_id:
        raise NotFound
    if not row.is_over:
        row.answered_at = now
        row.save(update_fields=["answered_at"])
        timers_stop_all(subject_kind=SUBJECT_KIND, subject_ids=[row.id], now=now, reason="answered")
    return row


@transaction.atomic
def contact_take_back(*, actor: Actor, test_id: UUID, reason: Callable[[], str], now: datetime) -> ContactTest:
    """Take a test back that waits for an answer, with a reason: whoever was asked counts as reachable again."""
    row = contact_test_get(actor=actor, test_id=test_id, locked=True)
    actor.require(Permission.CONTACTS_ASK)
    row.reason = reason()
    if row.is_over:
        raise ContactOver
    row.taken_back_by_id, row.taken_back_at = actor.person_id, now
    row.save(update_fields=["taken_back_by", "taken_back_at", "reason"])
    timers_stop_all(subject_kind=SUBJECT_KIND, subject_ids=[row.id], now=now, reason="taken_back")
    return row


def contacts_end(*, shift_id: UUID, now: datetime) -> None:
    """Wait for no answer of the people of a shift that is about to be removed, and its tests with it."""
    asked = ContactTest.objects.filter(shift=shift_id).values_list("id", flat=True)
    timers_stop_all(subject_kind=SUBJECT_KIND, subject_ids=list(asked), now=now, reason="withdrawn")


@transaction.atomic
def contact_rule_set(*, actor: Actor, draft: RuleDraft, now: datetime) -> ContactRule:
    """Set when the people of a sort of shift of the actor's school are asked."""
    actor.require(Permission.CONTACTS_ASK)
    said = {"before": draft.before, "within": draft.within, "set_by_id": actor.person_id, "set_at": now}
    row, _new = ContactRule.objects.update_or_create(school_id=actor.school_scope, kind=draft.kind, defaults=said)
    return row


def _there(people: Collection[UUID], now: datetime) -> set[UUID]:
    """Return who of these is not away and has an account; nobody on leave is asked anything."""
    away = Absence.objects.filter(person__in=people, starts_at__lte=now, ends_at__gt=now)
    there = Person.objects.filter(may_be_reached(at=now), id__in=people)
    return {*there.values_list("id", flat=True)} - {*away.values_list("person", flat=True)}


def _ask(rows: Sequence[ContactTest], now: datetime) -> Sequence[ContactTest]:
    ContactTest.objects.bulk_create(rows)
    timers_arm(drafts=[TimerDraft(SUBJECT_KIND, row.id, CLOCK, (row.due_at,), None) for row in rows], now=now)
    outbox_add(drafts=contact_drafts(ToldOfContact.ASKED, rows), now=now)
    return rows
