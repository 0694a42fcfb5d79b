"""Sweeps as the pages of their ticket and of their round show them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from backend.organisation.actors import Actor
from backend.organisation.permissions import Permission
from backend.portal.figure_shapes import time_in_words
from backend.portal.round_cards import RoundCard, round_card
from backend.rounds.models import Round, RoundState, RoundSweep, RoundTicket
from backend.rounds.selectors.sweeps import sweep_plan, took
from backend.workflow.models import Ticket


@dataclass(frozen=True, slots=True)
class SweepsCard:
    """The sweeps because of a ticket, and whether the reader may ask for one."""

    rounds: Sequence[tuple[RoundCard, str]]
    may_ask: bool


@dataclass(frozen=True, slots=True)
class SweepCard:
    """The question of a round; its ticket for those who may know of it, and whether a part can be checked again."""

    sweep: RoundSweep
    ticket: Ticket | None
    took: str
    may_check_again: bool


def sweeps_card(*, actor: Actor, ticket: Ticket, links: Sequence[RoundTicket], now: datetime) -> SweepsCard | None:
    """Return the sweeps because of a ticket; None where there is none, and the reader cannot ask for one."""
    rows = [link.round for link in links if link.kind == RoundTicket.Kind.SWEEP]
    may_ask = _may_ask(actor, ticket)
    if not (rows or may_ask):
        return None
    return SweepsCard([(round_card(row=row, now=now), _took(row)) for row in rows], may_ask)


def sweep_card(*, actor: Actor, row: Round, links: Sequence[RoundTicket]) -> SweepCard | None:
    """Return why a round was asked for; None for one that its plan brought."""
    sweep = getattr(row, "sweep", None)
    if sweep is None:
        return None
    ticket = next((link.ticket for link in links if link.kind == RoundTicket.Kind.SWEEP), None)
    may_check = row.state == RoundState.ANSWERED and sweep.again_of_id is None
    return SweepCard(sweep, ticket, _took(row), may_check and _may_ask(actor, ticket))


def _took(row: Round) -> str:
    length = took(row)
    return "" if length is None else time_in_words(length)


def _may_ask(actor: Actor, ticket: Ticket | None) -> bool:
    if ticket is None or ticket.school_id != actor.school_id or not actor.may(Permission.ROUNDS_REQUEST):
        return False
    return sweep_plan(ticket) is not None
