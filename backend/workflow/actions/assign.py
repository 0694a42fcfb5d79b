"""Assigning: somebody of the office that owns the ticket takes it on."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from backend.common.moments import moment_in
from backend.duty.selectors import away_until, directory_load
from backend.organisation.models import Person
from backend.organisation.roles import Role
from backend.organisation.selectors import colleagues, people_named
from backend.workflow.action import Action, Told
from backend.workflow.action_input import ActionInput, flag, person
from backend.workflow.change import TicketChange
from backend.workflow.errors import AssigneeAway, AssigneeOutsideOffice
from backend.workflow.relation_groups import HEADS, UNSOLVED
from backend.workflow.selectors import concerned_in


@dataclass(frozen=True, slots=True, kw_only=True)
class AssignInput(ActionInput):
    """The person who takes it on; somebody who is away only on purpose."""

    assignee_id: UUID | None = person(name="assignee", required=True)
    although_away: bool = flag()


def _effect(change: TicketChange, said: AssignInput) -> None:
    ticket = change.ticket
    owners = colleagues(actor=change.actor, unit_id=ticket.owner_id, now=change.now)
    chosen = next((person for person in owners if person.id == said.assignee_id), None)
    if chosen is None or chosen.id in concerned_in(tickets=[ticket])[ticket.id]:
        raise AssigneeOutsideOffice(pointer="/assignee")
    until = away_until(person_id=chosen.id, now=change.now)
    if until is not None and not said.although_away:
        raise AssigneeAway(_away(change, chosen, until), pointer="/assignee")
    ticket.assignee = chosen


def _away(change: TicketChange, chosen: Person, until: datetime) -> str:
    """Return who is away until when, and who covers; whom the ticket concerns is named as on any other."""
    ticket = change.ticket
    directory = directory_load(school_ids=[ticket.school_id], now=change.now)
    covering = directory.reach(
        role=Role.HANDLER, school_id=ticket.school_id, unit_id=ticket.owner_id, excluding={chosen.id}
    )
    words = {
        "person": chosen.name,
        "until": moment_in(at=until, zone=ticket.school.time_zone),
        "covers": people_named(person_ids=covering.people),
    }
    if not words["covers"]:
        return _("%(person)s is away until %(until)s. Choose somebody else, or tick that you want it.") % words
    warning = _(
        "%(person)s is away until %(until)s; %(covers)s can be reached meanwhile. Choose somebody else, or tick that "
        "you want it."
    )
    return warning % words


ASSIGN = Action(
    name="assign",
    order=20,
    sources=UNSOLVED,
    allowed=HEADS,
    said=AssignInput,
    effect=_effect,
    told=Told(assignee=True),
    passes_on=True,
)
