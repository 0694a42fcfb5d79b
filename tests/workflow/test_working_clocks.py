"""Clocks of ordinary and routine tickets run in the school's working time; urgent ones know no night and no holiday."""

from collections.abc import Callable
from copy import deepcopy
from datetime import UTC, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from backend.calendars.files import calendar_read
from backend.calendars.models import Calendar
from backend.common.clock import database_now
from backend.deadlines.models import Timer
from backend.deadlines.services import fire_due
from backend.organisation.services import calendar_import
from backend.rulebook.ruleset import BOUNDS, Span, span_parse
from backend.rulebook.validation import rulebook_errors
from backend.workflow.models import Ticket, TicketEvent
from tests.organisation.conftest import DEMO
from tests.roles import as_owner
from tests.workflow.steps import HOUR, MINUTE, escalations, file_ticket
from tests.world import World, rulebook_content

ZONE = ZoneInfo("Asia/Shanghai")
ORDINARY, ROUTINE, URGENT, IMPORTANT = "N03", "B06", "F01", "F02"
FRIDAY = "2026-03-06T17:00"
STATEMENTS = ("SELECT", "INSERT", "UPDATE", "DELETE", "WITH")


def local(text: str) -> datetime:
    """Return an instant written as the school's clock shows it."""
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


def set_clock(text: str) -> None:
    """Let the database's own clock show this local time until the test's transaction ends."""
    with connection.cursor() as cursor:
        with as_owner():
            cursor.execute("CREATE SCHEMA IF NOT EXISTS moved_clock")
            cursor.execute("GRANT USAGE ON SCHEMA moved_clock TO PUBLIC")
            cursor.execute(
                "CREATE OR REPLACE FUNCTION moved_clock.clock_timestamp() RETURNS timestamptz LANGUAGE sql AS"
                f" $$ SELECT timestamptz '{local(text).isoformat()}' $$"
            )
        cursor.execute('SET LOCAL search_path = moved_clock, "$user", public, pg_catalog')
    assert database_now() == local(text)


@pytest.fixture
def school_week(world: World) -> World:
    """The world, its school with the demo's calendar of 2026."""
    calendar_import(school=world.school, content=calendar_read(DEMO / "calendar.yaml"))
    return world


def filed_at(world: World, text: str, category: str) -> UUID:
    """File a report over HTTP at a local time."""
    set_clock(text)
    return file_ticket(world, category=category, occurred_at=(local(text) - MINUTE).isoformat())


def timers(ticket_id: UUID) -> dict[str, list[str]]:
    """Return each running clock's ladder in local time, but for the upper bounds, which know no calendar."""
    rows = Timer.objects.filter(subject_kind="ticket", subject_id=ticket_id, stopped_at__isnull=True).exclude(
        clock__in=BOUNDS
    )
    return {row.clock: [f"{due.astimezone(ZONE):%m-%dT%H:%M}" for due in row.ladder] for row in rows}


def versions(ticket_id: UUID) -> set[int | None]:
    """Return which calendar versions the ticket's timers were computed with."""
    rows = Timer.objects.filter(subject_kind="ticket", subject_id=ticket_id).exclude(clock__in=BOUNDS)
    return set(rows.values_list("calendar_version", flat=True))


def said(ticket_id: UUID) -> dict[str, Any]:
    """Return what the last event says."""
    body: dict[str, Any] = TicketEvent.objects.filter(ticket=ticket_id).latest("sequence").payload.body
    return body


def statements(queries: CaptureQueriesContext) -> list[str]:
    """Return the statements that read or write; savepoints belong to the test's own transaction."""
    return [query["sql"] for query in queries if query["sql"].startswith(STATEMENTS)]


def test_an_ordinary_report_on_friday_evening_is_due_on_monday(school_week: World) -> None:
    ticket_id = filed_at(school_week, FRIDAY, ORDINARY)
    assert timers(ticket_id) == {
        "acknowledge": ["03-09T11:30", "03-10T17:30", "03-12T17:30"],
        "act": ["03-09T17:30", "03-11T17:30", "03-13T17:30"],
        "resolve": ["03-13T17:30", "03-18T17:30", "03-20T17:30"],
    }
    assert versions(ticket_id) == {1}
    assert Ticket.objects.get(id=ticket_id).next_due_at == local("2026-03-09T11:30")
    assert said(ticket_id).keys() == {"category", "severity", "class", "filed", "office", "promised"}


@pytest.mark.parametrize(
    ("filed", "expected"),
    [
        # Golden week: back on Thursday the 8th, Saturday the 10th is made up.
        ("2026-09-30T15:00", ("10-08T17:30", "10-10T17:30", "10-27T17:30")),
        # Sunday the 20th is made up, Mid-Autumn is free on Friday the 25th.
        ("2026-09-18T10:00", ("09-20T17:30", "09-22T17:30", "10-15T17:30")),
        # The last day before the summer, in which people on duty work until eleven.
        ("2026-07-09T18:00", ("07-10T17:30", "07-14T11:00", "07-30T11:00")),
    ],
)
def test_a_routine_report_waits_for_the_end_of_working_days(
    school_week: World, filed: str, expected: tuple[str, str, str]
) -> None:
    ticket_id = filed_at(school_week, filed, ROUTINE)
    assert tuple(ladder[0] for ladder in timers(ticket_id).values()) == expected


def test_an_ordinary_report_in_the_summer_counts_the_hours_of_duty(school_week: World) -> None:
    ticket_id = filed_at(school_week, "2026-07-13T10:00", ORDINARY)
    assert timers(ticket_id)["acknowledge"][0] == "07-15T10:00"


@pytest.mark.parametrize(("category", "within"), [(URGENT, 5), (IMPORTANT, 30)])
def test_urgent_and_important_clocks_run_at_night_and_never_ask_a_calendar(
    school_week: World, category: str, within: int
) -> None:
    Calendar.objects.update(version=77)
    with CaptureQueriesContext(connection) as queries:
        ticket_id = filed_at(school_week, "2026-10-03T03:00", category)
    assert not [sql for sql in statements(queries) if "calendarday" in sql]
    assert timers(ticket_id)["acknowledge"][0] == f"10-03T03:{within:02}"
    assert versions(ticket_id) == {None}
    assert not said(ticket_id).keys() & {"provisional", "fallback"}


def test_nothing_escalates_before_the_school_works_again(school_week: World) -> None:
    ticket_id = filed_at(school_week, FRIDAY, ORDINARY)
    due = local("2026-03-09T11:30")
    fire_due(now=due - MINUTE)
    assert escalations(ticket_id) == []
    fire_due(now=due)
    assert [(body["clock"], datetime.fromisoformat(body["due_at"])) for body in escalations(ticket_id)] == [
        ("acknowledge", due)
    ]


def test_the_check_of_a_fix_counts_working_days_from_its_resolving(school_week: World) -> None:
    ticket_id = filed_at(school_week, FRIDAY, ORDINARY)
    acting = school_week.cleo.client
    for action in ("acknowledge", "start", "resolve"):
        assert acting.act(ticket_id, action, note="Done.").status_code == 200
    assert timers(ticket_id) == {"verify": ["03-11T17:30", "03-16T17:30"]}
    assert Ticket.objects.get(id=ticket_id).next_due_at == local("2026-03-11T17:30")
    set_clock("2026-03-09T09:00")
    assert school_week.alice.client.act(ticket_id, "reject-fix", note="Still there.").status_code == 200
    assert timers(ticket_id)["resolve"][0] == "03-13T17:30"


def test_what_is_shown_is_what_the_timers_hold_whatever_the_calendar_says_by_now(school_week: World) -> None:
    ticket_id = filed_at(school_week, FRIDAY, ORDINARY)
    content = calendar_read(DEMO / "calendar.yaml")
    content["days"].append({"first": "2026-03-09", "note": "运动会"})
    assert calendar_import(school=school_week.school, content=content).version == 2
    acknowledged = school_week.cleo.client.act(ticket_id, "acknowledge").data
    for data in (acknowledged, school_week.cleo.client.get(f"tickets/{ticket_id}").data):
        rows = Timer.objects.filter(subject_kind="ticket", subject_id=ticket_id, armed=True).order_by("due_at")
        assert [(row["clock"], datetime.fromisoformat(row["due_at"])) for row in data["clocks"]] == [
            (row.clock, row.due_at) for row in rows
        ]
        assert [list(map(datetime.fromisoformat, row["rungs"])) for row in data["clocks"]] == [
            row.ladder for row in rows
        ]
        assert datetime.fromisoformat(data["next_due_at"]) == rows[0].due_at == local("2026-03-09T17:30")
    again = filed_at(school_week, FRIDAY, ORDINARY)
    assert timers(again)["acknowledge"][0] == "03-10T11:30"
    assert versions(again) == {2}


def no_calendar(world: World) -> None:
    """Take the calendar away."""
    with as_owner():
        Calendar.objects.filter(school=world.school).delete()


def nobody_works(world: World) -> None:
    """Take every hour out of the calendar."""
    content = {**calendar_read(DEMO / "calendar.yaml"), "hours": [], "periods": [], "days": []}
    calendar_import(school=world.school, content=content)


def nowhere(world: World) -> None:
    """Put the school into a time zone that does not exist."""
    world.school.time_zone = "Mars/Olympus"
    world.school.save()


@pytest.mark.parametrize(
    ("broken", "reason"),
    [(no_calendar, "no calendar"), (nobody_works, "leads beyond it"), (nowhere, "not a time zone")],
)
def test_a_calendar_that_cannot_answer_never_stops_a_report(
    school_week: World, broken: Callable[[World], None], reason: str, caplog: pytest.LogCaptureFixture
) -> None:
    broken(school_week)
    ticket_id = filed_at(school_week, FRIDAY, ORDINARY)
    assert {clock: ladder[0] for clock, ladder in timers(ticket_id).items()} == {
        "acknowledge": "03-06T21:00",
        "act": "03-07T17:00",
        "resolve": "03-11T17:00",
    }
    assert versions(ticket_id) == {None}
    assert said(ticket_id)["fallback"] == "calendar_time"
    alarms = [record.getMessage() for record in caplog.records if record.levelname == "ERROR"]
    assert len(alarms) == 3
    assert all(text.startswith(f"ALARM: ticket {ticket_id}") and reason in text for text in alarms)


def test_times_on_days_not_published_yet_are_marked(school_week: World) -> None:
    ticket_id = filed_at(school_week, "2026-12-30T10:00", ORDINARY)
    assert said(ticket_id)["provisional"] is True
    assert versions(ticket_id) == {1}
    timeline = school_week.cleo.client.get(f"tickets/{ticket_id}/timeline").data
    assert timeline[0]["details"]["provisional"] is True


def test_a_calendar_costs_filing_no_statement_once_it_was_read(school_week: World) -> None:
    counts = {}
    filed_at(school_week, FRIDAY, ORDINARY)
    for category in (ORDINARY, ROUTINE, IMPORTANT):
        body = school_week.report_body(category=category, occurred_at=(local(FRIDAY) - HOUR).isoformat())
        with CaptureQueriesContext(connection) as queries:
            assert school_week.alice.client.post("reports", body).status_code == 201
        counts[category] = len(statements(queries))
    assert len(set(counts.values())) == 1
    assert counts[ORDINARY] <= 12


def test_a_list_reads_no_timers_and_a_ticket_reads_them_once(school_week: World) -> None:
    ticket_id = filed_at(school_week, FRIDAY, ORDINARY)
    for path, expected in (("tickets", 0), (f"tickets/{ticket_id}", 1)):
        with CaptureQueriesContext(connection) as queries:
            assert school_week.cleo.client.get(path).status_code == 200
        assert len([sql for sql in statements(queries) if "FROM deadlines_timer" in sql.replace('"', "")]) == expected


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("5m", Span(5, "m", working=False)),
        ("8s", Span(8, "s", working=False)),
        ("72h", Span(72, "h", working=False)),
        ("4hW", Span(4, "h", working=True)),
        ("15dW", Span(15, "d", working=True)),
    ],
)
def test_durations_have_one_grammar(text: str, span: Span) -> None:
    assert span_parse(text) == span


@pytest.mark.parametrize(
    "text", ["", "4", "4w", "4hw", "W", "4 h", "-4h", "4.5h", "12345m", "8sW", "5mW", "4hWW", "４h\n", "4h\n"]
)
def test_anything_else_is_no_duration(text: str) -> None:
    with pytest.raises(ValueError, match="is not a duration"):
        span_parse(text)


@pytest.mark.parametrize(
    ("path", "value", "expected"),
    [
        (("P1", "act", "within"), "1hW", "clocks/P1/act: P1 runs day and night"),
        (("P2", "resolve", "rungs", 1, "after"), "24hW", "clocks/P2/resolve: P2 runs day and night"),
        (("P3", "act", "rungs", 1, "after"), "2d", "all are calendar time, all working hours or all working days"),
        (("P3", "act", "rungs", 2, "after"), "1dW", "each later one comes after it"),
        (("P3", "act", "repeat"), "5dW", "'5dW' does not match"),
        (("P4", "act", "within"), "0dW", "longer than nothing"),
        (("P4", "act", "within"), "3w", "'3w' does not match"),
    ],
)
def test_a_rulebook_whose_times_make_no_sense_is_refused(
    path: tuple[str | int, ...], value: str, expected: str
) -> None:
    content = deepcopy(rulebook_content())
    assert rulebook_errors(content) == []
    row: Any = content["clocks"]
    for step in path[:-1]:
        row = row[step]
    row[path[-1]] = value
    assert any(expected in error for error in rulebook_errors(content))


def test_the_shipped_rulebook_gives_ordinary_and_routine_clocks_working_time() -> None:
    clocks = rulebook_content()["clocks"]
    within = {
        severity: {name: clock["within"] for name, clock in clocks[severity].items()} for severity in ("P3", "P4")
    }
    assert within == {
        "P3": {"acknowledge": "4hW", "act": "1dW", "resolve": "5dW", "wait": "10dW", "verify": "3dW", "silence": "3dW"},
        "P4": {
            "acknowledge": "1dW",
            "act": "3dW",
            "resolve": "15dW",
            "wait": "10dW",
            "verify": "3dW",
            "silence": "5dW",
        },
    }
    assert datetime(2026, 3, 6, 9, tzinfo=UTC) == local(FRIDAY)
