"""Reading a OneRoster bundle: the staff of one school with their offices and classes, and nobody else. Pure."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from backend.common.identities import identity_of, plain_of
from backend.common.mail_addresses import is_mail_address, mail_address_of
from backend.organisation.models.schools import HAN
from backend.organisation.staff_headings import LONGEST
from backend.organisation.staff_lists import cell_problem
from backend.people.bundle.archive import BULK, Bundle, bundle_open
from backend.people.bundle.faults import BundleFaulty, BundleUnreadable, Fault, FaultCode
from backend.people.bundle.tables import Row, rows_read
from backend.people.roster import Roster, RosterPerson, RosterUnit

STAFF = frozenset(
    {
        *("administrator", "aide", "counselor", "districtadministrator", "principal", "proctor", "siteadministrator"),
        *("systemadministrator", "teacher"),
    }
)
OTHERS = frozenset({"guardian", "parent", "relative"})
PUPIL = "student"
LONGEST_ID, LONGEST_UNIT_NAME, MOST_PEOPLE, MOST_UNITS = 120, 120, 20_000, 5000
MOST_FAULTS, MOST_HOMES, DEEPEST = 1000, 100, 50
"""The rest is not looked at: a few kilobytes unpack to millions of wrong words, and each would be kept in memory."""
USER = ("sourcedId", "enabledUser", "username", "givenName", "familyName")
USER_WANTED = ("status", "identifier", "email", "role", "orgSourcedIds")


@dataclass(frozen=True, slots=True)
class Reader:
    """The school that reads a bundle: its code and names, and the ids of the people it had from there before."""

    words: frozenset[str]
    linked: frozenset[str]


@dataclass(slots=True)
class _Read:
    """The bundle as far as it was read."""

    bundle: Bundle
    reader: Reader
    faults: list[Fault] = field(default_factory=list)
    units: dict[str, RosterUnit] = field(default_factory=dict)
    orgs: set[str] = field(default_factory=set)
    """The school's own org, and everything below it."""
    known: set[str] = field(default_factory=set)
    """All orgs of the bundle."""
    roles: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    homes: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    told: set[str] = field(default_factory=set)
    """The ids of everybody of whom a role is told, as a file of its own does."""
    taught: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))

    def rows(self, name: str, needed: Sequence[str], wanted: Sequence[str] = ()) -> Iterator[Row]:
        """Yield the rows of a file, none where it is absent."""
        if name in self.bundle.texts:
            yield from rows_read(name=f"{name}.csv", text=self.bundle.texts[name], needed=needed, wanted=wanted)

    def refuse(self, row: Row, column: str, code: FaultCode, message: str) -> None:
        """Note a fault; raise BundleFaulty where there are so many that nobody reads on."""
        self.faults.append(row.fault(column, code, message))
        if len(self.faults) == MOST_FAULTS:
            raise BundleFaulty(self.faults)


def roster_read(*, content: bytes, reader: Reader) -> Roster:
    """Return the staff of a school that a bundle holds; raise BundleUnreadable or BundleFaulty."""
    read = _Read(bundle_open(content=content), reader)
    _orgs(read)
    _classes(read)
    _roles(read)
    _enrollments(read)
    roster = _users(read)
    if read.faults:
        raise BundleFaulty(read.faults)
    return roster


def _is_gone(row: Row) -> bool:
    return row["status"].lower() == "tobedeleted"


def _id(read: _Read, row: Row, seen: dict[str, int], column: str = "sourcedId") -> str:
    """Return the id of a row, or nothing where it has a fault."""
    value = row[column]
    problem = cell_problem(name="id", text=value, longest=LONGEST_ID, is_required=True)
    if problem:
        read.refuse(row, column, FaultCode.CELL_WRONG if value else FaultCode.CELL_EMPTY, problem)
        return ""
    if value in seen:
        read.refuse(row, column, FaultCode.TWICE, _("This stands in line %(line)d already.") % {"line": seen[value]})
        return ""
    seen[value] = row.line
    return value


def _orgs(read: _Read) -> None:
    seen: dict[str, int] = {}
    rows: dict[str, Row] = {}
    for row in read.rows("orgs", ("sourcedId", "name", "type"), ("status", "identifier", "parentSourcedId")):
        if org_id := _id(read, row, seen):
            rows[org_id] = row
    schools = [org_id for org_id, row in rows.items() if row["type"].lower() == "school" and not _is_gone(row)]
    meant = [one for one in schools if _words(one, rows[one]) & read.reader.words] if len(schools) > 1 else schools
    if len(meant) != 1:
        raise BundleUnreadable(
            _("It is not clear which organisation in orgs.csv is this school: give one of them its code or its name.")
        )
    read.known, read.orgs = set(rows), set(meant)
    for org_id, row in rows.items():
        if _is_below(org_id, rows, set(meant)):
            read.orgs.add(org_id)
            if row["type"].lower() == "department" and not _is_gone(row):
                _unit(
                    read, row, RosterUnit(org_id, "office", plain_of(row["name"]), identity_of(row["identifier"])[:40])
                )


def _words(org_id: str, row: Row) -> set[str]:
    return {identity_of(word) for word in (org_id, row["name"], row["identifier"]) if word}


def _is_below(org_id: str, rows: dict[str, Row], above: set[str]) -> bool:
    """Say whether an org is part of one of some others."""
    passed: set[str] = set()
    while org_id in rows and org_id not in passed and len(passed) < DEEPEST:
        passed.add(org_id)
        org_id = rows[org_id]["parentSourcedId"]
        if org_id in above:
            return True
    return False


def _unit(read: _Read, row: Row, unit: RosterUnit) -> None:
    column = "name" if unit.kind == "office" else "title"
    name = unit.name
    problem = cell_problem(name="name", text=name, longest=LONGEST_UNIT_NAME, is_required=True)
    if problem:
        read.refuse(row, column, FaultCode.CELL_WRONG if name else FaultCode.CELL_EMPTY, problem)
    elif len(read.units) == MOST_UNITS:
        raise BundleUnreadable(_("%(name)s holds too many lines.") % {"name": row.file})
    read.units[unit.id] = unit


def _classes(read: _Read) -> None:
    """Take the classes that pupils belong to; courses that are taught are no units here."""
    seen: dict[str, int] = {}
    wanted = ("status", "classCode", "schoolSourcedId")
    for row in read.rows("classes", ("sourcedId", "title", "classType"), wanted):
        class_id = _id(read, row, seen)
        is_here = not row["schoolSourcedId"] or row["schoolSourcedId"] in read.orgs
        if class_id and row["classType"].lower() == "homeroom" and is_here and not _is_gone(row):
            _unit(read, row, RosterUnit(class_id, "class", plain_of(row["title"]), identity_of(row["classCode"])[:40]))


def _roles(read: _Read) -> None:
    """Take the roles of OneRoster 1.2, which stand in a file of their own."""
    for row in read.rows("roles", ("userSourcedId", "role", "orgSourcedId"), ("status",)):
        read.told.add(row["userSourcedId"])
        if not _is_gone(row) and _role_known(read, row):
            role = row["role"].lower()
            if _is_here(read, [row["orgSourcedId"]]) or role == PUPIL:
                read.roles[row["userSourcedId"]].add(role)
                read.homes[row["userSourcedId"]].add(row["orgSourcedId"])


def _role_known(read: _Read, row: Row) -> bool:
    role = row["role"].lower()
    is_known = role in STAFF | OTHERS | {PUPIL}
    if not is_known:
        code = FaultCode.CELL_WRONG if role else FaultCode.CELL_EMPTY
        read.refuse(row, "role", code, _("OneRoster knows no such role."))
    return is_known


def _is_here(read: _Read, orgs: Sequence[str]) -> bool:
    return any(org in read.orgs for org in orgs)


def _enrollments(read: _Read) -> None:
    """Take who teaches which class, where the file is whole; of pupils nothing is read."""
    if read.bundle.mode("enrollments") != BULK:
        return
    needed = ("userSourcedId", "classSourcedId", "role")
    for row in read.rows("enrollments", needed, ("status",)):
        if row["role"].lower() in STAFF and not _is_gone(row) and row["classSourcedId"] in read.units:
            read.taught[row["userSourcedId"]].add(row["classSourcedId"])


def _users(read: _Read) -> Roster:
    seen: dict[str, int] = {}
    numbers: dict[str, int] = {}
    people: list[RosterPerson] = []
    gone: list[str] = []
    others = 0
    needed = USER if read.bundle.version != "1.1" else (*USER, "role", "orgSourcedIds")
    for row in read.rows("users", needed, USER_WANTED):
        if _is_gone(row) or row["enabledUser"].lower() == "false":
            gone.append(row["sourcedId"])
        elif not _is_staff(read, row):
            others += 1
            gone.append(row["sourcedId"])
        elif (person := _person(read, row, _id(read, row, seen), numbers)) is not None:
            people.append(person)
    if len(people) > MOST_PEOPLE:
        raise BundleUnreadable(
            _("The file holds more than %(count)d people. Please split it.") % {"count": MOST_PEOPLE}
        )
    return Roster(
        is_whole=read.bundle.mode("users") == BULK,
        tells_classes=read.bundle.mode("enrollments") == BULK,
        units=tuple(read.units.values()),
        people=tuple(people),
        gone=tuple(one for one in gone if one in read.reader.linked),
        others=others,
    )


def _is_staff(read: _Read, row: Row) -> bool:
    """Say whether somebody works at the school; who is a pupil is not, whatever else they are."""
    orgs = [one.strip() for one in row["orgSourcedIds"].split(",") if one.strip()]
    roles = set(read.roles.get(row["sourcedId"], ()))
    if not row["role"] and row["sourcedId"] not in read.told:
        read.refuse(row, "role", FaultCode.NOT_THERE, _("Nothing says which role this person has."))
    if row["role"] and not roles and _role_known(read, row) and _is_here(read, orgs):
        roles.add(row["role"].lower())
    if len(orgs) > MOST_HOMES:
        read.refuse(row, "orgSourcedIds", FaultCode.CELL_WRONG, _("This is too long."))
    elif orgs:
        read.homes[row["sourcedId"]].update(orgs)
    return PUPIL not in roles and not roles.isdisjoint(STAFF)


def _person(read: _Read, row: Row, user_id: str, numbers: dict[str, int]) -> RosterPerson | None:
    column = "identifier" if row["identifier"] else "username"
    given = {
        column: ("staff_number", row[column], LONGEST["staff_number"]),
        "familyName": ("name", _name(row), LONGEST["name"]),
    }
    is_right = bool(user_id)
    for cell, (name, text, longest) in given.items():
        if problem := cell_problem(name=name, text=text, longest=longest, is_required=True):
            read.refuse(row, cell, FaultCode.CELL_WRONG if text else FaultCode.CELL_EMPTY, problem)
            is_right = False
    number = identity_of(row[column])
    if number and numbers.setdefault(number, row.line) != row.line:
        said = _("This stands in line %(line)d already.") % {"line": numbers[number]}
        read.refuse(row, column, FaultCode.TWICE, said)
    email = mail_address_of(plain_of(row["email"])) if row["email"] else ""
    if email and not is_mail_address(email):
        read.refuse(row, "email", FaultCode.CELL_WRONG, _("This is not an e-mail address."))
    for org in sorted(read.homes[user_id] - read.known):
        said = _("%(word)s: nothing in orgs.csv has this id.") % {"word": org[:40]}
        read.refuse(row, "orgSourcedIds", FaultCode.NOT_THERE, said)
    units = sorted(read.homes[user_id] & set(read.units) | read.taught[user_id])
    if not is_right:
        return None
    staff_number = plain_of(row[column])
    return RosterPerson(user_id, staff_number, plain_of(_name(row)), email, tuple(units), row.file, row.line)


def _name(row: Row) -> str:
    """Return a name as it is written in its language: in Chinese the family's name first, without a blank."""
    family, given = row["familyName"], row["givenName"]
    return f"{family}{given}" if HAN.search(family + given) else f"{given} {family}".strip()
