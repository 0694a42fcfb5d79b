"""Planning the units and places of a workbook: which are meant, what they are called, where they belong. Pure."""

from collections.abc import Collection, Mapping, Sequence
from copy import copy
from uuid import UUID

from django.utils.translation import gettext as _

from backend.organisation.models import Place, School, Unit
from backend.setup.workbook.matching import Meant, Named, Node, matched
from backend.setup.workbook.plan import CellChange, Index, Plan, Rows, Sort
from backend.setup.workbook.reading import Filled
from backend.setup.workbook.shape import BY_NAME, TASKS, SheetName
from backend.setup.workbook.state import State


def units_plan(*, plan: Plan, state: State, filled: Filled) -> Index[Unit]:
    """Plan offices, grades and classes; return all units as they would be."""
    offices = [Named(SheetName.OFFICES, entry, Unit.Kind.OFFICE) for entry in filled.of(SheetName.OFFICES)]
    classes = [Named(SheetName.CLASSES, entry, entry["kind"]) for entry in filled.of(SheetName.CLASSES)]

    def make(named: Named, code: str) -> Unit:
        return Unit(school=state.school, kind=named.kind, code=code)

    meant = matched(plan=plan, rows=[*offices, *classes], stored=state.units, make=make)
    index = _index(state.units, meant, filled.unread_of(SheetName.OFFICES, SheetName.CLASSES))
    nodes = {unit.id: unit for unit in index.by_code.values()}
    for each in meant:
        _place_under(plan, each, index)
    for each in meant:
        _note(plan, plan.units, each, _cells(each, nodes))
    _check_circles(plan, meant, nodes)
    _stays(plan, state.units, meant, {row.sheet for row in (*offices, *classes)})
    _tasks(plan, state.school, meant)
    return index


def places_plan(*, plan: Plan, state: State, filled: Filled, units: Index[Unit]) -> Index[Place]:
    """Plan the places as a tree, each looked after by a unit; return all places as they would be."""
    rows = [Named(SheetName.PLACES, entry, "") for entry in filled.of(SheetName.PLACES)]

    def make(_named: Named, code: str) -> Place:
        return Place(school=state.school, code=code)

    meant = matched(plan=plan, rows=rows, stored=state.places, make=make)
    index = _index(state.places, meant, filled.unread_of(SheetName.PLACES))
    nodes = {place.id: place for place in index.by_code.values()}
    owners = {unit.id: unit.name for unit in units.by_code.values()}
    for each in meant:
        _place_under(plan, each, index)
        owner = units.one(each.named.entry["owner"], plan.refusing(each.named.sheet, each.named.line, "owner"))
        if owner is not None:
            each.node.owner = owner
    for each in meant:
        before = owners[each.before.owner_id] if each.before else ""
        owned = CellChange(_title(each.named, "owner"), before, owners.get(each.node.owner_id, ""))
        _note(plan, plan.places, each, [*_cells(each, nodes), owned])
    _check_circles(plan, meant, nodes)
    _stays(plan, state.places, meant, {row.sheet for row in rows})
    return index


def _index(stored: Sequence[Node], meant: Sequence[Meant[Node]], unread: Collection[str]) -> Index[Node]:
    index: Index[Node] = Index(unread)
    nodes: dict[UUID, Node] = {node.id: node for node in stored}
    named = {each.node.id: each.node for each in meant}
    for node in (nodes | named).values():
        index.put(node, node.code, (node.name_zh, node.name_en), is_in_file=node.id in named)
    return index


def _place_under(plan: Plan, each: Meant[Node], index: Index[Node]) -> None:
    """Set what a row is part of; an empty cell leaves it where it is."""
    word = each.named.entry.values.get("parent", "")
    parent = index.one(word, plan.refusing(each.named.sheet, each.named.line, "parent")) if word else None
    if parent is not None:
        each.node.parent = parent


def _cells(each: Meant[Node], nodes: Mapping[UUID, Node]) -> list[CellChange]:
    before = each.before or type(each.node)()
    shown = ((before, before.name_zh, before.name_en), (each.node, each.node.name_zh, each.node.name_en))
    (old, *old_names), (new, *new_names) = shown
    above = [nodes[row.parent_id].name if row.parent_id else "" for row in (old, new)]
    values = zip(("name_zh", "name_en", "parent"), (*old_names, above[0]), (*new_names, above[1]), strict=True)
    return [CellChange(_title(each.named, column), one, other) for column, one, other in values]


def _title(named: Named, column: str) -> str:
    return next((str(each.title) for each in BY_NAME[named.sheet].columns if each.name == column), "")


def _note(plan: Plan, rows: Rows[Node], each: Meant[Node], cells: Sequence[CellChange]) -> None:
    what = f"{each.node.name} · {each.node.code}"
    plan.compare(rows, each.before, each.node, at=(each.named.sheet, each.named.line), what=what, cells=cells)


def _check_circles(plan: Plan, meant: Sequence[Meant[Node]], nodes: Mapping[UUID, Node]) -> None:
    for each in meant:
        above: set[UUID] = set()
        node = each.node
        while node.parent_id and node.id not in above:
            above.add(node.id)
            node = nodes[node.parent_id]
        if node.id in above:
            plan.refuse(each.named.sheet, each.named.line, "parent", _("It would lie in itself."))


def _stays(plan: Plan, stored: Sequence[Node], meant: Sequence[Meant[Node]], sheets: Collection[SheetName]) -> None:
    """Say which rows are not in a file that has a sheet for them; they are not taken away."""
    named = {each.node.id for each in meant}
    for node in stored:
        kind = getattr(node, "kind", "")
        sheet = SheetName.PLACES if not kind else SheetName.OFFICES if kind == Unit.Kind.OFFICE else SheetName.CLASSES
        if sheet in sheets and node.id not in named:
            plan.add(sheet, 0, Sort.STAYS, f"{node.name} · {node.code}")
            if sheet is SheetName.CLASSES:
                plan.over.add(node.id)


def _tasks(plan: Plan, school: School, meant: Sequence[Meant[Unit]]) -> None:
    """Let an office receive reports or answer for student protection; a task that is not written stays where it is."""
    after = copy(school)
    for task, attribute in (("intake", "intake_unit"), ("protection", "protection_unit")):
        found = [each for each in meant if each.named.entry.values.get("task") == task]
        for each in found[1:]:
            said = _("This stands in line %(line)d already.") % {"line": found[0].named.line}
            plan.refuse(each.named.sheet, each.named.line, "task", said)
        for each in found[:1]:
            if getattr(after, f"{attribute}_id") != each.node.id:
                setattr(after, attribute, each.node)
                plan.add(each.named.sheet, each.named.line, Sort.CHANGED, f"{each.node.name} · {TASKS[task]}")
    if (after.intake_unit_id, after.protection_unit_id) != (school.intake_unit_id, school.protection_unit_id):
        plan.school.changed.append((school, after))
