"""Reports to somebody outside as targets of the deadline engine, which tells more people of what is late."""

import logging
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from backend.deadlines.handlers import Firing
from backend.duty.reach import Directory
from backend.duty.selectors import directory_load
from backend.organisation.actors import SYSTEM
from backend.outside.models import OutsideDuty
from backend.outside.news import Told, named, news_draft
from backend.outside.services.telling import climbed_by
from backend.workflow.change import TicketChange, changes_store
from backend.workflow.models import Ticket
from backend.workflow.selectors import tickets_with_school
from backend.workflow.system_events import OUTSIDE_MISSED

logger = logging.getLogger(__name__)


class OutsideSubjects:
    """Tickets with reports to somebody outside as subjects of the deadline engine; each report is a target."""

    def lock(self, subject_ids: Collection[UUID]) -> set[UUID]:
        """Lock these tickets without waiting; return those locked."""
        locked = Ticket.objects.select_for_update(skip_locked=True, no_key=True).filter(id__in=subject_ids)
        return set(locked.values_list("id", flat=True))

    def fire(self, firings: Sequence[Firing], *, now: datetime) -> None:
        """Tell the next of the ladder: the number of statements does not depend on the firings.

        After an outage whoever hears of several rungs of one report hears once, of the last.
        """
        last = {UUID(firing.target): firing.rung for firing in firings}
        by_ticket: defaultdict[UUID, list[OutsideDuty]] = defaultdict(list)
        for duty in OutsideDuty.objects.filter(id__in=last, state=OutsideDuty.State.OPEN).order_by("due_at", "id"):
            by_ticket[duty.ticket_id].append(duty)
        tickets = tickets_with_school(ticket_ids=sorted(by_ticket))
        directory = directory_load(school_ids={ticket.school_id for ticket in tickets.values()}, now=now)
        changes = [_climb(tickets[key], duties, last, directory, now) for key, duties in by_ticket.items()]
        changes_store(changes=changes, now=now)


def _climb(
    ticket: Ticket, duties: Sequence[OutsideDuty], last: Mapping[UUID, int], directory: Directory, now: datetime
) -> TicketChange:
    """Record each report of one ticket that is late; each person hears once, of all that they hear of."""
    change = TicketChange(ticket=ticket, by=SYSTEM, now=now, moves=False)
    heard: defaultdict[tuple[UUID, ...], list[OutsideDuty]] = defaultdict(list)
    for duty in duties:
        told = sorted(set(climbed_by(ticket, duty, last[duty.id], directory)))
        if not told:
            logger.error("ALARM: report %s to somebody outside is late, and nobody can be told", duty.id)
        heard[tuple(told)].append(duty)
        rung, ids = last[duty.id] + 1, [str(person_id) for person_id in told]
        change.record(OUTSIDE_MISSED, duty=str(duty.id), clock=duty.clock, to=dict(named(duty)), rung=rung, told=ids)
    change.after += [
        news_draft(ticket, Told.LATE, own, people, rung=max(last[duty.id] for duty in own) + 1)
        for people, own in heard.items()
        if people
    ]
    return change
