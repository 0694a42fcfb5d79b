"""Tickets as rows of a list: what is due, how long, what it is about in a line of its words, where, and whose turn."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from uuid import UUID

from django.utils.translation import gettext as _

from backend.deadlines.models import Timer
from backend.organisation.actors import Actor
from backend.portal.cards import STATE_ICONS, is_chinese
from backend.portal.due import Due, due_of, moment
from backend.portal.owed_words import owed_by, owed_what
from backend.portal.row_words import opened, row_words
from backend.portal.silence_words import silent_in_words
from backend.rulebook.words import CLOCK_NAMES
from backend.workflow.actions import IN_BULK, actions_available
from backend.workflow.actions.acknowledge import ACKNOWLEDGE
from backend.workflow.asked import parts_read
from backend.workflow.clocks import timers_of_tickets
from backend.workflow.facts import Situation
from backend.workflow.models import Ticket
from backend.workflow.obligations import Obligation, obligations_of
from backend.workflow.owed import owed_of
from backend.workflow.policy import relations_of
from backend.workflow.selectors import category_name
from backend.workflow.states import State


@dataclass(frozen=True, slots=True)
class TicketCard:
    """A ticket in a list: `what` is owed first, by `who`, how long is left for it, and what the reader `can`
    do with it and others at once."""

    ticket: Ticket
    title: str
    line: str
    what: str
    who: str
    state_icon: str
    due: Due | None
    can: Sequence[str]
    can_acknowledge: bool
    waiting: str
    silent: str


def ticket_cards(
    *, tickets: Sequence[Ticket], actor: Actor, now: datetime, only_mine: bool = False
) -> list[TicketCard]:
    """Return tickets as a list shows them, in one statement (one more where something is asked about any of them).

    `only_mine`: with what the reader owes.
    """
    parts_read(tickets)
    timers: dict[UUID, list[Timer]] = defaultdict(list)
    for timer in timers_of_tickets(ticket_ids=[ticket.id for ticket in tickets]) if tickets else ():
        timers[timer.subject_id].append(timer)
    situations = [Situation(ticket=ticket, now=now, timers=timers[ticket.id]) for ticket in tickets]
    return [_card(situation, actor, only_mine=only_mine) for situation in situations]


def ticket_card(*, situation: Situation, actor: Actor) -> TicketCard:
    """Return one ticket in the same way, whose timers are at hand."""
    return _card(situation, actor, only_mine=False)


def _card(situation: Situation, actor: Actor, *, only_mine: bool) -> TicketCard:
    ticket = situation.ticket
    relations = relations_of(actor=actor, ticket=ticket)
    can = [action.name for action in actions_available(situation=situation, relations=relations, among=IN_BULK)]
    mine = owed_of(situation=situation, actor=actor, relations=relations)
    owed = next(iter(mine if only_mine else obligations_of(situation)), None)
    return TicketCard(
        ticket=ticket,
        title=category_name(ticket, chinese=is_chinese()),
        line=row_words(ticket),
        what=owed_what(action=owed.action) if owed else _clock_due(situation),
        who=owed_by(obligation=owed, ticket=ticket, actor=actor) if owed else ticket.owner.name,
        state_icon=STATE_ICONS[State(ticket.state)],
        due=due_of(at=(owed and owed.due_at) or ticket.next_due_at, now=situation.now),
        can=can,
        can_acknowledge=ACKNOWLEDGE.name in can and _offers_acknowledging(ticket, mine),
        waiting=opened(partial(_waiting, ticket)),
        silent=silent_in_words(situation=situation),
    )


def _offers_acknowledging(ticket: Ticket, mine: Sequence[Obligation]) -> bool:
    """Say whether a row offers it: to those who owe it, and once a deadline was missed to whoever may step in."""
    return ticket.level > 0 or any(row.action == ACKNOWLEDGE.name for row in mine)


def _clock_due(situation: Situation) -> str:
    """Return the name of the clock that is due first, for those that no single action ends; nothing without one."""
    running = [timer for timer in situation.timers if timer.armed]
    return str(CLOCK_NAMES[min(running, key=lambda timer: timer.ladder[0]).clock]) if running else ""


def _waiting(ticket: Ticket) -> str:
    """Return in words for whom a ticket waits and how long at most; nothing where it does not."""
    wait = ticket.wait
    if wait is None:
        return ""
    words = {"party": wait.party, "since": moment(wait.since), "until": moment(wait.until)}
    return _("Waiting for %(party)s since %(since)s, at most until %(until)s.") % words
