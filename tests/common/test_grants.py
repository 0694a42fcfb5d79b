"""The application's role may with each table what is written, and the database refuses it everything else."""
# ruff: noqa: S608 - every name in these statements is one of the database's own tables and columns

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import ProgrammingError, connection, transaction

from backend.config.grants import GRANTS, TICKET_COLUMNS
from backend.workflow.change import MUTABLE
from backend.workflow.models import Ticket
from tests.roles import as_owner
from tests.workflow.steps import DAY, URGENT, file_ticket, fire_after
from tests.world import World

pytestmark = pytest.mark.django_db
APPLICATION = settings.APPLICATION_ROLE
TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
COLUMNS = "SELECT column_name FROM information_schema.columns WHERE table_schema = 'public' AND table_name = %s"
OF_TABLES = """
SELECT table_name, privilege_type FROM information_schema.table_privileges
WHERE table_schema = 'public' AND grantee = %s
"""
OF_COLUMNS = """
SELECT table_name, column_name FROM information_schema.column_privileges
WHERE table_schema = 'public' AND grantee = %s AND privilege_type = 'UPDATE'
"""
MAINTAINED = """
SELECT relname FROM pg_class
WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND has_table_privilege(%s, oid, 'MAINTAIN')
"""


def rows(statement: str, *values: Any) -> list[tuple[Any, ...]]:
    """Return what a query finds."""
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return list(cursor.fetchall())


def refused(statement: str) -> bool:
    """Say whether the database refuses the application's role a statement for lack of a right."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
            transaction.set_rollback(True)
    except ProgrammingError as problem:
        return isinstance(problem.__cause__, psycopg.errors.InsufficientPrivilege)
    return False


def test_the_catalogue_says_what_is_written() -> None:
    assert {table for (table,) in rows(TABLES)} == set(GRANTS)
    of_tables, of_columns = rows(OF_TABLES, APPLICATION), rows(OF_COLUMNS, APPLICATION)
    for table, grant in GRANTS.items():
        whole = {"SELECT": grant.select, "INSERT": grant.insert, "UPDATE": grant.update is True, "DELETE": grant.delete}
        assert {kind for name, kind in of_tables if name == table} == {kind for kind, may in whole.items() if may}
        every = tuple(column for (column,) in rows(COLUMNS, table))
        columns = every if grant.update is True else grant.update or ()
        assert sorted(column for name, column in of_columns if name == table) == sorted(columns), table
    assert {table for (table,) in rows(MAINTAINED, APPLICATION)} == {
        name for name, grant in GRANTS.items() if grant.maintain
    }


def test_nobody_else_has_a_right_and_new_tables_give_none() -> None:
    assert rows(OF_TABLES, "PUBLIC") == []
    assert rows("SELECT defaclacl FROM pg_default_acl") == []
    sequences = "SELECT sequencename FROM pg_sequences WHERE has_sequence_privilege(%s, sequencename::regclass, %s)"
    assert rows(sequences, APPLICATION, "USAGE, SELECT, UPDATE") == []


def test_the_role_is_nobody_special() -> None:
    powers = "rolsuper, rolcreaterole, rolcreatedb, rolreplication, rolbypassrls"
    assert rows(f"SELECT {powers} FROM pg_roles WHERE rolname = %s", APPLICATION) == [(False,) * 5]
    assert rows("SELECT roleid FROM pg_auth_members WHERE member = %s::regrole", APPLICATION) == []
    assert rows("SELECT relname FROM pg_class WHERE relowner = %s::regrole", APPLICATION) == []
    assert rows("SELECT proname FROM pg_proc WHERE proowner = %s::regrole", APPLICATION) == []
    made = ("public", "CREATE"), (connection.settings_dict["NAME"], "CREATE")
    assert rows("SELECT has_schema_privilege(%s, %s, %s)", APPLICATION, *made[0]) == [(False,)]
    assert rows("SELECT has_database_privilege(%s, %s, %s)", APPLICATION, *made[1]) == [(False,)]


def forbidden(table: str) -> Iterator[str]:
    """Return every statement about a table that its grant does not allow, and those nobody but its owner may give."""
    grant = GRANTS[table]
    columns = [column for (column,) in rows(COLUMNS, table)]
    if not grant.select:
        yield f'SELECT FROM "{table}"'
    if not grant.insert:
        yield f'INSERT INTO "{table}" SELECT * FROM "{table}" WHERE false'
    if not grant.delete:
        yield f'DELETE FROM "{table}" WHERE false'
    if grant.update is not True:
        yield from (
            f'UPDATE "{table}" SET "{column}" = NULL WHERE false'
            for column in columns
            if column not in (grant.update or ())
        )
    yield f'TRUNCATE "{table}"'
    for words in ("DISABLE TRIGGER ALL", "DISABLE TRIGGER USER", f"OWNER TO {APPLICATION}", "ADD note text"):
        yield f'ALTER TABLE "{table}" {words}'
    yield f'CREATE TRIGGER other BEFORE UPDATE ON "{table}" EXECUTE FUNCTION suppress_redundant_updates_trigger()'
    yield f'CREATE RULE other AS ON UPDATE TO "{table}" DO INSTEAD NOTHING'
    yield f'DROP TABLE "{table}" CASCADE'


def test_every_statement_that_is_not_granted_is_refused() -> None:
    for table in GRANTS:
        statements = list(forbidden(table))
        assert len(statements) >= 8, table
        assert [statement for statement in statements if not refused(statement)] == [], table


def test_no_setting_of_a_session_opens_the_records(world: World) -> None:
    ticket_id = file_ticket(world, category=URGENT)
    assert refused("SET session_replication_role = replica")
    assert refused("DROP FUNCTION change_refuse() CASCADE")
    bypass = "SET LOCAL pgtrigger.ignore = '{event_immutable,pgtrigger_event_immutable_fbcd3}'; "
    assert refused(f"{bypass} DELETE FROM workflow_ticketevent")
    with pytest.raises(ProgrammingError, match="event_immutable"), as_owner(), connection.cursor() as cursor:
        cursor.execute(f"{bypass} DELETE FROM workflow_ticketevent WHERE ticket_id = '{ticket_id}'")


def test_a_ticket_and_what_its_ledger_says_stay_as_filed(world: World) -> None:
    ticket_id = file_ticket(world)
    of_ticket = f"SELECT id FROM workflow_ticketevent WHERE ticket_id = '{ticket_id}'"
    assert refused(f"DELETE FROM workflow_ticketeventpayload WHERE event_id IN ({of_ticket})")
    assert refused(f"UPDATE workflow_ticket SET description = 'Nothing.', filed_at = now() WHERE id = '{ticket_id}'")
    assert refused(f"UPDATE workflow_ticket SET state = 'routed', filed_at = now() WHERE id = '{ticket_id}'")
    assert not refused(f"UPDATE workflow_ticket SET state = 'routed' WHERE id = '{ticket_id}'")


def test_escalations_people_concerned_and_migrations_stay(world: World) -> None:
    ticket_id = file_ticket(world, category=URGENT, routed=True, persons_concerned=[str(world.carol.person.id)])
    fire_after(ticket_id, DAY)
    for table in ("deadlines_escalation", "workflow_ticketparticipant", "django_migrations"):
        assert rows(f"SELECT count(*) FROM {table}")[0][0] > 0
        assert refused(f"DELETE FROM {table}")


def test_what_can_change_of_a_ticket_is_what_the_code_writes() -> None:
    columns = {field.column for field in Ticket._meta.concrete_fields if field.name in MUTABLE}
    assert columns == set(TICKET_COLUMNS)


def apply() -> None:
    """Apply the written table as the owner does."""
    with as_owner():
        call_command("grants_apply", verbosity=0)


def test_what_was_granted_by_hand_is_taken_away() -> None:
    with as_owner(), connection.cursor() as cursor:
        cursor.execute(f"GRANT ALL ON workflow_ticketevent TO {APPLICATION}, PUBLIC")
        cursor.execute(f"GRANT UPDATE (description) ON workflow_ticket TO {APPLICATION}")
        cursor.execute(f"GRANT ALL ON SEQUENCE deadlines_timer_id_seq TO {APPLICATION}")
        cursor.execute(f"ALTER DEFAULT PRIVILEGES GRANT ALL ON TABLES TO {APPLICATION}")
    for _time in range(2):
        apply()
        test_the_catalogue_says_what_is_written()
        test_nobody_else_has_a_right_and_new_tables_give_none()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ("CREATE TABLE drill_book (id int)", "The table drill_book is not named in GRANTS"),
        ("CREATE VIEW drill_view AS SELECT 1 AS id", "The table drill_view is not named in GRANTS"),
        ("DROP TABLE deadlines_sweepgap", "GRANTS names the table deadlines_sweepgap"),
        (
            "ALTER TABLE deadlines_timer RENAME failures TO misses",
            "names the column failures of deadlines_timer",
        ),
    ],
)
def test_a_table_or_column_that_is_not_known_is_named(change: str, message: str) -> None:
    with as_owner(), connection.cursor() as cursor:
        cursor.execute(change)
    with pytest.raises(CommandError, match=message):
        apply()


def test_a_role_that_does_not_exist_is_named(settings: Any) -> None:
    settings.APPLICATION_ROLE = "nobody_there"
    with pytest.raises(CommandError, match="There is no role nobody_there"):
        call_command("grants_apply")


def test_an_owner_who_is_the_application_is_told_that_nothing_protects_the_records(
    settings: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    with as_owner():
        settings.APPLICATION_ROLE = rows("SELECT current_user")[0][0]
        call_command("grants_apply")
        settings.APPLICATION_ROLE = APPLICATION
    assert "no grant protects the records" in capsys.readouterr().out
