"""Planning the telephone numbers of a workbook: each by its name within its office, as the pages show it. Pure."""

from copy import copy
from uuid import UUID

from django.utils.translation import gettext as _

from backend.common.identities import identity_of
from backend.organisation.models import TelephoneNumber, Unit
from backend.setup.workbook.matching import rename
from backend.setup.workbook.plan import CellChange, Index, Plan, Sort
from backend.setup.workbook.reading import Entry, Filled
from backend.setup.workbook.shape import BY_NAME, SheetName
from backend.setup.workbook.state import State

SHEET = SheetName.TELEPHONES
Key = tuple[UUID | None, str]
"""An office, or none, and the name that a number has there once."""


def telephones_plan(*, plan: Plan, state: State, filled: Filled, units: Index[Unit]) -> None:
    """Plan which numbers are new and which change; those that are not in the file stay."""
    seen: dict[Key, int] = {}
    for entry in filled.of(SHEET):
        faults = len(plan.errors)
        unit = units.one(entry["unit"], plan.refusing(SHEET, entry.line, "unit")) if entry["unit"] else None
        if len(plan.errors) > faults or (entry["unit"] and unit is None):
            continue
        before = _known(state, entry, unit.id if unit else None)
        after = copy(before) if before else TelephoneNumber(school=state.school, unit=unit)
        rename(after, entry)
        after.number = entry["number"]
        key = _key(after)
        if key in seen:
            said = _("This stands in line %(line)d already.") % {"line": seen[key]}
            plan.refuse(SHEET, entry.line, "name_zh", said)
            continue
        seen[key] = entry.line
        what = " · ".join(filter(None, (after.name, unit.name if unit else "", after.number)))
        cells = _cells(before or TelephoneNumber(), after)
        plan.compare(plan.telephones, before, after, at=(SHEET, entry.line), what=what, cells=cells)
    for row in state.telephones if seen else ():
        if _key(row) not in seen:
            plan.add(SHEET, 0, Sort.STAYS, f"{row.name} · {row.number}")


def _known(state: State, entry: Entry, unit_id: UUID | None) -> TelephoneNumber | None:
    """Return the number of this name in this office; in English where the line has no other."""
    name = "name_zh" if entry["name_zh"] else "name_en"
    wanted = (unit_id, identity_of(entry[name]))
    return next((row for row in state.telephones if (row.unit_id, identity_of(getattr(row, name))) == wanted), None)


def _key(row: TelephoneNumber) -> Key:
    return row.unit_id, identity_of(row.name_zh)


def _cells(before: TelephoneNumber, after: TelephoneNumber) -> list[CellChange]:
    titles = {column.name: str(column.title) for column in BY_NAME[SHEET].columns}
    names = ("name_zh", "name_en", "number")
    return [CellChange(titles[name], getattr(before, name), getattr(after, name)) for name in names]
