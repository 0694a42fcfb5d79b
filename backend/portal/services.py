"""Writes as pages make them: a form sent twice has its effect once, and a stale page changes nothing."""

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import astuple, dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.crypto import salted_hmac

from backend.common.models import IdempotencyRecord
from backend.common.preconditions import Stale
from backend.incidents.models import Report
from backend.incidents.selectors import report_is_open
from backend.incidents.services import OWN, Caller, report_amend, report_file, report_withdraw
from backend.organisation.actors import Actor
from backend.workflow.action import Action
from backend.workflow.action_input import ActionInput
from backend.workflow.services import TicketDraft, ticket_act_on
from backend.workflow.services.bulk import BulkItem, tickets_act

SENT_AGAIN_WITHIN = timedelta(minutes=10)
"""The same words sent again within this time by the same person are the same report."""
SAME_EVENT_WITHIN = timedelta(minutes=30)
"""So far apart may be when it happened: a new form says anew that it was just now."""


@dataclass(frozen=True, slots=True)
class Step:
    """An action as a form sends it: the version of the ticket that the form showed, and the token of the form."""

    ticket_id: UUID
    action: Action[Any]
    said: ActionInput
    version: int
    token: str


@dataclass(frozen=True, slots=True)
class Steps:
    """An action on many tickets as a form sends it."""

    items: Sequence[BulkItem]
    action: Action[Any]
    said: ActionInput
    token: str


@transaction.atomic
def report_file_once(*, actor: Actor, draft: TicketDraft, token: str, now: datetime, caller: Caller = OWN) -> UUID:
    """File a report and return its id; the same form sent again with the same words returns the first report's id.

    So does another form with the same words soon afterwards: going back and sending again loads a new form. The same
    words about another time are another report, as of whoever enters what happened on several days.
    """
    words = [
        draft.category,
        draft.place_id,
        draft.description,
        sorted(draft.persons_concerned),
        draft.is_exercise,
        draft.reporter_mode,
        sorted(draft.answers.items()),
        caller.name,
        caller.contact,
    ]

    def act() -> str:
        return str(report_file(actor=actor, draft=draft, caller=caller, now=now).id)

    said = [draft.occurred_at, *words]
    report_id = _once(
        actor=actor, token=token, said=said, now=now, act=lambda: _once_in_a_while(actor, draft, words, now, act)
    )
    return UUID(report_id)


def _once_in_a_while(actor: Actor, draft: TicketDraft, words: list[Any], now: datetime, act: Callable[[], str]) -> str:
    """Run `act`, unless these words opened a report a moment ago that is not taken back: then return that one's id."""
    key = salted_hmac("portal.words", json.dumps(words, default=str), algorithm="sha256").hexdigest()
    record, is_new = IdempotencyRecord.objects.select_for_update().get_or_create(
        scope=f"words:{actor.user_id}",
        key=key,
        defaults={"request_hash": key, "status": 200, "created_at": now},
    )
    is_old = now - record.created_at > SENT_AGAIN_WITHIN

    def is_the_same() -> bool:
        first, at = UUID(record.body), draft.occurred_at
        return report_is_open(actor=actor, report_id=first, occurred_at=at, within=SAME_EVENT_WITHIN)

    if is_new or is_old or not is_the_same():
        record.body, record.created_at = act(), now
        record.save(update_fields=["body", "created_at"])
    return record.body


@transaction.atomic
def report_amend_once(*, actor: Actor, report: Report, text: str, token: str, now: datetime) -> None:
    """Add to a report once per form."""
    _once(
        actor=actor,
        token=token,
        said=["amend", report.id, text],
        now=now,
        act=lambda: str(report_amend(actor=actor, report=report, text=text, now=now).id),
    )


@transaction.atomic
def report_withdraw_once(*, actor: Actor, report: Report, note: str, token: str, now: datetime) -> None:
    """Take a report back once per form."""

    def act() -> str:
        report_withdraw(actor=actor, report=report, note=note, now=now)
        return ""

    _once(actor=actor, token=token, said=["withdraw", report.id, note], now=now, act=act)


@transaction.atomic
def step_take(*, actor: Actor, step: Step, now: datetime) -> None:
    """Take an action once per form; raise Stale when the ticket changed since, else as ticket_act_on."""
    said = [step.ticket_id, step.action.name, *astuple(step.said), step.version]
    _once(actor=actor, token=step.token, said=said, now=now, act=lambda: _take(actor, step, now))


@transaction.atomic
def steps_take(*, actor: Actor, steps: Steps, now: datetime) -> str:
    """Take an action on many tickets once per form; return as JSON by id why each was refused (empty: it was not)."""
    said = [*map(astuple, steps.items), steps.action.name, *astuple(steps.said)]

    def act() -> str:
        outcomes = tickets_act(actor=actor, items=steps.items, action=steps.action, said=steps.said, now=now)
        return json.dumps({str(row.item.ticket_id): str(row.refusal or "") for row in outcomes})

    return _once(actor=actor, token=steps.token, said=said, now=now, act=act)


def _take(actor: Actor, step: Step, now: datetime) -> str:
    def expects(version: int) -> None:
        if version != step.version:
            raise Stale

    ticket_act_on(
        actor=actor,
        ticket_id=step.ticket_id,
        action=step.action,
        said=lambda: step.said,
        expects=expects,
        now=now,
    )
    return ""


def _once(*, actor: Actor, token: str, said: list[Any], now: datetime, act: Callable[[], str]) -> str:
    """Run `act` once per form and words; a second request waits for the first and gets its result."""
    digest = hashlib.sha256(json.dumps([token, *said], default=str).encode()).hexdigest()
    record, is_new = IdempotencyRecord.objects.get_or_create(
        scope=f"page:{actor.user_id}",
        key=digest,
        defaults={"request_hash": digest, "status": 200, "created_at": now},
    )
    if is_new:
        record.body = act()
        record.save(update_fields=["body"])
    return record.body
