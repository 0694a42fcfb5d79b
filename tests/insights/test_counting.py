"""Counting change by change, counting everything anew and counting by hand arrive at the same figures."""

from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime, timedelta
from io import StringIO
from typing import Any
from zoneinfo import ZoneInfo

from django.core.management import call_command
from django.db import connection, transaction
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st

from backend.common.errors import DomainError
from backend.deadlines.services import fire_due
from backend.incidents.services import report_file
from backend.insights.models import CountedTicket
from backend.insights.selectors.figures import figures_of
from backend.insights.services.counting import changes_count
from backend.insights.shapes import Figures, Narrowing, Period, weeks_until
from backend.organisation.models import School
from backend.workflow.models import Ticket
from backend.workflow.services import TicketDraft, tickets_route
from tests.insights.conftest import filed
from tests.insights.naive import facts, tally
from tests.workflow.steps import act_at
from tests.world import Member, World

STEPS = (
    *("acknowledge", "record-interim-control", "start", "resolve", "verify", "reopen"),
    *("propose-decline", "confirm-decline", "wait"),
)
WORKERS = {"verify": "cleo", "reopen": "cleo", "confirm-decline": "vera"}
ZONES = ("Asia/Shanghai", "Europe/London", "America/St_Johns", "Pacific/Kiritimati")


def moves() -> st.SearchStrategy[tuple[Any, ...]]:
    """Return one thing that happens: a report, something done to one of those there are, time that passes."""
    file = st.tuples(st.just("file"), st.sampled_from(["F02", "B06", "N03", "S02"]), st.booleans(), st.booleans())
    act = st.tuples(st.just("act"), st.integers(0, 5), st.sampled_from(STEPS))
    wait = st.tuples(st.just("pass"), st.integers(1, 400))
    return file | act | wait


def carry_out(world: World, move: tuple[Any, ...], now: datetime) -> datetime:
    """Let one thing happen; what the product refuses does not. Return the time afterwards."""
    kind, *given_ = move
    if kind == "pass":
        later = now + timedelta(hours=given_[0])
        fire_due(now=later)
        return later
    if kind == "file":
        category, in_stairwell, is_exercise = given_
        place = world.home.places["stairwell" if in_stairwell else "teaching-building"].id
        draft = TicketDraft(category, place, now - timedelta(minutes=1), "Something.", is_exercise=is_exercise)
        report = report_file(actor=world.dan.actor, draft=draft, now=now)
        tickets_route(ticket_ids=[report.ticket_id], now=now)
    if kind == "act":
        number, action = given_
        tickets = list(Ticket.objects.order_by("filed_at", "id"))
        if tickets:
            act(world, tickets[number % len(tickets)], action, now)
    return now + timedelta(seconds=1)


def act(world: World, ticket: Ticket, action: str, now: datetime) -> None:
    """Have whoever may take an action; whether the product lets them is not the question here."""
    member: Member = world.members[WORKERS.get(action, "bob")]
    words: dict[str, Any] = {"waiting_for": "Ming Lifts"} if action == "wait" else {}
    try:
        act_at(member, ticket.id, action, now, note="Done.", **words)
    except DomainError:
        return


def shown(figures: Figures) -> dict[str, Any]:
    """Return what figures say, in the words of the count by hand."""
    return {"total": asdict(figures.total), "weeks": {day: asdict(each) for day, each in figures.weeks.items()}}


def by_hand(figures: Figures, counts: Callable[[Ticket], bool]) -> dict[str, Any]:
    """Return the same from tickets and ledgers."""
    noted = facts(counts)
    period = figures.period
    chosen = [fact for fact in noted if period.first <= fact.local.date() <= period.last]
    weeks = {week: [fact for fact in chosen if fact.week == week] for week in period.weeks}
    return {
        "total": named(tally(noted, chosen)),
        "weeks": {week: named(tally(noted, found)) for week, found in weeks.items()},
    }


def named(noted: dict[str, Any]) -> dict[str, Any]:
    """Give the three numbers of a time their names."""
    for name in ("acknowledge", "resolve"):
        noted[name] = dict(zip(("count", "median", "p90"), noted[name], strict=True))
    return noted


FULL = [
    *[("file", category, True, False) for category in ("F02", "B06", "N03", "F02", "F02", "S02")],
    ("file", "F02", True, True),
    *[("act", number, "acknowledge") for number in (0, 2)],
    ("pass", 30),
    ("act", 3, "acknowledge"),
    ("pass", 9),
    ("act", 4, "acknowledge"),
    ("act", 0, "record-interim-control"),
    ("act", 0, "start"),
    ("act", 2, "start"),
    ("act", 2, "wait"),
    ("act", 0, "resolve"),
    ("act", 0, "verify"),
    ("act", 0, "reopen"),
    ("act", 3, "propose-decline"),
    ("act", 3, "confirm-decline"),
    ("pass", 300),
    ("file", "F02", True, False),
    ("act", 0, "resolve"),
    ("pass", 400),
    ("pass", 330),
    ("file", "F02", True, False),
]
"""A stretch in which everything happens that is counted."""


@settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    phases=[Phase.explicit, Phase.generate],
)
@example(happened=FULL, zone="Asia/Shanghai")
@given(happened=st.lists(moves(), min_size=6, max_size=14), zone=st.sampled_from(ZONES))
def test_change_by_change_anew_and_by_hand_are_the_same(world: World, happened: list[Any], zone: str) -> None:
    before = transaction.savepoint()
    compare(world, happened, zone)
    transaction.savepoint_rollback(before)


def compare(world: World, happened: list[Any], zone: str) -> None:
    """Let things happen and count after each; then count anew, then by hand, and compare."""
    School.objects.filter(id=world.school.id).update(time_zone=zone)
    now = world.now
    for move in happened:
        now = carry_out(world, move, now)
        changes_count(now=now)
    period = weeks_until(today=now.astimezone(ZoneInfo(zone)).date(), weeks=30)
    incremental = read(world, period, now)
    rows = list(CountedTicket.objects.order_by("ticket").values())
    call_command("figures_rebuild", verbosity=0, stdout=StringIO())
    assert list(CountedTicket.objects.order_by("ticket").values()) == rows
    assert read(world, period, now) == incremental
    assert shown(incremental) == by_hand(incremental, lambda ticket: ticket.seal == "K0")


def test_counting_anew_leaves_the_statistics_of_what_was_counted(world: World) -> None:
    for _ in range(3):
        filed(world)
    call_command("figures_rebuild", verbosity=0, stdout=StringIO())
    with connection.cursor() as cursor:
        cursor.execute("SELECT reltuples FROM pg_class WHERE relname = 'insights_countedticket'")
        assert cursor.fetchone() == (3,)


def read(world: World, period: Period, now: datetime) -> Figures:
    """Return the figures as the principal reads them."""
    return figures_of(actor=world.dan.actor, period=period, narrowing=Narrowing(), now=now)
