"""The triggers of the database are those that the models name, and `makemigrations` sees a difference."""

import re

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import connection
from django.db.migrations.state import ProjectState

from backend.common.sql.refusals import FUNCTION, Refusal, SetRefusal, refusals_of
from backend.workflow.models import Ticket
from tests.roles import as_owner

TRIGGERS = """
SELECT relname, tgname, tgenabled::text, proname, pg_get_triggerdef(pg_trigger.oid), pg_get_userbyid(proowner)
FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid JOIN pg_proc ON pg_proc.oid = tgfoid
WHERE NOT tgisinternal AND relnamespace = 'public'::regnamespace
"""
FUNCTIONS = "SELECT proname, prosrc FROM pg_proc WHERE pronamespace = 'public'::regnamespace"
RECORDERS = {("workflow_ticket", "ticket_remembers_who_saw_it"): "ticket_remember_sight"}
"""Triggers that write a record beside a change, with their functions; they refuse nothing."""
OF_INDEXES = {"text_bigrams"}
"""Functions that indexes are made of."""
FORGETTING = {"retention_callers_forget", "retention_rows_forget", "retention_tickets_forget"}
"""Functions that empty what is past its period, as the owner; what they may touch they check themselves."""
NAMED = {(model._meta.db_table, refusal.name): refusal for model in apps.get_models() for refusal in refusals_of(model)}


def triggers() -> dict[tuple[str, str], tuple[str, ...]]:
    """Return every trigger of our own by table and name."""
    with connection.cursor() as cursor:
        cursor.execute(TRIGGERS)
        return {(table, name): tuple(rest) for table, name, *rest in cursor.fetchall()}


@pytest.mark.django_db
def test_the_triggers_are_those_that_the_models_name() -> None:
    stored = triggers()
    assert stored.keys() == NAMED.keys() | RECORDERS.keys()
    with as_owner(), connection.schema_editor(atomic=False) as editor:
        for (table, name), refusal in NAMED.items():
            probe = Refusal(f"probe_{name}", refusal.operation, refusal.condition)
            operation = SetRefusal(table, probe.name, probe.operation, probe.condition)
            operation.database_forwards("", editor, ProjectState(), ProjectState())
    made = triggers()
    for (table, name), (is_enabled, function, definition, owner) in stored.items():
        assert (is_enabled, function) == ("O", RECORDERS.get((table, name), FUNCTION))
        assert owner == connection.settings_dict["USER"]
        if (table, name) in RECORDERS:
            continue
        assert made[table, f"probe_{name}"][2] == definition.replace(f"TRIGGER {name} ", f"TRIGGER probe_{name} ")


@pytest.mark.django_db
def test_no_function_looks_away_but_for_the_owner_who_forgets() -> None:
    with connection.cursor() as cursor:
        cursor.execute(FUNCTIONS)
        sources = dict(cursor.fetchall())
    assert sources.keys() == {FUNCTION, *RECORDERS.values(), *OF_INDEXES, *FORGETTING}
    assert {name for name, source in sources.items() if "current_setting" in source} == {FUNCTION}
    assert {name for name, source in sources.items() if "set_config" in source} == FORGETTING
    assert re.sub(r"\s+", " ", sources[FUNCTION]).strip() == (
        "BEGIN IF current_setting('allclear.forgets', true) = 'yes'"
        " AND (SELECT relowner FROM pg_class WHERE oid = TG_RELID) = current_user::regrole"
        " THEN IF TG_OP = 'DELETE' THEN RETURN OLD; END IF; RETURN NEW; END IF;"
        " RAISE EXCEPTION 'refused: % of % (%)', TG_OP, TG_TABLE_NAME, TG_NAME; END"
    )


@pytest.mark.django_db
def test_makemigrations_sees_a_trigger_that_no_migration_makes(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    call_command("makemigrations", check=True, dry_run=True)
    monkeypatch.setattr(Ticket, "refusals", (Refusal("ticket_is_never_deleted", "DELETE", "OLD.level > 0"),))
    with pytest.raises(SystemExit):
        call_command("makemigrations", check=True, dry_run=True)
    assert "Refuse DELETE of workflow_ticket (ticket_is_never_deleted)" in capsys.readouterr().out
