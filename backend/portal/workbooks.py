"""A workbook on its way through the reader's browser, and what it would do, sheet by sheet. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from backend.common.table_files import Line, Sheet
from backend.organisation.models import School
from backend.portal.carried import packed, unpacked
from backend.portal.faults import Fault, faults_joined
from backend.setup.workbook.plan import Change, Plan, Sort
from backend.setup.workbook.reading import CellError
from backend.setup.workbook.shape import BY_NAME, SHAPES

SALT = "allclear.workbook"
MOST_SHOWN = 100
GROUPS = (
    (Sort.NEW, True, _("New")),
    (Sort.CHANGED, True, _("Changed")),
    (Sort.STAYS, True, _("Already over: left out")),
    (Sort.STAYS, False, _("Not in the file: stays as it is")),
)
"""The groups of a preview: the fate of things, whether they stand in the file, and the title."""


@dataclass(frozen=True, slots=True)
class Group:
    """The things of one sort that a sheet is about, the first of them shown, each with the title of where it stands."""

    title: str | Promise
    count: int
    changes: Sequence[tuple[str | Promise, Change]]
    is_open: bool


@dataclass(frozen=True, slots=True)
class SheetShown:
    """The changes that one sheet is about."""

    title: str | Promise
    same: int
    groups: Sequence[Group]


def sheets_packed(*, school: School, sheets: Sequence[Sheet]) -> str:
    """Return the sheets as a signed, compressed text; raise FileUnreadable when a form could not carry it."""
    what = [[sheet.name, [[line.number, line.cells] for line in sheet.lines]] for sheet in sheets]
    return packed(school=school, salt=SALT, what=what)


def sheets_unpacked(*, school: School, text: str) -> list[Sheet]:
    """Return the sheets that were packed for this school; raise CarriedStale."""
    read = unpacked(school=school, salt=SALT, text=text)
    return [Sheet(name, tuple(Line(number, tuple(cells)) for number, cells in lines)) for name, lines in read]


def sheets_shown(*, plan: Plan) -> list[SheetShown]:
    """Return what a plan does by sheet; sheets that it has nothing to say of are left out."""
    shown = []
    for shape in SHAPES:
        groups = []
        for sort, is_in_file, title in GROUPS:
            found = [
                change
                for change in plan.changes
                if (change.about or change.sheet) is shape.name
                and change.sort is sort
                and (change.line > 0 or sort is not Sort.STAYS) is is_in_file
            ]
            if found:
                groups.append(
                    Group(title, len(found), [_where(change) for change in found[:MOST_SHOWN]], sort is Sort.CHANGED)
                )
        if groups or plan.same[shape.name]:
            shown.append(SheetShown(shape.title, plan.same[shape.name], groups))
    return shown


def _where(change: Change) -> tuple[str | Promise, Change]:
    """Return a change with the title of the sheet its line is on, if that is another one."""
    return BY_NAME[change.sheet].title if change.about not in {None, change.sheet} else "", change


def ends_shown(*, plan: Plan) -> list[Change]:
    """Return what a plan proposes to end."""
    return [change for change in plan.changes if change.sort is Sort.ENDS]


def warnings_shown(*, plan: Plan) -> list[Change]:
    """Return what a plan does although somebody is away then."""
    return [change for change in plan.changes if change.warning]


def errors_shown(*, errors: Sequence[CellError]) -> list[Fault]:
    """Return the faults as they stand in the file, sheet by sheet; what many lines share stands there once."""
    order = list(BY_NAME)
    in_order = sorted(errors, key=lambda error: (order.index(error.sheet), error.line))
    cells = ((BY_NAME[error.sheet].title, error.line, error.column, error.message) for error in in_order)
    return faults_joined(cells)
