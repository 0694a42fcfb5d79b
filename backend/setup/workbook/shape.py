"""The sheets of the workbook and their columns, in both languages: what is written, offered and understood. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from backend.accounts.models import User
from backend.common.identities import identity_of
from backend.duty.models import DutyShift
from backend.organisation.models import Unit
from backend.organisation.roles import Role
from backend.setup.workbook.other_words import ALSO

Words = str | Promise


class SheetName(StrEnum):
    """The sheets, in the order in which they are filled in."""

    OFFICES = "offices"
    CLASSES = "classes"
    PEOPLE = "people"
    POSTS = "posts"
    CONTACTS = "contacts"
    PLACES = "places"
    TELEPHONES = "telephones"
    DUTY = "duty"
    BUREAU = "bureau"


class Content(StrEnum):
    """The sort of content that a column holds."""

    TEXT = "text"
    CODE = "code"
    NUMBER = "staff_number"
    EMAIL = "email"
    TELEPHONE = "telephone"
    DAY = "day"
    CLOCK = "clock"
    CHOICE = "choice"
    PEOPLE = "people"


Rows = Mapping[SheetName, Sequence[Mapping[str, str]]]
"""The rows of each sheet, each with its values by their columns' names."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column: what it is called, what may stand in it, an example, and a note for whoever fills it in."""

    name: str
    title: Words
    example: str = ""
    note: Words = ""
    content: Content = Content.TEXT
    is_required: bool = False
    longest: int = 120
    options: Mapping[str, Words] = field(default_factory=dict)
    instead: str = ""
    """The other column that may be filled in where this one is empty; one of the two must be."""
    is_ignored: bool = False
    """True where a column only helps people to read the sheet."""


@dataclass(frozen=True, slots=True)
class Shape:
    """One sheet: its name, and its columns in their order."""

    name: SheetName
    title: Words
    columns: tuple[Column, ...]


ROLES = {role.value: role.label for role in Role if role is not Role.BUREAU_OFFICER}
YES = {"yes": _("Yes")}
LANGUAGES: Mapping[str, Words] = {User.Language.CHINESE.value: "中文", User.Language.ENGLISH.value: "English"}
TASKS = {"intake": _("Receives reports"), "protection": _("Student protection")}
UNIT_KINDS = {Unit.Kind.GRADE.value: _("Grade group"), Unit.Kind.CLASS.value: _("Class")}
SHIFT_KINDS = {
    DutyShift.Kind.WEEK.value: _("Week on duty"),
    DutyShift.Kind.NOON.value: _("Noon duty"),
    DutyShift.Kind.GATE.value: _("Gate duty"),
    DutyShift.Kind.NIGHT.value: _("Night duty"),
    DutyShift.Kind.HOLIDAY.value: _("Holiday duty"),
}
BY_CODE = _("A name is enough where only one has it; otherwise write the code.")
CODE = Column(
    "code",
    _("Code"),
    "",
    _("Leave it empty: it is given by itself. Keep it as it is once it is there."),
    Content.CODE,
    longest=40,
)
NUMBER = Column("staff_number", _("Staff number"), "1001", "", Content.NUMBER, is_required=True, longest=40)
WHOSE = Column("person_name", _("Name"), "林晓燕", _("Only for reading; the staff number counts."), is_ignored=True)
ONE_NAME = _("One of the two names is enough.")


def _names(name_zh: str, name_en: str) -> tuple[Column, Column]:
    """Return the columns of both names, with examples."""
    return (
        Column("name_zh", _("Chinese name"), name_zh, ONE_NAME, instead="name_en"),
        Column("name_en", _("English name"), name_en, ONE_NAME),
    )


def _email(example: str, note: Words, *, is_required: bool = True) -> Column:
    """Return a column of addresses."""
    return Column("email", _("E-mail"), example, note, Content.EMAIL, is_required=is_required, longest=254)


def _people(name: str, title: Words, example: str, longest: int) -> Column:
    """Return a column that names people."""
    note = _("Staff numbers or names, with a comma between.")
    return Column(name, title, example, note, Content.PEOPLE, longest=longest)


SHAPES = (
    Shape(
        SheetName.OFFICES,
        _("Offices"),
        (
            *_names("总务处", "Facilities office"),
            CODE,
            Column(
                "task",
                _("Task"),
                "",
                _("One office receives reports, one answers for student protection."),
                Content.CHOICE,
                options=TASKS,
            ),
        ),
    ),
    Shape(
        SheetName.CLASSES,
        _("Grades and classes"),
        (
            Column(
                "kind",
                _("Kind"),
                Unit.Kind.CLASS,
                _("Grade group or class."),
                Content.CHOICE,
                is_required=True,
                options=UNIT_KINDS,
            ),
            *_names("七年级1班", "Class 7-1"),
            CODE,
            Column("parent", _("Part of"), "七年级", BY_CODE),
        ),
    ),
    Shape(
        SheetName.PEOPLE,
        _("People"),
        (
            NUMBER,
            Column("name", _("Name"), "林晓燕", "", is_required=True, longest=80),
            _email("lin@school.example", _("Their own; empty for whoever has none."), is_required=False),
            Column("unit", _("Unit"), "七年级", BY_CODE),
            Column(
                "role",
                _("Role"),
                "",
                _("Empty: member of staff. Further roles and deputies stand on the sheet “Posts”."),
                Content.CHOICE,
                options=ROLES,
            ),
            Column("language", _("Language"), "", "", Content.CHOICE, options=LANGUAGES),
        ),
    ),
    Shape(
        SheetName.POSTS,
        _("Posts"),
        (
            NUMBER,
            WHOSE,
            Column("role", _("Role"), Role.OFFICE_HEAD, "", Content.CHOICE, is_required=True, options=ROLES),
            Column(
                "unit", _("Unit"), "总务处", _("For staff, handlers and heads; the other roles hold for the school.")
            ),
            Column(
                "deputy",
                _("Deputy"),
                "yes",
                _("Yes: stands in for whoever holds the post."),
                Content.CHOICE,
                options=YES,
            ),
        ),
    ),
    Shape(
        SheetName.CONTACTS,
        _("Further addresses"),
        (
            NUMBER,
            WHOSE,
            _email(
                "lin.xiaoyan@school.example", _("Beside the one on “People”. Robots are added by people themselves.")
            ),
        ),
    ),
    Shape(
        SheetName.PLACES,
        _("Places"),
        (
            *_names("二楼楼梯间", "Stairwell, second floor"),
            CODE,
            Column("parent", _("Lies in"), "教学楼", BY_CODE),
            Column("owner", _("Looked after by"), "总务处", BY_CODE, is_required=True),
        ),
    ),
    Shape(
        SheetName.TELEPHONES,
        _("Telephone numbers"),
        (
            *_names("门卫室", "Gate"),
            Column(
                "number",
                _("Number"),
                "010-6555 1234转8001",
                _("Meant for all colleagues; never somebody's own."),
                Content.TELEPHONE,
                is_required=True,
                longest=40,
            ),
            Column("unit", _("Unit"), "", _("Empty for what belongs to no office, as the gate.")),
        ),
    ),
    Shape(
        SheetName.DUTY,
        _("Duty roster"),
        (
            Column("kind", _("Kind"), DutyShift.Kind.NIGHT, "", Content.CHOICE, is_required=True, options=SHIFT_KINDS),
            Column("first", _("Day"), "2026-09-01", _("As 2026-09-01."), Content.DAY, is_required=True),
            Column("starts", _("From"), "18:00", _("As 18:00."), Content.CLOCK, is_required=True),
            Column(
                "last",
                _("Last day"),
                "2026-09-02",
                _("Empty: the same day, or the next where it ends earlier."),
                Content.DAY,
            ),
            Column("ends", _("Until"), "07:00", "", Content.CLOCK, is_required=True),
            Column("place", _("Place"), "", BY_CODE),
            _people("leaders", _("Led by"), "1001", 500),
            _people("teachers", _("On duty"), "1002、1003", 1000),
        ),
    ),
    Shape(
        SheetName.BUREAU,
        _("Education bureau"),
        (
            Column("staff_number", _("Staff number"), "B01", _("Empty: one is given."), Content.NUMBER, longest=40),
            Column("name", _("Name"), "周敏", "", is_required=True, longest=80),
            _email("zhou@bureau.example", _("Their own; they hear there of what climbs above the school.")),
            Column("deputy", _("Deputy"), "", _("Yes: stands in for the other officers."), Content.CHOICE, options=YES),
            Column("language", _("Language"), "", "", Content.CHOICE, options=LANGUAGES),
        ),
    ),
)
BY_NAME = {shape.name: shape for shape in SHAPES}


def both(words: Words) -> str:
    """Return a word in both languages, once where they do not differ."""
    return " ".join(dict.fromkeys(in_each(words)))


def in_each(words: Words) -> Iterator[str]:
    """Yield a word in each language."""
    for language in User.Language.values:
        with translation.override(language):
            yield str(words)


def option_words(options: Mapping[str, Words]) -> dict[str, str]:
    """Return every way to write each option, in the form of comparison."""
    found: dict[str, str] = {}
    for value, words in options.items():
        found |= dict.fromkeys(map(identity_of, (value, both(words), *in_each(words), *ALSO.get(value, ()))), value)
    return found
