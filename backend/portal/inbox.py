"""The tabs of the list of tickets: what waits for the reader, their office's, what is overdue, and all they may see."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import lru_cache
from uuid import UUID

from django.db import models
from django.db.models import Exists, OuterRef
from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.timezone import get_current_timezone, localdate
from django.utils.translation import gettext_lazy as _

from backend.common.sql.counting import Counting, counted, up_to
from backend.common.sql.statements import AlternativesQuerySet
from backend.notifications.selectors import unread_counting
from backend.organisation.actors import Actor
from backend.organisation.permissions import Permission
from backend.portal.selectors import works_on_tickets
from backend.portal.ticket_filter import tickets_filtered
from backend.rounds.selectors.board import rounds_missed
from backend.rulebook.ruleset import ClockName, Severity
from backend.workflow.backlog import backlog_of
from backend.workflow.filters import Narrowed
from backend.workflow.models import NEVER_DUE, Ticket
from backend.workflow.overdue import timers_late
from backend.workflow.owed import OF_OFFICE, tickets_owed_by
from backend.workflow.relation_groups import UNSEEN
from backend.workflow.reviewing import reviews_open
from backend.workflow.search import tickets_found
from backend.workflow.selectors import tickets_of_offices, tickets_with_names
from backend.workflow.sight import tickets_known
from backend.workflow.states import State

MOST_COUNTED = 100
COUNTINGS_KEPT = 128
DUE_FIRST = ("next_due_at", "id")
NEWEST_FIRST = ("-filed_at", "id")
NEWEST = "newest"
"""The value of `order` in an address that asks for the newest first."""
URGENT = (Severity.P1, Severity.P2)


class Tab(models.TextChoices):
    """The tabs, in the order in which they stand."""

    MINE = "mine", _("For me")
    OFFICE = "office", _("My office")
    OVERDUE = "overdue", _("Overdue")
    ALL = "all", _("All")
    URGENT = "urgent", _("Urgent or important, not acknowledged")
    TONIGHT = "tonight", _("Overdue by tonight, if nobody acts")
    UNVERIFIED = "unverified", _("Solved, not verified")
    WAITING = "waiting", _("Waiting for somebody outside")
    SILENT = "silent", _("No word from the owner")
    BACKLOG = "backlog", _("Open for more than thirty days")
    UNREVIEWED = "unreviewed", _("Closed, cause not reviewed")


BOARD = (Tab.URGENT, Tab.TONIGHT, Tab.UNVERIFIED, Tab.WAITING, Tab.SILENT, Tab.BACKLOG, Tab.UNREVIEWED)
"""The tabs that numbers of the page of today open; exercises are in none of them."""
TIMELESS = frozenset({Tab.MINE, Tab.OFFICE, Tab.ALL})
"""The tabs whose tickets are the same ones whatever time it is."""
NOTHING: Mapping[Tab, Promise] = {
    Tab.MINE: _("Nothing waits for you at the moment."),
    Tab.OFFICE: _("Your office has no open tickets at the moment."),
    Tab.OVERDUE: _("Nothing you may see is overdue at the moment."),
    Tab.ALL: _("There are no tickets you may see yet."),
    **dict.fromkeys(BOARD, _("There is none at the moment.")),
}
"""The words of an empty tab; that all is safe is for people to say."""


@dataclass(frozen=True, slots=True)
class TabCount:
    """A tab and how many tickets it holds, in words; `99+` where there are more than are counted."""

    tab: Tab
    count: str


def tabs_of(*, actor: Actor) -> tuple[Tab, ...]:
    """Return the tabs that make sense for somebody: whoever works in no office has no tab of it."""
    if not works_on_tickets(actor=actor):
        return (Tab.MINE,)
    return tuple(tab for tab in Tab if tab not in BOARD and (tab is not Tab.OFFICE or actor.units(*OF_OFFICE)))


def tab_chosen(*, actor: Actor, name: str | None) -> Tab:
    """Return the tab of this name, else the first."""
    board = BOARD if actor.may(Permission.BOARD_READ) else ()
    return next((tab for tab in (*tabs_of(actor=actor), *board) if tab == name), Tab.MINE)


def tab_rows(*, actor: Actor, tab: Tab, now: datetime) -> AlternativesQuerySet[Ticket]:
    """Return the tickets of a tab, with what their rows show."""
    rows: Mapping[Tab, Callable[[], AlternativesQuerySet[Ticket]]] = {
        Tab.MINE: lambda: tickets_with_names(actor=actor, tickets=tickets_owed_by(actor=actor)),
        Tab.OFFICE: lambda: _open(actor).filter(owner__in=actor.units(*OF_OFFICE)),
        Tab.OVERDUE: lambda: _open(actor).filter(next_due_at__lt=now),
        Tab.ALL: lambda: _all(actor),
        Tab.URGENT: lambda: _counted(actor).filter(state__in=UNSEEN, severity__in=URGENT),
        Tab.TONIGHT: lambda: _counted(actor).filter(next_due_at__gte=now, next_due_at__lt=_midnight(now)),
        Tab.UNVERIFIED: lambda: _counted(actor).filter(state=State.RESOLVED),
        Tab.WAITING: lambda: _counted(actor).filter(state=State.WAITING),
        Tab.SILENT: lambda: _counted(actor).filter(_late(ClockName.SILENCE, now)),
        Tab.BACKLOG: lambda: backlog_of(tickets=tickets_of_offices(actor=actor), now=now),
        Tab.UNREVIEWED: lambda: tickets_of_offices(actor=actor).filter(is_exercise=False, id__in=reviews_open()),
    }
    return rows[tab]()


@dataclass(frozen=True, slots=True)
class BoardCounts:
    """The numbers of the board in words: of its tabs, and of today's missed rounds; and how many notices are unread."""

    tabs: Sequence[TabCount]
    rounds_missed: str
    unread: int


def board_counts(*, actor: Actor, now: datetime) -> BoardCounts:
    """Count what the board shows somebody, in one statement."""
    tabs = [tab_counting(actor=actor, tab=tab, now=now) for tab in BOARD]
    missed = rounds_missed(actor=actor, day=localdate(now), now=now)
    *counts, rounds, unread = counted([*tabs, up_to(missed, MOST_COUNTED), unread_counting(actor=actor)])
    of_tabs = [TabCount(tab, in_words(count)) for tab, count in zip(BOARD, counts, strict=True)]
    return BoardCounts(of_tabs, in_words(rounds), unread)


def order_asked(query: Mapping[str, str]) -> tuple[str, str]:
    """Return the order of a tab's list that an address asks for: what is due first at the top, or the newest."""
    return NEWEST_FIRST if query.get("order") == NEWEST else DUE_FIRST


def tab_counting(*, actor: Actor, tab: Tab, now: datetime) -> Counting:
    """Return what counts the tickets of a tab."""
    return _counting(actor, tab) if tab in TIMELESS else up_to(tab_rows(actor=actor, tab=tab, now=now), MOST_COUNTED)


@lru_cache(maxsize=COUNTINGS_KEPT)
def _counting(actor: Actor, tab: Tab) -> Counting:
    """Return the same of a tab that asks for no time, composed once: it follows from what the actor is alone."""
    return up_to(tab_rows(actor=actor, tab=tab, now=NEVER_DUE), MOST_COUNTED)


def in_words(count: int) -> str:
    """Return a count in words; `99+` from a hundred on."""
    return f"{MOST_COUNTED - 1}+" if count >= MOST_COUNTED else str(count)


def rows_asked(*, actor: Actor, tab: Tab, query: QueryDict, now: datetime) -> Narrowed:
    """Return the tickets of a tab that the filters of the address keep.

    Of what is overdue those of one office and clock, where the address names both, as the page of today does.
    """
    rows = tab_rows(actor=actor, tab=tab, now=now)
    clocked = narrowed_by(query)
    if tab is not Tab.OVERDUE or clocked is None:
        return tickets_filtered(actor=actor, tickets=rows, query=query)
    office, clock = clocked
    return Narrowed(overdue_in(rows=rows, office=office, clock=clock, now=now), {}, ())


def rows_found(*, actor: Actor, words: str, query: QueryDict) -> Narrowed:
    """Return what is found among all that somebody may see and that the filters of the address keep."""
    kept = tickets_filtered(actor=actor, tickets=_all(actor), query=query)
    return replace(kept, tickets=tickets_found(actor=actor, tickets=kept.tickets, words=words))


def narrowed_by(query: Mapping[str, str]) -> tuple[UUID, ClockName] | None:
    """Return the office and the clock that an address names, where it names both."""
    try:
        return UUID(query.get("office", "")), ClockName(query.get("clock", ""))
    except ValueError:
        return None


def overdue_in(
    *, rows: AlternativesQuerySet[Ticket], office: UUID, clock: ClockName, now: datetime
) -> AlternativesQuerySet[Ticket]:
    """Return those of the tickets that an office owns and on which this clock is past its due time; no exercises."""
    return rows.filter(_late(clock, now), owner=office, is_exercise=False)


def _late(clock: ClockName, now: datetime) -> Exists:
    return Exists(timers_late(clock=clock, now=now).filter(subject_id=OuterRef("pk")))


def _midnight(now: datetime) -> datetime:
    """Return the end of the day in the reader's time zone."""
    day = now.astimezone(get_current_timezone())
    return day.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)


def _counted(actor: Actor) -> AlternativesQuerySet[Ticket]:
    return _open(actor).filter(is_exercise=False)


def _all(actor: Actor) -> AlternativesQuerySet[Ticket]:
    return tickets_with_names(actor=actor, tickets=tickets_known(actor=actor))


def _open(actor: Actor) -> AlternativesQuerySet[Ticket]:
    # An open ticket has a due time and no other has (`invariants.py`). The state says the same, but asked for both the
    # database thinks these are few, and collects them all before it takes the first of them.
    return tickets_of_offices(actor=actor).filter(next_due_at__lt=NEVER_DUE)
