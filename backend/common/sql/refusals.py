"""Triggers by which the database refuses to change rows, whoever asks; made from what models say, stored by migrations.

A trigger made here always fires, and refuses whatever the application does: no setting of its session switches it off.
It lets pass what the owner of the table does while saying that it forgets (`allclear.forgets`), as the functions of the
room `retention` do; only the owner can drop it, too. A model names its triggers in the class attribute `refusals`;
`makemigrations` compares them with what the migrations leave behind, as it does for fields.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations import Migration
from django.db.migrations.autodetector import MigrationAutodetector
from django.db.migrations.graph import MigrationGraph
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState
from django.db.models import Model

FUNCTION = "change_refuse"
MAKE_FUNCTION = f"""
CREATE OR REPLACE FUNCTION {FUNCTION}() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF current_setting('allclear.forgets', true) = 'yes'
        AND (SELECT relowner FROM pg_class WHERE oid = TG_RELID) = current_user::regrole
    THEN
        IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'refused: % of % (%)', TG_OP, TG_TABLE_NAME, TG_NAME;
END
$$
"""  # noqa: S608 - names of our own


@dataclass(frozen=True, slots=True)
class Refusal:
    """A trigger that refuses an operation, as "UPDATE OR DELETE", on every row for which the SQL condition holds."""

    name: str
    operation: str
    condition: str = ""


class SetRefusal(Operation):
    """The operation of a migration that makes a trigger, or replaces the one of the same name; there is no way back.

    Undone, it would leave the table without the trigger that stood before.
    """

    reversible = False

    def __init__(self, table: str, name: str, operation: str, condition: str = "") -> None:
        self.table = table
        self.refusal = Refusal(name, operation, condition)

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        """Change nothing: models know nothing of their triggers in a migration's state."""

    def database_forwards(
        self, _app_label: str, schema_editor: BaseDatabaseSchemaEditor, _before: ProjectState, _after: ProjectState
    ) -> None:
        """Make the trigger, and before the first one its function."""
        refusal = self.refusal
        when = f" WHEN ({refusal.condition})" if refusal.condition else ""
        schema_editor.execute(MAKE_FUNCTION, params=None)
        schema_editor.execute(
            f'CREATE OR REPLACE TRIGGER {refusal.name} BEFORE {refusal.operation} ON "{self.table}"'
            f" FOR EACH ROW{when} EXECUTE FUNCTION {FUNCTION}()",
            params=None,
        )

    def describe(self) -> str:
        """Say what the operation does."""
        return f"Refuse {self.refusal.operation} of {self.table} ({self.refusal.name})"


class RefusalAutodetector(MigrationAutodetector):
    """Django's comparison of models and migrations, which compares their triggers too."""

    def changes(self, graph: MigrationGraph, *arguments: Any, **named: Any) -> dict[str, list[Migration]]:
        """Return the migrations that are missing."""
        self._made = set(refusals_made(filter(None, graph.nodes.values())))
        found: dict[str, list[Migration]] = super().changes(graph, *arguments, **named)
        return found

    def generate_altered_db_table(self) -> None:
        """Add what is missing of the triggers after all else that a migration does."""
        super().generate_altered_db_table()
        for model in apps.get_models():
            table = model._meta.db_table  # noqa: SLF001 - Django's documented way to a model's table
            for refusal in refusals_of(model):
                if (table, refusal) not in self._made:
                    operation = SetRefusal(table, refusal.name, refusal.operation, refusal.condition)
                    self.add_operation(model._meta.app_label, operation)  # noqa: SLF001


def refusals_of(model: type[Model]) -> tuple[Refusal, ...]:
    """Return the triggers that a model names."""
    return getattr(model, "refusals", ())


def refusals_made(migrations: Iterable[Migration]) -> Iterator[tuple[str, Refusal]]:
    """Return the triggers that migrations leave behind, each with its table."""
    made: dict[tuple[str, str], Refusal] = {}
    for migration in sorted(migrations, key=lambda migration: migration.name):
        for operation in migration.operations:
            if isinstance(operation, SetRefusal):
                made[operation.table, operation.refusal.name] = operation.refusal
    return ((table, refusal) for (table, _name), refusal in made.items())
