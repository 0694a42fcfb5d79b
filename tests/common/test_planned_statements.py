"""Statements sent often are planned once for a session: refusals and rollbacks change nothing, another schema does."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import NotSupportedError, connection, transaction

from backend.common.sql.statements import prepared_cursor
from tests.roles import as_owner
from tests.workflow.steps import file_ticket
from tests.world import World

ASKED = "SELECT note FROM calendars_calendarday WHERE id = %s"
KEY = ASKED.replace("%s", "$1")
PLANNED = "SELECT statement, generic_plans, custom_plans FROM pg_prepared_statements"


def planned() -> dict[str, tuple[int, int]]:
    """Return how often each statement of this session was carried out by its one plan, and by a plan of its own."""
    with connection.cursor() as cursor:
        cursor.execute(PLANNED)
        return {statement.strip()[:60]: (generic, custom) for statement, generic, custom in cursor.fetchall()}


def ask(statement: str = ASKED) -> None:
    """Send a statement of the sort that is planned once."""
    with prepared_cursor() as cursor:
        cursor.execute(statement, [0])


@pytest.mark.django_db
def test_a_plan_outlives_the_rollback_of_what_it_was_made_in() -> None:
    known = planned().get(KEY, (0, 0))
    with transaction.atomic():
        ask()
        transaction.set_rollback(True)
    ask()
    assert planned()[KEY] == (known[0] + 2, 0)


def test_a_refused_request_costs_the_next_no_planning(world: World) -> None:
    ticket_id = file_ticket(world, routed=True)
    assert world.bob.client.act(ticket_id, "acknowledge").status_code == 200
    before = planned()
    assert world.bob.client.act(ticket_id, "acknowledge").status_code == 409
    assert world.bob.client.act(ticket_id, "verify").status_code == 403
    assert world.bob.client.act(ticket_id, "comment", note="On my way.").status_code == 200
    after = planned()
    assert before.keys() <= after.keys()
    assert sum(custom for _generic, custom in after.values()) == 0


@pytest.mark.django_db(transaction=True)
def test_a_plan_that_another_sessions_migration_made_unusable_fails_once() -> None:
    def alter(kind: str) -> None:
        with as_owner(), connection.cursor() as cursor:
            cursor.execute(f"ALTER TABLE calendars_calendarday ALTER COLUMN note TYPE {kind}")
        connection.close()

    own = "SELECT note AS said FROM calendars_calendarday WHERE id = %s"
    with ThreadPoolExecutor(1) as elsewhere:
        ask(own)
        elsewhere.submit(alter, "varchar(7)").result()
        with pytest.raises(NotSupportedError, match="result type"), transaction.atomic():
            ask(own)
        ask(own)
        elsewhere.submit(alter, "varchar(120)").result()
        with pytest.raises(NotSupportedError):
            ask(own)
        ask(own)


@pytest.mark.django_db
def test_a_table_that_became_another_one_is_read_as_it_is_now() -> None:
    ask()
    with as_owner(), connection.cursor() as cursor:
        cursor.execute("ALTER TABLE calendars_calendarday ALTER COLUMN note TYPE varchar(7)")
    ask()
    assert planned()[KEY] == (1, 0)
