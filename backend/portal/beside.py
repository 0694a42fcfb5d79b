"""The other rooms that hold something of a ticket, found at once, so that its page asks only those."""

from dataclasses import dataclass

from backend.common.sql.counting import counted, up_to
from backend.outside.models import OutsideDuty
from backend.response.models import Response
from backend.rounds.models import RoundTicket
from backend.workflow.models import Ticket


@dataclass(frozen=True, slots=True)
class HeldBeside:
    """The rooms that hold something of a ticket: rounds, started plans, reports to somebody outside."""

    rounds: bool
    responses: bool
    outside: bool


def held_beside(*, ticket: Ticket) -> HeldBeside:
    """Return what other rooms hold of a ticket the reader was let in to; one statement for all of them."""
    rooms = (RoundTicket.objects, Response.objects, OutsideDuty.objects)
    return HeldBeside(*map(bool, counted([up_to(room.filter(ticket=ticket.id), 1) for room in rooms])))
