"""The reporter adds to a report nobody has acknowledged yet."""

from datetime import datetime

from django.db import transaction

from backend.organisation.actors import Actor
from backend.organisation.roles import Role
from backend.rulebook.ruleset import Confidentiality
from backend.workflow.change import TicketChange, changes_store
from backend.workflow.errors import ActionNotAllowed, AmendingTooLate
from backend.workflow.models import Ticket
from backend.workflow.recipients import Audience
from backend.workflow.relation_groups import UNSEEN
from backend.workflow.states import State
from backend.workflow.system_events import AMENDED


@transaction.atomic(savepoint=False)
def ticket_amend(*, actor: Actor, ticket: Ticket, text: str, now: datetime) -> Ticket:
    """Record what the reporter adds to a locked ticket and tell its office; once acknowledged, a comment is the way."""
    if ticket.reporter_id != actor.person_id:
        raise ActionNotAllowed
    if State(ticket.state) not in UNSEEN:
        raise AmendingTooLate
    change = TicketChange(ticket=ticket, by=actor, now=now, moves=False)
    change.says(note=text)
    change.settle(AMENDED)
    role = Role.PROTECTION_LEAD if ticket.confidentiality == Confidentiality.K2 else Role.HANDLER
    change.tells(Audience(tickets=[ticket], now=now).in_role(ticket, role).people)
    changes_store(changes=[change], now=now)
    return ticket
