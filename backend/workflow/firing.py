"""The effect of a missed deadline on a ticket; the deadline engine calls this inside the firing transaction."""

import logging
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from backend.common.outbox import OutboxDraft
from backend.deadlines.handlers import Firing
from backend.organisation.actors import SYSTEM
from backend.rulebook.ruleset import ClockName
from backend.rulebook.selectors import ruleset_get
from backend.workflow.change import TicketChange, changes_store
from backend.workflow.clocks import OWN
from backend.workflow.models import PagedRung, Ticket, TicketGrant, TicketPart
from backend.workflow.recipients import Audience, RungReached, level_after, people_to_page, rung_reach
from backend.workflow.selectors import tickets_with_school
from backend.workflow.system_events import ESCALATED
from backend.workflow.waiting import wait_over_draft

Missed = tuple[UUID, str, datetime]
"""A ticket, a clock of it and the due time that was missed."""
logger = logging.getLogger(__name__)


class TicketSubjects:
    """Tickets as subjects of the deadline engine."""

    def lock(self, subject_ids: Collection[UUID]) -> set[UUID]:
        """Lock these tickets without waiting; return those locked."""
        locked = Ticket.objects.select_for_update(skip_locked=True, no_key=True).filter(id__in=subject_ids)
        return set(locked.values_list("id", flat=True))

    def fire(self, firings: Sequence[Firing], *, now: datetime) -> None:
        """Record each firing in its ticket's ledger, raise levels, and page whom the rungs reach.

        The number of statements does not depend on the number of firings.

        Where a clock was armed before, one more asks whom it paged then: nobody hears twice of one missed time. One
        more opens tickets to those reached who could not open them otherwise.
        """
        by_ticket: dict[UUID, list[Firing]] = defaultdict(list)
        for firing in firings:
            by_ticket[firing.subject_id].append(firing)
        tickets = tickets_with_school(ticket_ids=list(by_ticket))
        audience = Audience(tickets=list(tickets.values()), now=now)
        parts = _parts_of({firing.target for firing in firings} - {OWN})
        paged = _paged_before(firings)
        changes, paging = [], list[PagedRung]()
        for ticket_id, ticket_firings in by_ticket.items():
            escalation = TicketEscalation(
                TicketChange(ticket=tickets[ticket_id], by=SYSTEM, now=now, moves=False), audience
            )
            for firing in ticket_firings:
                escalation.fire(firing, parts.get(firing.target), paged.get(_missed(firing), ()))
            escalation.change.after += _waits_over(tickets[ticket_id], ticket_firings)
            changes.append(escalation.change)
            paging += escalation.paging
        changes_store(changes=changes, now=now)
        PagedRung.objects.bulk_create(paging)


class TicketEscalation:
    """One ticket while the rungs that are due for it fire; they page once, whatever their number."""

    def __init__(self, change: TicketChange, audience: Audience) -> None:
        """Take the change of a locked ticket, and who can be reached at this instant."""
        ticket = change.ticket
        self.change = change
        self.audience = audience
        self.ruleset = ruleset_get(ticket.rulebook_id)
        self.subject = audience.subject_of(ticket)
        self.paging: list[PagedRung] = []

    def fire(self, firing: Firing, part: TicketPart | None, before: Collection[UUID]) -> None:
        """Raise the ticket by one rung, record whom it reached, and page them; whoever was paged before is not.

        The ladder of a part that is asked of another office climbs from that office.
        """
        ticket = self.change.ticket
        clock = ClockName(firing.clock)
        subject = replace(self.subject, owner_id=part.office_id) if part and part.office_id else self.subject
        reached = rung_reach(
            directory=self.audience.directory,
            ruleset=self.ruleset,
            subject=subject,
            clock=clock,
            rung=firing.rung,
        )
        if not reached.people:
            logger.error("ticket %s: rung %s of %s reaches nobody", ticket.id, firing.rung + 1, clock)
        ladder = self.ruleset.clocks_of(category=ticket.category, severity=self.subject.severity)[clock].rungs
        level = level_after(level=ticket.level, rung=firing.rung, ladder_length=len(ladder))
        page = people_to_page(
            reached=reached.people, paged=ticket.paged, raises=level > ticket.level, is_repeat=firing.is_repeat
        )
        page = [person for person in page if person not in before]
        ticket.level = level
        ticket.paged = list(dict.fromkeys([*ticket.paged, *reached.people]))
        self.change.opens_to(reached.answers, TicketGrant.Reason.LADDER)
        self.change.record(ESCALATED, **_body(firing, reached, page, level))
        self.change.tells(page)
        if page:
            self.paging.append(PagedRung(ticket=ticket, clock=clock, due_at=firing.due_at, people=page))


def _parts_of(targets: Collection[str]) -> Mapping[str, TicketPart]:
    """Return the parts whose clocks fire, by their timers' target; no statement where only tickets' own do."""
    return {str(part.id): part for part in TicketPart.objects.filter(id__in=targets)} if targets else {}


def _missed(firing: Firing) -> Missed:
    return firing.subject_id, firing.clock, firing.due_at


def _paged_before(firings: Sequence[Firing]) -> Mapping[Missed, Collection[UUID]]:
    """Return whom earlier armings of these clocks paged for the same due times, as after a fix that was rejected."""
    paged: dict[Missed, set[UUID]] = defaultdict(set)
    again = [_missed(firing) for firing in firings if firing.epoch > 1]
    if again:
        tickets, _clocks, due = zip(*again, strict=True)
        rows = PagedRung.objects.filter(ticket__in=tickets, due_at__in=due)
        for ticket_id, clock, due_at, people in rows.values_list("ticket_id", "clock", "due_at", "people"):
            paged[ticket_id, clock, due_at].update(people)
    return paged


def _waits_over(ticket: Ticket, firings: Sequence[Firing]) -> list[OutboxDraft]:
    is_over = any(firing.clock == ClockName.WAIT for firing in firings)
    return [wait_over_draft(ticket_id=ticket.id, since=ticket.wait.since)] if is_over and ticket.wait else []


def _body(firing: Firing, reached: RungReached, page: Sequence[UUID], level: int) -> dict[str, Any]:
    passed = {"asked_rung": reached.rung + 1} if reached.rung != firing.rung else {}
    return {
        "clock": firing.clock,
        "rung": firing.rung + 1,
        **({"part": firing.target} if firing.target != OWN else {}),
        "epoch": firing.epoch,
        "repeat": firing.is_repeat,
        "due_at": firing.due_at.isoformat(),
        "level": level,
        **passed,
        "roles": list(reached.roles),
        "reached": [str(person) for person in reached.people],
        "paged": [str(person) for person in page],
        "passed_over": [
            {"role": skip.role, "person": str(skip.person_id) if skip.person_id else None, "reason": skip.reason}
            for skip in reached.skips
        ],
    }
