"""The judging of a demo day: a good day passes, and every kind of broken promise is found."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tools.prove.demo.judging import RULES, Day, Event, Filing, Seen, Stored, Ticket, verdicts
from tools.prove.demo.round_judging import ROUND_RULES, RoundSeen, RoundsOfDay
from tools.prove.demo.table import figures_of, percentile, result_of

FILED = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)


def after(seconds: float) -> datetime:
    return FILED + timedelta(seconds=seconds)


def escalated(sequence: int, *, rung: int = 1, due: float = 6, fired: float = 6.2, **changes: Any) -> Event:
    details = {
        "clock": "acknowledge",
        "epoch": 1,
        "rung": rung,
        "repeat": False,
        "due_at": after(due).isoformat(),
        "reached": ["head"],
        "paged": ["head"],
        **changes,
    }
    return Event(sequence, "escalated", after(fired), details)


def ticket(*events: Event, number: int = 1, **changes: Any) -> Ticket:
    opening = (Event(1, "opened", FILED, {}), Event(2, "route", after(0.2), {}))
    found = Ticket(
        id=f"ticket-{number}",
        reference=f"R-{number}",
        category="F02",
        severity="P2",
        state="closed",
        office="security",
        filed_at=FILED,
        events=[*opening, *events],
    )
    return replace(found, **changes)


def in_time(number: int = 1, **changes: Any) -> Ticket:
    return ticket(Event(3, "acknowledge", after(2), {}), number=number, **changes)


def late(*more: Event, number: int = 1) -> Ticket:
    events = (escalated(3), *more)
    return ticket(*events, Event(3 + len(events), "acknowledge", after(20), {}), number=number)


def day(*tickets: Ticket, **changes: Any) -> Day:
    found = Day(
        filings=[
            Filing("teacher.01", each.category, f"text {each.id}", frozenset({each.id}), each.reference)
            for each in tickets
        ],
        stored=[Stored(each.id, "teacher.01", f"text {each.id}") for each in tickets],
        tickets=tickets,
        offices={"F02": ["security"]},
        acknowledge_seconds={"P2": 6},
        absent="absent",
        absent_seen=Seen(),
        conflicted="conflicted",
        conflicted_seen=Seen(),
        concerning=frozenset({"R-1"}),
    )
    return replace(found, **changes)


def broken(found: Day) -> dict[str, tuple[str, ...]]:
    return {verdict.name: verdict.breaks for verdict in verdicts(found) if not verdict.holds}


def test_a_good_day_breaks_nothing() -> None:
    second = escalated(4, rung=2, due=12, fired=12.4)
    good = day(in_time(1), late(second, number=2), commands={"The engine's auditor": ()})
    assert broken(good) == {}
    assert [verdict.name for verdict in verdicts(good)] == [*RULES, *ROUND_RULES, "The engine's auditor"]


BREAKS: dict[str, tuple[str, Callable[[], Day]]] = {
    "not in the reporter's list": ("None lost", lambda: day(in_time(), stored=[])),
    "without a ticket": ("None lost", lambda: replace(day(in_time()), tickets=[])),
    "two ids for one key": (
        "None twice",
        lambda: day(
            in_time(),
            filings=[Filing("teacher.01", "F02", "text ticket-1", frozenset({"ticket-1", "again"}), "R-1")],
            stored=[Stored(each, "teacher.01", "text ticket-1") for each in ("ticket-1", "again")],
        ),
    ),
    "stored twice under another id": (
        "None twice",
        lambda: day(in_time(), stored=[Stored(each, "teacher.01", "text ticket-1") for each in ("ticket-1", "ghost")]),
    ),
    "with the wrong office": ("None ownerless", lambda: day(in_time(office="safety-office"))),
    "a rung that reached nobody": (
        "None ownerless",
        lambda: day(
            ticket(escalated(3, reached=[], paged=[]), Event(4, "acknowledge", after(9), {})),
        ),
    ),
    "early": (
        "No rung early",
        lambda: day(ticket(escalated(3, fired=5.999), Event(4, "acknowledge", after(9), {}))),
    ),
    "fired twice": ("No rung twice", lambda: day(late(escalated(4, fired=6.3)))),
    "a rung left out": ("No rung left out", lambda: day(late(escalated(4, rung=3, due=18, fired=18.1)))),
    "escalated though in time": (
        "Escalated exactly when not acknowledged in time",
        lambda: day(ticket(Event(3, "acknowledge", after(2), {}), escalated(4))),
    ),
    "late and nobody told": (
        "Escalated exactly when not acknowledged in time",
        lambda: day(ticket(Event(3, "acknowledge", after(20), {}))),
    ),
    "a gap in the chain": (
        "Chain of events complete",
        lambda: day(ticket(Event(4, "acknowledge", after(2), {}))),
    ),
    "the absent paged": (
        "The absent never paged",
        lambda: day(ticket(escalated(3, reached=["absent"]), Event(4, "acknowledge", after(9), {}))),
    ),
    "the absent told": ("The absent never paged", lambda: day(in_time(), absent_seen=Seen(notices=1))),
    "the conflicted paged": (
        "The conflicted never sees, never told",
        lambda: day(ticket(escalated(3, paged=["conflicted"]), Event(4, "acknowledge", after(9), {}))),
    ),
    "the conflicted sees": (
        "The conflicted never sees, never told",
        lambda: day(in_time(), conflicted_seen=Seen(frozenset({"ticket-1"}))),
    ),
    "left open": ("Every ticket came to an end", lambda: day(in_time(state="in_progress"))),
    "found by an auditor": ("The engine's auditor", lambda: day(in_time(), commands={"The engine's auditor": ["x"]})),
}


@pytest.mark.parametrize("what", BREAKS)
def test_every_broken_promise_is_found(what: str) -> None:
    name, make = BREAKS[what]
    assert set(broken(make())) == {name}


def test_a_ladder_climbed_anew_after_a_reopening_is_no_break() -> None:
    again = escalated(5, rung=1, due=14, fired=18.1, clock="resolve", epoch=2)
    first = escalated(4, rung=1, due=14, fired=14.1, clock="resolve")
    found = day(late(first, Event(5, "reject-fix", after(18), {}), replace(again, sequence=6)))
    assert broken(found) == {}
    assert [round(rung.lag, 3) for rung in found.fired()] == [0.2, 0.1, 0.1]


def test_figures_and_result() -> None:
    found = day(in_time(1), late(escalated(4, rung=2, due=12, fired=12.5), number=2))
    figures = figures_of(found, counts={"repeated": 3, "verify": 2}, notices=7, mails=None)
    assert figures["filed"] == figures["stored"] == figures["routed"] == 2
    assert (figures["acknowledged"], figures["acknowledged_in_time"]) == (2, 1)
    assert figures["escalations_by_rung"] == {"1": 1, "2": 1}
    assert figures["lag_seconds"] == {"p50": 0.2, "p99": 0.5, "max": 0.5}
    assert figures["actions"] == {"verify": 2}
    assert result_of(figures=figures, verdicts=verdicts(found), about={"school": "s"})["holds"] is True
    early = day(ticket(escalated(3, fired=5), Event(4, "acknowledge", after(9), {})))
    result = result_of(figures={}, verdicts=verdicts(early), about={"school": "s"})
    assert result["holds"] is False
    assert [row["name"] for row in result["invariants"] if not row["holds"]] == ["No rung early"]


def test_percentiles_are_values_that_occur() -> None:
    assert percentile([], 0.5) is None
    assert percentile([1.0], 0.99) == 1.0
    assert percentile([float(number) for number in range(1, 101)], 0.99) == 99.0


def round_of(number: int, *, by: Sequence[str] = ("head",), **changes: Any) -> RoundSeen:
    state, said = ("answered", "all_well") if by else ("missed", "")
    found = RoundSeen(f"round-{number}", "PATROL", "security", number, state, said, is_late=False, answered_by=by)
    return replace(found, **changes)


def rounds_of(*rounds: RoundSeen, **changes: Any) -> Day:
    sent = [(row.id, by) for row in rounds for by in row.answered_by]
    return day(rounds=replace(RoundsOfDay([row.id for row in rounds], sent, rounds), **changes))


def test_a_day_with_answered_and_missing_rounds_holds() -> None:
    assert broken(rounds_of(round_of(1), round_of(2, by=()), round_of(3, by=("head", "head")))) == {}


@pytest.mark.parametrize(
    ("found", "name"),
    [
        (rounds_of(round_of(1), planned=["round-1", "round-2"]), "No round lost"),
        (rounds_of(round_of(1, by=(), state="open")), "No round lost"),
        (rounds_of(round_of(1), round_of(2, turn=1)), "No round twice"),
        (rounds_of(round_of(1), sent=[]), "No round answered by the system"),
        (rounds_of(round_of(1, by=()), sent=[("round-1", "head")]), "No round answered by the system"),
        (rounds_of(round_of(1, by=(), state="answered", said="all_well")), "Silence is missing"),
    ],
)
def test_each_broken_promise_about_rounds_is_found(found: Day, name: str) -> None:
    assert name in broken(found)
