"""Saying that something has to be told outside which the category does not call for, and noting numbers."""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from django.db import transaction

from backend.common.errors import NotFound
from backend.organisation.actors import Actor
from backend.organisation.permissions import Permission
from backend.outside.errors import OutsideExercise, UnknownOutsideClock
from backend.outside.models import OutsideDuty, OutsideNumber
from backend.outside.selectors.duties import numbers_of
from backend.outside.services.saying import duties_store, ticket_held
from backend.outside.starting import due_by_hand, duty_of
from backend.rulebook.selectors import ruleset_get
from backend.workflow.change import TicketChange, changes_store
from backend.workflow.system_events import OUTSIDE_STARTED


@transaction.atomic
def duties_start(*, actor: Actor, ticket_id: UUID, clock: Callable[[], str], now: datetime) -> list[OutsideDuty]:
    """Have the reports of a clock start on a ticket, over or not; where some of them are open, return these.

    The clock is read only once it is known that the ticket is there, and theirs to speak of.
    """
    ticket = ticket_held(actor=actor, ticket_id=ticket_id)
    if ticket.is_exercise:
        raise OutsideExercise
    rule = ruleset_get(ticket.rulebook_id).outside_clocks.get(clock())
    if rule is None or not rule.tells:
        raise UnknownOutsideClock(pointer="/clock")
    known = list(OutsideDuty.objects.filter(ticket=ticket_id).order_by("number"))
    own = [duty for duty in known if duty.clock == rule.key]
    if still := [duty for duty in own if duty.state == OutsideDuty.State.OPEN]:
        return still
    number = max((duty.number for duty in own), default=0) + 1
    found = due_by_hand(rule, [duty for duty in known if duty.state == OutsideDuty.State.TOLD])
    new = [duty_of(due, ticket=ticket, cause=OutsideDuty.Cause.BY_HAND, number=number, now=now) for due in found]
    if not new:
        raise UnknownOutsideClock(pointer="/clock")
    change = TicketChange(ticket=ticket, by=actor, now=now, moves=False)
    change.says(clock=rule.key, duties=[str(duty.id) for duty in new])
    change.says(trigger={"zh": rule.trigger_zh, "en": rule.trigger_en})
    change.settle(OUTSIDE_STARTED)
    changes_store(changes=[change], now=now)
    duties_store(new, now)
    return new


@transaction.atomic
def number_note(*, actor: Actor, recipient: str, phone: Callable[[], str], now: datetime) -> OutsideNumber:
    """Note the telephone number at which the actor's school reaches somebody outside; empty takes it away."""
    actor.require(Permission.OUTSIDE_JUDGE)
    if actor.school_id is None or recipient not in {known.code for known, _phone in numbers_of(actor=actor)}:
        raise NotFound
    found, _is_new = OutsideNumber.objects.update_or_create(
        school_id=actor.school_id,
        recipient=recipient,
        defaults={"phone": phone(), "by_id": actor.person_id, "at": now},
    )
    return found
