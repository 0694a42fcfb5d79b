"""The rulebook, offices and exceptions as the page of the rules shows and sends them while a school is set up."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from backend.organisation.models import School, Unit
from backend.organisation.models.schools import DIALLED
from backend.organisation.roles import Role
from backend.portal.reach_rows import category_said
from backend.portal.setup_forms import PlainField
from backend.rulebook.fitting import ABOVE, Fit, fit_of, may_be_left_out, offices_asked
from backend.rulebook.ruleset import LEAD_GRADE
from backend.rulebook.training_checks import TRAININGS
from backend.setup.selectors.presets import preset_of
from backend.setup.selectors.rule_trial import CategoryMoved

PROTECTION = "student-protection"
PRESETS: dict[str, Promise] = {
    "cn-school": _("School in China"),
    "international-eu": _("School in the European Union"),
    "international-uk": _("School in the United Kingdom"),
    "international-us": _("School in the United States"),
    "international": _("School in another country, without reports to authorities"),
}
OFFICES: dict[str, Promise] = {
    "academic": _("Teaching and curriculum"),
    "canteen": _("Canteen"),
    "facilities": _("Buildings and repairs"),
    "health-room": _("Health room"),
    "it-centre": _("Information technology"),
    "school-office": _("School office"),
    "security": _("Security and fire safety"),
    "student-affairs": _("Pupils and discipline"),
    PROTECTION: _("Student protection"),
    LEAD_GRADE: _("Grade groups"),
}
CALLED: dict[str, tuple[str, ...]] = {
    "academic": ("教务", "教导", "academic", "curriculum"),
    "canteen": ("食堂", "膳食", "canteen", "catering"),
    "facilities": ("总务", "后勤", "facilit", "estates", "maintenance"),
    "health-room": ("医务", "校医", "卫生室", "health", "nurse", "infirmary"),
    "it-centre": ("信息", "网络中心", "information technology", "it centre", "it department", "ict "),
    "school-office": ("学校办公室", "校长办公室", "校办", "党政办", "school office"),
    "security": ("保卫", "安保", "security"),
    "student-affairs": ("德育", "学生处", "政教", "student affairs", "discipline"),
}
"""Parts of the names by which schools call the offices of the rulebooks."""
NEEDED = {"required": _("Please fill this in.")}


class RulesForm(forms.Form):
    """A rulebook, who stands above the principal, and the emergency numbers."""

    preset = forms.ChoiceField(label=_("Rulebook"))
    above = forms.ChoiceField(choices=[(role.value, role.label) for role in ABOVE])
    emergency_police = PlainField(label=_("Police"), validators=[DIALLED], error_messages=NEEDED)
    emergency_fire = PlainField(label=_("Fire"), validators=[DIALLED], error_messages=NEEDED)
    emergency_ambulance = PlainField(label=_("Ambulance"), validators=[DIALLED], error_messages=NEEDED)

    def __init__(self, *args: Any, names: Iterable[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["preset"].choices = [(name, PRESETS.get(name, name)) for name in names]  # type: ignore[attr-defined]


@dataclass(frozen=True, slots=True)
class OfficeRow:
    """An office of the rulebook, the categories for which it answers, and the school's office chosen for it."""

    code: str
    label: str
    categories: str
    chosen: str


def office_rows(
    *, content: Mapping[str, Any], school: School, units: Iterable[Unit], chosen: Mapping[str, str], has_grades: bool
) -> list[OfficeRow]:
    """Return the offices of a rulebook, each with the school's that was chosen, has its task, or is called like it."""
    known = list(units)
    protection = school.protection_unit.code if school.protection_unit else ""
    usual = {LEAD_GRADE: LEAD_GRADE if has_grades else "", PROTECTION: protection}
    return [
        OfficeRow(
            code,
            str(OFFICES.get(code, code)),
            "、".join(categories),
            chosen.get(code) or usual.get(code) or _guessed(code, known),
        )
        for code, categories in offices_asked(content).items()
    ]


def fit_sent(
    *, content: Mapping[str, Any], own: Mapping[str, Any] | None, data: Any, school: School, units: Iterable[Unit]
) -> Fit:
    """Return the answers a form sends; an office that leads and was not chosen is the intake office.

    Clocks and plans of rounds that the school set itself stay as long as its rulebook does.
    """
    known = {LEAD_GRADE, *(unit.code for unit in units)}
    intake = school.intake_unit.code if school.intake_unit else ""
    asked = offices_asked(content)
    sent = {code: data.get(f"office-{code}", "") for code in asked}
    chosen = {code: unit if unit in known else "" for code, unit in sent.items()}
    filled = {code: unit or (intake if asked[code] else "") for code, unit in chosen.items()}
    on = set(data.getlist("category"))
    left_out = {row["code"] for row in content["categories"] if may_be_left_out(row) and row["code"] not in on}
    before = fit_of(content, own) if own and preset_of(own) == content["name"] else Fit({}, Role(data["above"]))
    offices = {code: unit for code, unit in filled.items() if unit}
    held = data.getlist("training")
    # A form from before there was this choice says nothing of it, and ends none.
    ended = frozenset(content.get(TRAININGS, {}).keys() - held) if "trainings" in data else before.ended
    return replace(before, offices=offices, above=Role(data["above"]), left_out=frozenset(left_out), ended=ended)


def fit_before(*, content: Mapping[str, Any], own: Mapping[str, Any] | None, above: Role) -> Fit:
    """Return what was answered before, or what most schools answer."""
    return Fit({}, above) if own is None else fit_of(content, own)


def _guessed(code: str, units: Sequence[Unit]) -> str:
    """Return the unit that has the code or name of an office, or else the only one that is called like it."""
    names = {code, str(OFFICES.get(code, code)).lower()}
    same = [unit.code for unit in units if {unit.code, unit.name_en.lower(), unit.name_zh} & names]
    parts = CALLED.get(code, ())
    alike = [unit.code for unit in units if any(part in f"{unit.name_zh}\n{unit.name_en.lower()}" for part in parts)]
    return same[0] if same else alike[0] if len(alike) == 1 else ""


def moved_said(moved: CategoryMoved) -> str:
    """Return what becomes of a category, and of how many reports it would have changed the way."""
    words = {"category": category_said(moved.category), "before": _office(moved.before), "to": _office(moved.to)}
    if not moved.to:
        said = gettext("%(category)s cannot be reported any more.") % words
    elif not moved.before:
        said = gettext("%(category)s can be reported; %(to)s answers.") % words
    else:
        said = gettext("%(category)s: %(to)s answers instead of %(before)s.") % words
    if not moved.reports:
        return said
    count = ngettext(
        "It concerns %(count)d report of the last half year.",
        "It concerns %(count)d reports of the last half year.",
        moved.reports,
    )
    return f"{said} {count % {'count': moved.reports}}"


def _office(name: str) -> str:
    return str(OFFICES[LEAD_GRADE]) if name == LEAD_GRADE else name
