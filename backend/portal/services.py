"""Writes as pages make them: a form sent twice has its effect once, and a stale page changes nothing."""

import json
from collections.abc import Callable, Sequence
from dataclasses import astuple, dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID, uuid5

from django.db import transaction

from backend.common.models import IdempotencyRecord
from backend.common.preconditions import Stale
from backend.gate.services import VisitDraft, visit_enter
from backend.incidents.models import Report
from backend.incidents.selectors import report_get, report_is_open, reports_of
from backend.incidents.services import OWN, Caller, report_amend, report_file, report_withdraw
from backend.organisation.actors import Actor
from backend.portal.selectors import others_acted_at
from backend.portal.words_again import SENT_AGAIN_WITHIN, is_answered, led_to, records_lock, records_put, words_key
from backend.rounds.selectors.findings import Found
from backend.rounds.services.finding import finding_note
from backend.workflow.action import Action
from backend.workflow.action_input import ActionInput
from backend.workflow.models import Ticket
from backend.workflow.selectors import tickets_visible
from backend.workflow.services import TicketDraft, ticket_act_on
from backend.workflow.services.bulk import BulkItem, tickets_act

FORMS = UUID("2c1f4c0e-3b7a-4b53-9a3e-7d0f6a5e8b21")
"""The space of the ids that follow from what forms send."""
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

    However late: a form that waited on a device may come again after days. So does another form with the same words
    soon afterwards: going back and sending again loads a new form. The same words about another time are another
    report, as of whoever enters what happened on several days.
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
    said = [draft.occurred_at, *words]
    of_form = uuid5(FORMS, json.dumps([actor.user_id, token, *said], default=str))

    def file() -> str:
        return str(report_file(actor=actor, draft=draft, caller=caller, now=now, report_id=of_form).id)

    def act() -> str:
        if reports_of(actor=actor).filter(id=of_form).exists():
            return str(of_form)
        return _once_in_a_while(actor, draft, words, now, file)

    return UUID(_once(actor=actor, token=token, said=said, now=now, act=act))


@transaction.atomic
def finding_file_once(
    *, actor: Actor, draft: TicketDraft, found: Found, token: str, now: datetime, caller: Caller = OWN
) -> UUID:
    """File what a round found, as urgent at least as its line asks, and note the round; else as report_file_once."""
    urgent = replace(draft, at_least=found.at_least)
    report_id = report_file_once(actor=actor, draft=urgent, token=token, now=now, caller=caller)
    ticket_id = report_get(actor=actor, report_id=report_id).ticket_id
    finding_note(actor=actor, found=found, ticket_id=ticket_id, now=now)
    return report_id


@transaction.atomic
def visit_enter_once(*, actor: Actor, draft: VisitDraft, came_at: datetime, token: str, now: datetime) -> None:
    """Enter a visitor once per form and words, however late the form comes again; one without a token each time."""
    said = astuple(draft)
    of_form = uuid5(FORMS, json.dumps([actor.user_id, token, *said], default=str)) if token else None
    act = partial(visit_enter, actor=actor, drafted=lambda: draft, came_at=came_at, visit_id=of_form, now=now)
    form_once(actor=actor, token=token, said=said, now=now, act=act)


@transaction.atomic
def form_once(*, actor: Actor, token: str, said: Sequence[object], now: datetime, act: Callable[[], object]) -> str:
    """Carry out what a form says and return what it led to; sent again, as by a second tap, that is the same.

    A form without a token may change something each time.
    """
    return _once(actor=actor, token=token, said=[*said], now=now, act=lambda: str(act())) if token else str(act())


def _once_in_a_while(actor: Actor, draft: TicketDraft, words: list[Any], now: datetime, act: Callable[[], str]) -> str:
    """Run `act`, unless these words opened a report a moment ago that is not taken back: then return that one's id."""
    key = words_key(words)
    records = records_lock(actor=actor, keys=[key], now=now)
    first, at = led_to(record=records[key], now=now), draft.occurred_at
    if first and report_is_open(actor=actor, report_id=UUID(first), occurred_at=at, within=SAME_EVENT_WITHIN):
        return first
    records_put(led={key: act()}, records=records, now=now)
    return records[key].body


@transaction.atomic
def report_amend_once(*, actor: Actor, report: Report, text: str, token: str, now: datetime) -> None:
    """Add to a report once per form, and the same words once in a while."""
    said = ["amend", report.id, text]

    def act() -> str:
        key = words_key(said)
        records = records_lock(actor=actor, keys=[key], now=now)
        others = others_acted_at(actor=actor, ticket_ids=[report.ticket_id], since=now - SENT_AGAIN_WITHIN)
        is_new = is_answered(record=records[key], others_at=others.get(report.ticket_id))
        if is_new or not led_to(record=records[key], now=now):
            added = report_amend(actor=actor, report=report, text=text, now=now)
            records_put(led={key: str(added.id)}, records=records, now=now)
        return records[key].body

    _once(actor=actor, token=token, said=said, now=now, act=act)


@transaction.atomic
def report_withdraw_once(*, actor: Actor, report: Report, note: str, token: str, now: datetime) -> None:
    """Take a report back once per form."""

    def act() -> str:
        report_withdraw(actor=actor, report=report, note=note, now=now)
        return ""

    _once(actor=actor, token=token, said=["withdraw", report.id, note], now=now, act=act)


@transaction.atomic
def step_take(*, actor: Actor, step: Step, now: datetime) -> None:
    """Take an action once per form, and the same one once in a while (`Lately`).

    Raises Stale when the ticket changed since, else as ticket_act_on.
    """
    said = [step.ticket_id, step.action.name, *astuple(step.said), step.version]
    _once(actor=actor, token=step.token, said=said, now=now, act=lambda: _take_lately(actor, step, now))


@transaction.atomic
def steps_take(*, actor: Actor, steps: Steps, now: datetime) -> str:
    """Take an action on many tickets once per form, and the same one once in a while.

    Returns as JSON by id why each was refused (empty: it was not).
    """
    said = [*map(astuple, steps.items), steps.action.name, *astuple(steps.said)]

    def act() -> str:
        lately = Lately(actor, steps.action, steps.said, [item.ticket_id for item in steps.items], now)
        new = [item for item in steps.items if not lately.has(item.ticket_id)]
        outcomes = tickets_act(actor=actor, items=new, action=steps.action, said=steps.said, now=now)
        lately.put([row.ticket for row in outcomes if row.ticket])
        refusals = {row.item.ticket_id: str(row.refusal or "") for row in outcomes}
        return json.dumps({str(item.ticket_id): refusals.get(item.ticket_id, "") for item in steps.items})

    return _once(actor=actor, token=steps.token, said=said, now=now, act=act)


class Lately:
    """An action with the same words on the same tickets, as the actor took it a moment ago.

    It is the same until somebody else says or does something, which it would answer; and any act but a remark only
    while nothing else changed the ticket, since afterwards it may be meant once more.
    """

    def __init__(
        self, actor: Actor, action: Action[Any], said: ActionInput, ticket_ids: Sequence[UUID], now: datetime
    ) -> None:
        self._now = now
        self._action = action
        self._keys = {one: words_key([one, action.name, *astuple(said)]) for one in ticket_ids}
        self._records = records_lock(actor=actor, keys=self._keys.values(), now=now)
        visible = tickets_visible(actor=actor).filter(id__in=ticket_ids)
        self._versions = dict(visible.values_list("id", "version"))
        self._others = self._others_acted_at(actor)

    def has(self, ticket_id: UUID) -> bool:
        """Say whether it was done already; never of a ticket that the actor cannot know of any more."""
        record = self._records[self._keys[ticket_id]]
        version = led_to(record=record, now=self._now)
        if not version or is_answered(record=record, others_at=self._others.get(ticket_id)):
            return False
        is_seen = ticket_id in self._versions
        return is_seen and (self._action.remark_only or version == str(self._versions[ticket_id]))

    def put(self, tickets: Sequence[Ticket]) -> None:
        """Remember that it was done, with the version that each ticket has now."""
        led = {self._keys[ticket.id]: str(ticket.version) for ticket in tickets}
        records_put(led=led, records=self._records, now=self._now)

    def _others_acted_at(self, actor: Actor) -> dict[UUID, datetime]:
        """Return when others last acted on the tickets of which the words are known; none is asked of the rest."""
        known = [one for one, key in self._keys.items() if led_to(record=self._records[key], now=self._now)]
        since = self._now - SENT_AGAIN_WITHIN
        return others_acted_at(actor=actor, ticket_ids=known, since=since) if known else {}


def _take_lately(actor: Actor, step: Step, now: datetime) -> str:
    lately = Lately(actor, step.action, step.said, [step.ticket_id], now)
    if not lately.has(step.ticket_id):
        lately.put([_take(actor, step, now)])
    return ""


def _take(actor: Actor, step: Step, now: datetime) -> Ticket:
    def expects(version: int) -> None:
        if version != step.version:
            raise Stale

    return ticket_act_on(
        actor=actor,
        ticket_id=step.ticket_id,
        action=step.action,
        said=lambda: step.said,
        expects=expects,
        now=now,
    )


def _once(*, actor: Actor, token: str, said: list[Any], now: datetime, act: Callable[[], str]) -> str:
    """Run `act` once per form and words; a second request waits for the first and gets its result."""
    digest = words_key([token, *said])
    record, is_new = IdempotencyRecord.objects.get_or_create(
        scope=f"page:{actor.user_id}",
        key=digest,
        defaults={"request_hash": digest, "status": 200, "created_at": now},
    )
    if is_new:
        record.body = act()
        record.save(update_fields=["body"])
    return record.body
