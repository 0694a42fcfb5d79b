"""Reports to somebody outside as something that those who answer for a school owe."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, Q

from backend.organisation.actors import Actor
from backend.organisation.permissions import Permission
from backend.outside.models import OutsideDuty
from backend.outside.news import recipient_of
from backend.rulebook.ruleset import Confidentiality
from backend.rulebook.selectors import ruleset_get
from backend.workflow.asked import parts_read
from backend.workflow.knowing import relations_beside_filing
from backend.workflow.models import TicketParticipant
from backend.workflow.owing import Owed, Sought
from backend.workflow.selectors import grants_read

KIND, ACTION = "outside", "tell-outside"
CONCERNED = TicketParticipant.objects.filter(ticket=OuterRef("ticket"), role=TicketParticipant.Role.CONCERNED)


def duties_owed(*, actors: Sequence[Actor], sought: Sought, now: datetime) -> list[Owed]:  # noqa: ARG001 - as all
    """Return the reports that wait for some people, or these, or those because of these tickets.

    One statement; two more where grants, or what is asked on a ticket, decide who may know of it.
    """
    judges = [actor for actor in actors if actor.school_id and actor.may(Permission.OUTSIDE_JUDGE)]
    if not actors or (sought.waiting and not (judges or sought.ids or sought.ticket_ids)):
        return []
    which = Q(id__in=sought.ids) | Q(ticket__in=sought.ticket_ids)
    if sought.waiting:
        which |= Q(state=OutsideDuty.State.OPEN, school__in={actor.school_scope for actor in judges})
    duties = OutsideDuty.objects.filter(which, school__in={actor.school_scope for actor in actors})
    rows = list(duties.select_related("ticket__school").annotate(concerned=_concerned()).order_by("due_at", "id"))
    tickets = [row.ticket for row in rows]
    parts_read(tickets)
    grants_read(actors=judges, tickets=tickets)
    return [_owed(row, judges) for row in rows]


def _concerned() -> ArraySubquery:
    return ArraySubquery(CONCERNED.values("person"))


def _owed(row: Any, judges: Sequence[Actor]) -> Owed:
    ticket, recipient = row.ticket, recipient_of(row)
    way = ruleset_get(row.rulebook_id).outside_clocks[row.clock].tell(row.tell).way
    known = frozenset(
        actor.person_id
        for actor in judges
        if actor.school_id == row.school_id
        and relations_beside_filing(actor=actor, ticket=ticket, concerns_actor=actor.person_id in row.concerned)
    )
    return Owed(
        kind=KIND,
        id=row.id,
        school=ticket.school,
        action=ACTION,
        due_at=row.due_at,
        about=lambda: f"{recipient.name} · {way.label} · {ticket.reference}",
        path=f"/tickets/{ticket.id}/outside",
        owed_by=known if row.state == OutsideDuty.State.OPEN else frozenset(),
        known_to=known,
        is_public=ticket.seal == Confidentiality.K0,
        is_exercise=ticket.is_exercise,
        is_done=row.state == OutsideDuty.State.TOLD,
    )
