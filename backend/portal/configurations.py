"""The words of a configuration file on its page: its differences part by part, and its faults. Pure."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.functional import Promise
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from backend.accounts.models import User
from backend.common.lists_in_words import listed_in_words
from backend.duty.words import KINDS
from backend.organisation.models import School
from backend.organisation.roles import Role
from backend.portal import due
from backend.responsibility.models import Slot
from backend.rulebook.wording import Group as Topic
from backend.setup.configuration.applying import ConfigurationApplied
from backend.setup.configuration.comparing import Key, Row, Section, key_shown
from backend.setup.configuration.files import ConfigurationUnreadable

SALT = "allclear.configuration"
MOST_SHOWN, LONGEST_VALUE = 100, 80
TITLES: Mapping[str, Promise] = {
    "school": _("School"),
    "units": _("Offices, grades and classes"),
    "places": _("Places"),
    "people": _("People"),
    "posts": _("Posts"),
    "addresses": _("E-mail addresses"),
    "calendar": _("Calendar"),
    "rulebook": _("Rules"),
    "shifts": _("Coming duty"),
    "telephones": _("Telephone numbers"),
    "replies": _("Standard replies"),
    "shares": _("Who answers for a place"),
    "office_slots": _("Who stands beside the head of an office"),
    "contact_rules": _("When people on duty are asked whether they can be reached"),
    "outside_numbers": _("Numbers of those outside"),
    "gate": _("The gate"),
}
FIELDS: Mapping[str, Promise] = {
    "name": pgettext_lazy("of a person or a thing", "Name"),
    "code": _("Code"),
    "kind": _("Kind"),
    "parent": _("Belongs to"),
    "owner": _("Looked after by"),
    "language": _("Language"),
    "staff_number": _("Staff number"),
    "time_zone": _("Time zone"),
    "country": _("Country"),
    "intake_unit": _("Office that receives reports"),
    "protection_unit": _("Office for student protection"),
    "emergency": _("Emergency numbers"),
    "until": _("Until"),
    "ends_at": _("Ends"),
    "people": _("Who serves"),
    "hours": _("Hours"),
    "note": _("Note"),
    "number": _("Number"),
    "text": pgettext_lazy("of a reply", "Sentence"),
    "before": _("Minutes before the shift"),
    "within": _("Minutes to answer"),
    "stay_minutes": _("Minutes until somebody should have left"),
    "phone": _("Telephone number"),
    "first": _("First day"),
    "last": _("Last day"),
    "works_as": _("Works as weekday"),
    "published_until": _("Holidays known until"),
    "categories": _("Categories"),
    "clocks": _("Clocks"),
    "ladders": _("Ladders"),
}
VALUES: Mapping[str, Mapping[str, str | Promise]] = {
    "kind": {
        **dict(School.Kind.choices),
        "office": pgettext_lazy("kind of unit", "Office"),
        "grade": _("Grade"),
        "class": _("Class"),
    },
    "language": dict(User.Language.choices),
}
"""The words for values that a file writes as codes."""
CALENDAR: Mapping[str, Promise] = {
    "name": pgettext_lazy("of a person or a thing", "Name"),
    "hours": _("Hours"),
    "published_until": _("Holidays known until"),
    "terms": _("School term"),
    "periods": _("Long holiday"),
    "yearly": _("Every year"),
    "days": _("Day"),
    "public_days": _("Public holiday"),
}


@dataclass(frozen=True, slots=True)
class Difference:
    """A field that differs: its name, and its values where they are short enough to be read."""

    field: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Entry:
    """Something that a file is about, and how it differs."""

    label: str
    differences: Sequence[Difference] = ()


@dataclass(frozen=True, slots=True)
class Group:
    """The things of a part that have one fate, the first of them shown."""

    title: str | Promise
    count: int
    entries: Sequence[Entry]
    is_open: bool


@dataclass(frozen=True, slots=True)
class SectionShown:
    """One part of a configuration."""

    title: str | Promise
    groups: Sequence[Group]


def sections_shown(*, done: ConfigurationApplied) -> list[SectionShown]:
    """Return what a file does by part; parts that it has nothing to say of are left out."""
    names = _names(done.sections["people"])
    shown = []
    for key, title in TITLES.items():
        groups = list(_groups(done.sections[key], names))
        if groups:
            shown.append(SectionShown(title, groups))
    return shown


def away_shown(*, done: ConfigurationApplied) -> list[tuple[str, str]]:
    """Return the duties of people who are away then: which, and who until when."""
    names = _names(done.sections["people"])
    return [(_label("shifts", key, {}, names), said) for key, said in done.away.items()]


def faults_shown(error: ConfigurationUnreadable) -> list[tuple[str, str]]:
    """Return the first faults of a file, each with its place in it and in the reader's words."""
    return [(" / ".join(map(str, fault.path)), fault.said) for fault in error.faults[:MOST_SHOWN]]


def _groups(section: Section, names: Mapping[str, str]) -> Iterator[Group]:
    def label(key: Key, rows: Mapping[Key, Row]) -> str:
        return _label(section.name, key, rows[key], names)

    new = [Entry(label(key, section.wanted)) for key in list(section.new)[:MOST_SHOWN]]
    changed = [
        Entry(label(key, section.wanted), [_difference(section, key, name) for name in fields])
        for key, fields in list(section.changed.items())[:MOST_SHOWN]
    ]
    left_out = [Entry(label(key, section.present)) for key in section.left_out[:MOST_SHOWN]]
    for title, count, entries, is_open in (
        (_("Changed"), len(section.changed), changed, True),
        (_("New"), len(section.new), new, False),
        (_("Left out by the file: stays as it is"), len(section.left_out), left_out, False),
    ):
        if entries:
            yield Group(title, count, entries, is_open)


def _names(people: Section) -> dict[str, str]:
    return {str(key[0]): str(row["name"]) for rows in (people.present, people.wanted) for key, row in rows.items()}


def _label(section: str, key: Key, row: Row, names: Mapping[str, str]) -> str:
    """Return the name of a row as people say it, with the key that tells it from others."""
    if section in {"people", "addresses", "posts"}:
        who = f"{names.get(str(key[0]), '')} · {key[0]}".removeprefix(" · ")
        return " · ".join([who, *_of_person(section, key)])
    if section == "shifts":
        kind, place, starts_at = key
        return " · ".join(filter(None, [str(KINDS[kind]), place, due.moment(starts_at)]))
    if section == "calendar":
        return " · ".join([str(CALENDAR[key[0]]), *map(str, key[1:])])
    if section in _PLAIN:
        return _PLAIN[section](key, names)
    if section == "rulebook":
        return str(row.get("name", ""))
    return f"{_value(row['name'])} · {row['code']}"


def _of_share(key: Key, names: Mapping[str, str]) -> str:
    what, matter, number, since = key
    words = {**dict(Topic.choices), **dict(Slot.choices)}
    return " · ".join(filter(None, [what, str(words.get(matter, matter)), names.get(number, number), since]))


_PLAIN: Mapping[str, Callable[[Key, Mapping[str, str]], str]] = {
    "replies": lambda key, _names: str(key[1]),
    "shares": _of_share,
    "office_slots": _of_share,
    "contact_rules": lambda key, _names: str(KINDS[key[0]]),
    "outside_numbers": lambda key, _names: str(key[0]),
    "gate": lambda _key, _names: gettext("The gate"),
}
"""The labels of rows that carry no name of their own, by section."""


def _of_person(section: str, key: Key) -> list[str]:
    if section == "addresses":
        return [str(key[1])]
    if section == "people":
        return []
    _number, role, unit, is_deputy, _time = key
    return [str(Role(role).label), *([unit] if unit else []), *([gettext("Deputy")] if is_deputy else [])]


def _difference(section: Section, key: Key, name: str) -> Difference:
    words = VALUES.get(name, {})
    found = (_value(rows[key].get(name)) for rows in (section.present, section.wanted))
    before, after = (str(words.get(value, value)) for value in found)
    return Difference(str(FIELDS.get(name, name)), before, after)


def _value(value: object) -> str:
    """Return a value as it can be read in a line; empty for one that is too long, or is none."""
    if isinstance(value, datetime):
        return due.moment(value)
    if isinstance(value, dict):
        texts = list(dict.fromkeys(str(inner) for inner in value.values() if isinstance(inner, str)))
        return " / ".join(texts) if len(texts) == len(set(map(str, value.values()))) else ""
    if isinstance(value, set):
        text = listed_in_words(sorted(key_shown(one) if isinstance(one, tuple) else str(one) for one in value))
        return text if len(text) <= LONGEST_VALUE else ""
    text = "" if value is None or isinstance(value, list) else str(value)
    return text if len(text) <= LONGEST_VALUE else ""
