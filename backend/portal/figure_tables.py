"""The figures that are tables alone: what repeats, each school or office, and confidential reports. Pure."""

from collections.abc import Mapping, Sequence
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from backend.common.moments import day_short
from backend.insights.behind import What
from backend.insights.shapes import Confidential, Figures, Repeated, Veiled
from backend.portal.due import moment
from backend.portal.figure_shapes import NONE, Addresses, Cell, Row, Section, share_in_words, time_in_words
from backend.rulebook.wording import Group


def repeated_section(repeated: Sequence[Repeated], *, by_school: bool) -> Section:
    """Return what was reported again at one place, and where that is."""
    rows = [
        Row(
            Cell(f"{each.school.name} · {each.place.name}" if by_school else each.place.name),
            [Cell(each.category.name), Cell(str(each.count)), Cell(moment(each.last_at))],
        )
        for each in repeated
    ]
    columns = (_("Place"), _("Category"), _("Reports"), _("Last"))
    note = _("The same category at the same place again within 30 days.")
    return Section("repeated", gettext_lazy("What repeats, and where"), columns, rows, note=note)


def parts_section(figures: Figures, *, by_school: bool, addresses: Addresses) -> Section:
    """Return each school, or each office, with its own numbers."""
    rows = [
        Row(
            Cell(part.of.name),
            [
                addresses.of(part.tally.filed, What.FILED, part=part.of.key),
                Cell(time_in_words(part.tally.acknowledge.median)),
                Cell(time_in_words(part.tally.resolve.median)),
                Cell(share_in_words(part.tally, part.tally.overdue) or NONE),
                addresses.of(part.tally.open, What.OPEN, part=part.of.key),
            ],
        )
        for part in figures.parts
    ]
    title = gettext_lazy("By school") if by_school else gettext_lazy("By office")
    columns = (
        *(_("School") if by_school else pgettext("of a school", "Office"), _("Filed"), _("Acknowledged within")),
        *(_("Solved within"), _("Missed"), pgettext("not closed", "Open")),
    )
    note = _("Times are those of half of the reports.")
    return Section("parts", title, columns, rows, note=note)


def confidential_section(confidential: Confidential, names: Mapping[str, str]) -> Section:
    """Return the confidential reports under the names of their groups or schools."""
    listed = [(names.get(each.key, each.key), each) for each in confidential.parts]
    rows = [
        Row(
            Cell(name),
            [
                _veiled_count(each),
                Cell(time_in_words(each.acknowledge.median)),
                Cell(time_in_words(each.resolve.median)),
            ],
        )
        for name, each in [*listed, (_("Altogether"), confidential.total)]
    ]
    columns = (pgettext("school or group", "Of"), _("Filed"), _("Acknowledged within"), _("Solved within"))
    note = _(
        "These are in none of the numbers above, and what you chose above does not change them. Not shown: fewer than "
        "5, or a number from which such a one could be computed."
    )
    return Section("confidential", gettext_lazy("Confidential reports (classes K1 and K2)"), columns, rows, note=note)


def confidential_weeks_section(confidential: Confidential) -> Section:
    """Return the confidential reports by week, the newest first."""
    rows = [
        Row(Cell(day_short(date.fromisoformat(each.key))), [_veiled_count(each)])
        for each in reversed(confidential.weeks)
    ]
    title = gettext_lazy("Confidential reports, by week")
    return Section("confidential-weeks", title, (_("Week from"), _("Filed")), rows, is_folded=True)


def _veiled_count(each: Veiled) -> Cell:
    return Cell(_("not shown") if each.count is None else str(each.count))


def group_names() -> dict[str, str]:
    """Return the groups of categories in the reader's language."""
    return {group.value: str(group.label) for group in Group}
