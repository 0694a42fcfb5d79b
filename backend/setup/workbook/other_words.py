"""The words of schools' own lists for roles and shifts, where they differ from those that a workbook offers. Pure."""

from collections.abc import Mapping

from backend.duty.models import DutyShift
from backend.organisation.roles import Role

ALSO: Mapping[str, tuple[str, ...]] = {
    Role.VICE_PRINCIPAL.value: ("副校长", "Deputy head"),
    Role.PRINCIPAL.value: ("Head teacher", "Headteacher"),
    Role.BOARD_CHAIR.value: ("书记", "党委书记", "董事长"),
    Role.OFFICE_HEAD.value: ("主任", "处室主任", "Office head"),
    Role.HANDLER.value: ("干事",),
    Role.COORDINATOR.value: ("安全专员", "安全主任"),
    Role.PROTECTION_LEAD.value: ("学生保护负责人", "Safeguarding lead"),
    DutyShift.Kind.GATE.value: ("校门值班",),
}
"""Words of a school's own lists for choices, understood as well as those that are offered."""

FORMER_SHEETS: Mapping[str, str] = {"职务": "posts", "场所": "places"}
"""Names that sheets had in workbooks of before, which schools have kept."""
