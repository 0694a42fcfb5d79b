"""Matching the lines of a workbook with the units and places of a school: by code, else by name. Pure."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Sequence
from copy import copy
from dataclasses import dataclass
from itertools import count
from typing import Generic, TypeVar
from uuid import UUID

from django.utils.translation import gettext as _

from backend.common.identities import identity_of
from backend.common.named import Named as NamedRow
from backend.organisation.models import Place, Unit
from backend.setup.workbook.plan import Plan
from backend.setup.workbook.reading import Entry
from backend.setup.workbook.shape import SheetName

Node = TypeVar("Node", Unit, Place)


@dataclass(frozen=True, slots=True)
class Named:
    """A line that names a unit or place, and the kind it is to be (empty for places)."""

    sheet: SheetName
    entry: Entry
    kind: str

    @property
    def line(self) -> int:
        """The number of the line."""
        return self.entry.line


@dataclass(slots=True)
class Meant(Generic[Node]):
    """A line with the row it means, and that row as it was (None: it is new)."""

    named: Named
    node: Node
    before: Node | None


def matched(
    *, plan: Plan, rows: Sequence[Named], stored: Sequence[Node], make: Callable[[Named, str], Node]
) -> list[Meant[Node]]:
    """Return which row each line means: by its code; without one by name, kind and what it is part of.

    Lines with a code come first, so that a class that moves on leaves its old name free for a new one.
    """
    matching = _Matching(plan, make, stored, {row.entry["code"] for row in rows})
    for row in rows:
        if row.entry["code"]:
            matching.take(row, matching.by_code.get(row.entry["code"]))
    matching.learn_names()
    for row in rows:
        if not row.entry["code"]:
            matching.take(row, matching.by_name(row))
    return sorted(matching.found, key=lambda each: (each.named.sheet, each.named.line))


class _Matching(Generic[Node]):
    """Lines matched so far, and what the others can still mean."""

    def __init__(
        self, plan: Plan, make: Callable[[Named, str], Node], stored: Sequence[Node], codes: Collection[str]
    ) -> None:
        self.plan = plan
        self.make: Callable[[Named, str], Node] = make
        self.nodes: dict[UUID, Node] = {node.id: node for node in stored}
        self.by_code: dict[str, Node] = {identity_of(node.code): node for node in stored}
        self.named: defaultdict[tuple[str, str], list[Node]] = defaultdict(list)
        self.in_english: defaultdict[tuple[str, str], list[Node]] = defaultdict(list)
        self.free = _free_codes({*self.by_code, *codes})
        self.taken: dict[UUID, int] = {}
        self.found: list[Meant[Node]] = []

    def learn_names(self) -> None:
        """Make every row known by the name it has by now."""
        for node in self.nodes.values():
            self._learn(node)

    def by_name(self, row: Named) -> Node | None:
        """Return the row of this name and kind, of those under the same parent where that is said."""
        above = identity_of(row.entry.values.get("parent", ""))
        name = row.entry["name_zh"]
        known = self.named if name else self.in_english
        same = known.get((row.kind, identity_of(name or row.entry["name_en"])), ())
        under = [node for node in same if not above or above in self._words_above(node)]
        return under[0] if len(under) == 1 else None

    def take(self, row: Named, known: Node | None) -> None:
        """Let a line mean a row that is stored, or a new one."""
        code = row.entry["code"]
        if known is not None and getattr(known, "kind", row.kind) != row.kind:
            self.plan.refuse(row.sheet, row.line, "code", _("This code belongs to something of another kind."))
            return
        node = known or self.make(row, code or next(self.free[row.kind or "place"]))
        if node.id in self.taken:
            said = _("This stands in line %(line)d already.") % {"line": self.taken[node.id]}
            self.plan.refuse(row.sheet, row.line, "code" if code else "name_zh", said)
            return
        self.taken[node.id] = row.line
        self.found.append(Meant(row, node, None if known is None else copy(known)))
        rename(node, row.entry)
        self.nodes[node.id] = self.by_code[identity_of(node.code)] = node
        if known is None and not code:
            self._learn(node)

    def _learn(self, node: Node) -> None:
        kind = getattr(node, "kind", "")
        self.named[kind, identity_of(node.name_zh)].append(node)
        self.in_english[kind, identity_of(node.name_en)].append(node)

    def _words_above(self, node: Node) -> set[str]:
        above = self.nodes.get(node.parent_id) if node.parent_id else None
        return {identity_of(word) for word in (above.code, above.name_zh, above.name_en)} if above else set()


def _free_codes(used: Collection[str]) -> dict[str, Iterator[str]]:
    """Return for each kind the codes that nothing has yet, in order."""

    def free(kind: str) -> Iterator[str]:
        return (code for number in count(1) if (code := f"{kind}-{number}") not in used)

    return {kind: free(kind) for kind in (*Unit.Kind.values, "place")}


def rename(node: NamedRow, entry: Entry) -> None:
    """Give a row its names; one that is not written follows the other only if it was the same."""
    name_zh, name_en = entry["name_zh"], entry["name_en"]
    is_one = node.name_en in {"", node.name_zh}
    node.name_zh = name_zh or (name_en if is_one else node.name_zh)
    node.name_en = name_en or (name_zh if is_one else node.name_en)
