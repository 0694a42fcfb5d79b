"""The figures that are tables alone: what repeats, each school or office, and confidential reports. Pure."""

from collections.abc import Mapping, Sequence

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from backend.common.moments import month_in_words
from backend.insights.behind import What
from backend.insights.shapes import ConfidentialMonth, Figures, Repeated, Veiled
from backend.insights.tables import shown_in_words
from backend.portal.due import moment
from backend.portal.figure_shapes import NONE, Addresses, Cell, Row, Section, Text, share_in_words, time_in_words
from backend.rulebook.wording import Group


def repeated_section(repeated: Sequence[Repeated], *, by_school: bool, addresses: Addresses) -> Section:
    """Return what was reported again at one place, and where that is."""
    rows = [
        Row(
            Cell(f"{each.school.name} · {each.place.name}" if by_school else each.place.name),
            [
                Cell(each.category.name),
                addresses.of(each.count, What.FILED, place=each.place.key, category=each.category.key),
                Cell(moment(each.last_at)),
            ],
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


def hands_section(figures: Figures, *, by_school: bool) -> Section:
    """Return how long each office, or the offices of each school, had what they passed on or finished."""
    rows = [
        Row(
            Cell(each.of.name),
            [
                Cell(time_in_words(each.times.median)),
                Cell(time_in_words(each.times.p90)),
                Cell(str(each.times.count)),
            ],
        )
        for each in figures.hands
    ]
    columns = (
        *(_("School") if by_school else pgettext("of a school", "Office"), _("Half of them"), _("Nine of ten")),
        _("Measured"),
    )
    note = _("How long an office had a report until it was passed on or over. What an office has now is not counted.")
    return Section("hands", gettext_lazy("Time in hand"), columns, rows, note=note)


def confidential_section(months: Sequence[ConfidentialMonth], names: Mapping[str, str]) -> Section:
    """Return the confidential reports under the names of their groups or schools, with times where it is one month."""
    newest, is_one = list(reversed(months)), len(months) == 1
    listed = [
        *(
            (names.get(part.key, part.key), [month.parts[at] for month in newest])
            for at, part in enumerate(newest[0].parts)
        ),
        (_("Altogether"), [month.total for month in newest]),
    ]
    rows = [
        Row(Cell(name), [*(Cell(shown_in_words(each.shown)) for each in cells), *(_halves(cells[0]) if is_one else ())])
        for name, cells in listed
    ]
    columns: list[Text] = [pgettext("school or group", "Of")]
    columns += [_("Filed"), _("Acknowledged within"), _("Solved within")] if is_one else map(_month_name, newest)
    note = _(
        "These are in none of the numbers above. They are counted by whole months, and what you chose above does not "
        "change them. Not shown: fewer than 5. A month counts fully a day after it is over; until then numbers are "
        "rounded down to 5, 10, 15 …"
    )
    return Section("confidential", gettext_lazy("Confidential reports (classes K1 and K2)"), columns, rows, note=note)


def _month_name(month: ConfidentialMonth) -> str:
    name = month_in_words(month.month)
    return name if month.is_over else _("%(month)s, so far") % {"month": name}


def _halves(each: Veiled) -> list[Cell]:
    return [Cell(time_in_words(times.median)) for times in (each.acknowledge, each.resolve)]


def group_names() -> dict[str, str]:
    """Return the groups of categories in the reader's language."""
    return {group.value: str(group.label) for group in Group}
