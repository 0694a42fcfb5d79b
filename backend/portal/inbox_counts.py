"""The numbers on the list of tickets, all in one statement: of the tabs, of what filters keep, and of saved views."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q

from backend.common.sql.counting import Counting, among, counted, up_to
from backend.common.sql.statements import AlternativesQuerySet
from backend.organisation.actors import Actor
from backend.portal.inbox import (
    DUE_FIRST,
    MOST_COUNTED,
    Tab,
    TabCount,
    in_words,
    tab_chosen,
    tab_counting,
    tab_rows,
    tabs_of,
)
from backend.portal.models import SavedView
from backend.portal.ticket_filter import condition_of
from backend.workflow.models import Ticket

LOOKED_AT = 500
"""Saved views are counted among so many tickets of their tab, those due first: there are rarely more open ones."""


@dataclass(frozen=True, slots=True)
class InboxCounts:
    """The numbers in words: of each tab, of the tickets shown where filters keep them, and of views by their ids."""

    tabs: Sequence[TabCount]
    shown: str
    views: Mapping[UUID, str]


def inbox_counts(
    *, actor: Actor, shown: AlternativesQuerySet[Ticket] | None, views: Sequence[SavedView], now: datetime
) -> InboxCounts:
    """Count tabs, what is shown (None: not asked for), and views; views of words have no number, seeking takes long."""
    tabs, by_tab = tabs_of(actor=actor), defaultdict[Tab, list[SavedView]](list)
    for view in views:
        if not view.words:
            by_tab[tab_chosen(actor=actor, name=view.tab)].append(view)
    found = iter(
        counted(
            [
                *(tab_counting(actor=actor, tab=tab, now=now) for tab in tabs),
                *([] if shown is None else [up_to(shown, MOST_COUNTED)]),
                *(_of_views(actor, tab, of_tab, now) for tab, of_tab in by_tab.items()),
            ]
        )
    )
    return InboxCounts(
        tabs=[TabCount(tab, in_words(next(found))) for tab in tabs],
        shown="" if shown is None else in_words(next(found)),
        views={
            view.id: _among(looked_at, count)
            for of_tab, (looked_at, *counts) in zip(by_tab.values(), found, strict=True)
            for view, count in zip(of_tab, counts, strict=True)
        },
    )


def _of_views(actor: Actor, tab: Tab, views: Sequence[SavedView], now: datetime) -> Counting:
    conditions: dict[str, Q] = {
        f"view_{number}": condition_of(actor=actor, filters=view.filters) for number, view in enumerate(views)
    }
    return among(tab_rows(actor=actor, tab=tab, now=now).order_by(*DUE_FIRST), conditions, LOOKED_AT)


def _among(looked_at: int, count: int) -> str:
    """Return a count in words; where there was more to look at than was, there may be more, and none says nothing."""
    if count >= MOST_COUNTED or looked_at < LOOKED_AT:
        return in_words(count)
    return f"{count}+" if count else ""
