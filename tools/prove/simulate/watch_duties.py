"""Contact tests, rosters and started response plans, done to the real system and told to the oracle."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial
from random import Random
from uuid import UUID

from django.db import transaction

from backend.duty.models import ContactTest, DutyShift, DutySlot
from backend.duty.selectors.rosters import shift_lock
from backend.duty.services import slot_swap
from backend.duty.services.contact import (
    RuleDraft,
    contact_answer,
    contact_ask,
    contact_rule_set,
    contact_take_back,
    contacts_ask_planned,
)
from backend.organisation.actors import Actor
from backend.response.models import Response, ResponseTask
from backend.response.services.answering import Word, task_answer
from backend.response.services.starting import response_end, response_start
from tools.prove.simulate.cases import Case
from tools.prove.simulate.duties import TaskKey, TaskTold, TestKey
from tools.prove.simulate.people import Shift
from tools.prove.simulate.rounds import Site
from tools.prove.simulate.told import OVER
from tools.prove.simulate.watch import WHY, WORDS, Watch

BEFORE, WITHIN = timedelta(minutes=60), timedelta(minutes=30)
"""So long before a week of duty its people are asked whether they can be reached, and so long they have."""


def rule_set(watch: Watch, site: Site, at: datetime) -> None:
    """Have the people of each week asked before it begins."""
    before, within = (length // timedelta(minutes=1) for length in (BEFORE, WITHIN))
    draft = RuleDraft(DutyShift.Kind.WEEK, before, within)
    contact_rule_set(actor=_principal(watch, site, at), draft=draft, now=at)
    watch.contacts.rules[site.school, DutyShift.Kind.WEEK] = (BEFORE, WITHIN)


def ask_planned(watch: Watch, at: datetime) -> list[TestKey]:
    """Let the task ask whoever is to be asked by now; return the tests that began."""
    return _began(watch, at, contacts_ask_planned(now=at), watch.contacts.planned(at), f"contact tests at {at}")


def ask_by_hand(watch: Watch, site: Site, shift: Shift, at: datetime) -> list[TestKey]:
    """Let the principal ask whether those in a shift can be reached; return the tests that began."""
    actor, minutes = _principal(watch, site, at), WITHIN // timedelta(minutes=1)
    asking = partial(contact_ask, actor=actor, shift_id=shift.key, minutes=lambda: minutes, now=at)
    what = f"asking shift {shift.key} at {at}"
    asked = watch.twin.expecting(watch.contacts.refusal(site, shift, at), what, asking)
    if asked is None:
        return []
    told = watch.contacts.by_hand(site, shift, actor.person_id, at, WITHIN)
    return _began(watch, at, len(asked), told, what)


def answer_test(watch: Watch, site: Site, key: TestKey, at: datetime, *, is_answered: bool) -> None:
    """Let whoever was asked answer, or the principal take the test back."""
    test = ContactTest.objects.get(shift=key.shift, person=key.person, asked_at=key.asked_at)
    is_over = watch.contacts.tests[key].over_at is not None
    if is_answered:
        contact_answer(actor=watch.actor(site, key.person, at), test_id=test.id, now=at)
    else:
        back = partial(contact_take_back, test_id=test.id, reason=lambda: WHY, now=at)
        what, actor = f"taking back {key} at {at}", _principal(watch, site, at)
        watch.twin.expecting("contact_over" if is_over else "", what, partial(back, actor=actor))
    watch.contacts.over(key, at, is_answered=is_answered)


def swap(watch: Watch, site: Site, shift: Shift, taker: UUID, at: datetime) -> None:
    """Let a keeper of the roster give the lead of a shift to somebody else."""
    actor, (giver,) = _principal(watch, site, at), shift.leading
    expected = "taker_absent" * site.people.is_away(taker, max(at, shift.starts_at), shift.ends_at)
    if taker in shift.serving:
        expected = "taker_on_duty"
    act = partial(_swapped, actor, shift.key, giver, taker, at)
    if watch.twin.expecting(expected, f"swap of shift {shift.key} to {taker} at {at}", act) is not None:
        shift.serving, shift.leading = (shift.serving - {giver}) | {taker}, {taker}
        watch.twin.counts["roster edits"] += 1


def start_plan(watch: Watch, case: Case, plan: str, at: datetime) -> list[TaskTold]:
    """Let the coordinator start a response plan on a ticket; return its steps."""
    site, ticket_id = watch.rounds.sites[case.told.school], case.told.key
    actor = watch.actor(site, case.stage.coordinator.person_id, at)
    expected = "response_ticket_over" if case.told.state in OVER else ""
    act = partial(response_start, actor=actor, ticket_id=ticket_id, code=lambda: plan, now=at)
    if watch.twin.expecting(expected, f"start of {plan} on {ticket_id} at {at}", act) is None:
        return []
    tasks = watch.responses.started(site, ticket_id, plan, at)
    stored = {(row.step, row.unit.code if row.unit else ""): row for row in _rows(tasks[0].key)}
    found = {key: (set(row.people), row.due_at) for key, row in stored.items()}
    wanted = {(task.key.step, task.key.unit): (set(task.people), task.due_at) for task in tasks}
    if found != wanted:
        watch.twin.remarks.append(f"{plan} of {ticket_id} at {at} asks {found}; the oracle says {wanted}")
    watch.twin.counts["response plans"] += 1
    return tasks


def do_step(watch: Watch, task: TaskTold, random: Random, at: datetime) -> None:
    """Let one of those asked or told say that a step is done; where nobody of the school was, whoever leads does."""
    stage = watch.stages[task.site.school]
    own = [one.person_id for one in stage.reporters if one.person_id in task.people]
    person = random.choice(own or [stage.coordinator.person_id])
    row = next(row for row in _rows(task.key) if (row.step, row.unit.code if row.unit else "") == task.key[3:])
    word, actor = Word(is_done=True, words=WORDS), watch.actor(task.site, person, at)
    task_answer(actor=actor, response_id=row.response_id, task_id=row.id, said=lambda: word, now=at)
    watch.responses.done(task, person, at)


def end_plan(watch: Watch, tasks: Sequence[TaskTold], at: datetime) -> None:
    """Let the coordinator say that a plan is over."""
    key, site = tasks[0].key, tasks[0].site
    actor = watch.actor(site, watch.stages[site.school].coordinator.person_id, at)
    row = Response.objects.get(ticket=key.ticket, plan=key.plan, started_at=key.started_at)
    response_end(actor=actor, response_id=row.id, words=lambda: WORDS, now=at)
    watch.responses.ended(tasks, at)


def _began(watch: Watch, at: datetime, count: int, told: int, what: str) -> list[TestKey]:
    if count != told:
        watch.twin.remarks.append(f"{what} asked {count} people; the oracle says {told}")
    watch.twin.counts["contact tests"] += told
    return [key for key in watch.contacts.tests if key.asked_at == at]


def _rows(key: TaskKey) -> Sequence[ResponseTask]:
    rows = ResponseTask.objects.filter(response__ticket=key.ticket, response__plan=key.plan)
    return list(rows.filter(response__started_at=key.started_at).select_related("unit").order_by("number"))


def _swapped(actor: Actor, shift_id: UUID, giver: UUID, taker: UUID, at: datetime) -> DutySlot:
    with transaction.atomic():
        shift = shift_lock(actor=actor, shift_id=shift_id)
        slot = shift.slots.get(person=giver)
        return slot_swap(actor=actor, shift=shift, slot=slot, taker_id=taker, note=WORDS, now=at)


def _principal(watch: Watch, site: Site, at: datetime) -> Actor:
    return watch.actor(site, watch.stages[site.school].principal.person_id, at)
