"""Supporting offices: asking one for a sub-task, and which of its own somebody means."""

from datetime import datetime
from uuid import UUID

from backend.organisation.models import Unit
from backend.rulebook.ruleset import ClockName
from backend.workflow.change import TicketChange
from backend.workflow.facts import parts_open
from backend.workflow.handing import OF_OFFICE, heads_of
from backend.workflow.ledger import Sensitivity
from backend.workflow.models import TicketPart
from backend.workflow.parts import PART_ASKED, PART_ENDED, part_among, part_ask

SUPPORT_ASKED = {**PART_ASKED, "office": Sensitivity.PLAIN}
SUPPORT_ENDED = {**PART_ENDED, "office": Sensitivity.PLAIN}
"""The fields of an event by which an office is asked for a sub-task, and by which that ends: it names the office."""


def subtask_ask(
    *, change: TicketChange, office: Unit, words: str, until: datetime | None = None, makes_safe: bool = False
) -> None:
    """Ask an office for a part of the work, and tell its head; `makes_safe`: for the interim control."""
    part = TicketPart(
        ticket=change.ticket,
        kind=ClockName.SUBTASK,
        office=office,
        asked_by_id=change.actor.person_id,
        asked_at=change.now,
        words=words,
        makes_safe=makes_safe,
    )
    part_ask(change=change, part=part, until=until)
    change.says(office=str(office.id))
    change.tells(heads_of(change=change, office=office))


def subtask_own(*, change: TicketChange, part_id: UUID | None) -> TicketPart:
    """Return the open sub-task that is meant, or the only one, of those that an office of the actor is asked for."""
    offices = change.actor.units(*OF_OFFICE)
    own = [part for part in parts_open(change.situation, ClockName.SUBTASK) if part.office_id in offices]
    part = part_among(parts=own, part_id=part_id, pointer="/subtask")
    change.says(office=str(part.office_id), part=str(part.id))
    return part
