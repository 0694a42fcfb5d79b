"""Taking a staff list into use: all of it or nothing, and nobody is removed.

The school vouches that an address belongs to a person, but not that it is written rightly and read. So an imported
address counts as a way to reach somebody only after the person accepted the invitation that was sent to it (or entered
the code sent to it). Schools laid out from a file, as those of the demo, vouch for both (`person_add`). Posts and
addresses that open sealed tickets wait for a second person, once the school is in use.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from backend.accounts.models import User
from backend.common.errors import NotFound
from backend.common.recording import bulk_record
from backend.organisation.actors import Actor
from backend.organisation.models import Appointment, ContactChannel, Person, Post, School, Unit
from backend.organisation.permissions import Permission
from backend.organisation.roles import UNIT_ROLES, Role
from backend.organisation.services.appointing import appointments_add
from backend.organisation.services.entered_addresses import addresses_enter
from backend.organisation.staff_csv import RowError, StaffRow

PostKey = tuple[Role, UUID | None]


@dataclass(frozen=True, slots=True)
class StaffImportResult:
    """The outcome of an import, or of trying one; with errors it does nothing."""

    added: tuple[StaffRow, ...]
    changed: tuple[StaffRow, ...]
    unchanged: tuple[StaffRow, ...]
    errors: tuple[RowError, ...]
    waiting: int = 0
    """The number of changes that wait for a second person now."""


@dataclass(slots=True)
class _Known:
    """The people and units of the school that a list may name, as they are stored."""

    people: dict[str, Person]
    units: dict[str, UUID]
    held: set[tuple[UUID, Role, UUID | None]]
    addresses: dict[UUID, set[str]] = field(default_factory=lambda: defaultdict(set))
    owners: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Import:
    """A list on its way into a school: for whom (None: a command), and when."""

    school: School
    actor: Actor | None
    known: _Known
    now: datetime


@transaction.atomic
def staff_import(
    *, school: School, rows: Sequence[StaffRow], actor: Actor | None, now: datetime, dry_run: bool = False
) -> StaffImportResult:
    """Add or correct the people of a list, in a number of queries that does not grow with it; raise NotFound.

    Without an actor it is a command of whoever runs the installation. Posts are added, never ended; an address that
    replaces another leaves a verified one in place until the new one is verified too.
    """
    if actor is not None and (actor.school_id != school.id or not actor.may(Permission.STAFF_IMPORT)):
        raise NotFound
    School.objects.select_for_update(no_key=True).get(id=school.id)
    known = _known(school, now)
    errors = tuple(sorted([*_twice(rows), *_unknown(rows, known)], key=lambda error: error.line))
    new = tuple(row for row in rows if row.staff_number not in known.people)
    unchanged = tuple(row for row in rows if row.staff_number in known.people and _is_stored(row, known))
    same = {row.line for row in (*new, *unchanged)}
    changed = tuple(row for row in rows if row.line not in same)
    waiting = 0 if errors or dry_run else _store(_Import(school, actor, known, now), new, changed)
    return StaffImportResult(new, changed, unchanged, errors, waiting)


def _known(school: School, now: datetime) -> _Known:
    in_force = Q(ends_at__isnull=True) | Q(ends_at__gt=now)
    held = Appointment.objects.filter(in_force, person__school=school, is_deputy=False)
    known = _Known(
        people={
            person.staff_number: person for person in Person.objects.filter(school=school).select_related("school")
        },
        units=_units_by_word(school),
        held={
            (person_id, Role(role), unit_id)
            for person_id, role, unit_id in held.values_list("person_id", "post__role", "post__unit_id")
        },
    )
    channels = ContactChannel.objects.filter(person__school=school, kind=ContactChannel.Kind.EMAIL)
    for person_id, number, address in channels.values_list("person_id", "person__staff_number", "address"):
        known.addresses[person_id].add(address.casefold())
        known.owners[address.casefold()] = number
    return known


def _units_by_word(school: School) -> dict[str, UUID]:
    """Return the units by code, and by each name that only one of them has."""
    rows = list(Unit.objects.filter(school=school).values_list("id", "code", "name_zh", "name_en"))
    named: defaultdict[str, set[UUID]] = defaultdict(set)
    for unit_id, _code, *names in rows:
        for name in names:
            named[name].add(unit_id)
    by_name = {name: next(iter(ids)) for name, ids in named.items() if len(ids) == 1}
    return {**by_name, **{code: unit_id for unit_id, code, *_names in rows}}


def _twice(rows: Sequence[StaffRow]) -> Iterable[RowError]:
    for column in ("staff_number", "email"):
        first: dict[str, int] = {}
        for row in rows:
            line = first.setdefault(getattr(row, column).casefold(), row.line)
            if line != row.line:
                yield RowError(row.line, column, _("This stands in line %(line)d already.") % {"line": line})


def _unknown(rows: Sequence[StaffRow], known: _Known) -> Iterable[RowError]:
    for row in rows:
        if row.unit not in known.units:
            yield RowError(row.line, "unit", _("No unit, or more than one, has this name. Write its code."))
        owner = known.owners.get(row.email.casefold(), row.staff_number)
        person = known.people.get(row.staff_number)
        if owner != row.staff_number and (person is None or row.email.casefold() not in known.addresses[person.id]):
            yield RowError(row.line, "email", _("This address belongs to staff number %(number)s.") % {"number": owner})


def _posts(row: StaffRow, units: Mapping[str, UUID]) -> set[PostKey]:
    """Return the posts of a row: everybody is a member of staff in their unit, and may hold a further role."""
    unit_id = units[row.unit]
    return {(Role.REPORTER, unit_id), (row.role, unit_id if row.role in UNIT_ROLES else None)}


def _is_stored(row: StaffRow, known: _Known) -> bool:
    person = known.people[row.staff_number]
    return (
        person.name == row.name
        and row.language in {"", person.language}
        and row.email.casefold() in known.addresses[person.id]
        and row.unit in known.units
        and all((person.id, *post) in known.held for post in _posts(row, known.units))
    )


def _store(what: _Import, new: Sequence[StaffRow], changed: Sequence[StaffRow]) -> int:
    """Store the rows; return how many changes wait for a second person."""
    known = what.known
    created = Person.objects.bulk_create(_person(what.school, row) for row in new)
    known.people |= {person.staff_number: person for person in created}
    corrected = [known.people[row.staff_number] for row in changed]
    before = [copy(person) for person in corrected]
    for person, row in zip(corrected, changed, strict=True):
        person.name, person.language = row.name, row.language or person.language
    Person.objects.bulk_update(corrected, ["name", "language"])
    bulk_record(before=[*[None] * len(created), *before], after=[*created, *corrected])
    # Posts first: an address of somebody who is to read sealed tickets waits as well.
    return _store_posts(what, [*new, *changed]) + _store_addresses(what, [*new, *changed])


def _person(school: School, row: StaffRow) -> Person:
    language = row.language or User.Language.CHINESE
    return Person(school=school, staff_number=row.staff_number, name=row.name, language=language)


def _store_addresses(what: _Import, rows: Sequence[StaffRow]) -> int:
    people = [(what.known.people[row.staff_number], row.email) for row in rows]
    new = [(person, email) for person, email in people if email.casefold() not in what.known.addresses[person.id]]
    never_tried = Q(kind=ContactChannel.Kind.EMAIL, verified_at__isnull=True, code_digest="")
    ContactChannel.objects.filter(never_tried, person__in=[person for person, _email in new]).delete()
    channels = [ContactChannel(person=person, kind=ContactChannel.Kind.EMAIL, address=email) for person, email in new]
    return addresses_enter(by=what.actor, channels=channels, now=what.now)


def _store_posts(what: _Import, rows: Sequence[StaffRow]) -> int:
    known = what.known
    wanted = {
        (person_id, *post)
        for row in rows
        for person_id in [known.people[row.staff_number].id]
        for post in _posts(row, known.units)
    } - known.held
    posts = _posts_of(what.school)
    missing = {(role, unit_id) for _person_id, role, unit_id in wanted} - posts.keys()
    Post.objects.bulk_create(Post(role=role, school=what.school, unit_id=unit_id) for role, unit_id in missing)
    posts = _posts_of(what.school)
    people = {person.id: person for person in known.people.values()}
    appointments = [
        Appointment(post=posts[role, unit_id], person=people[person_id], starts_at=what.now)
        for person_id, role, unit_id in wanted
    ]
    return len(appointments_add(by=what.actor, appointments=appointments, now=what.now))


def _posts_of(school: School) -> dict[PostKey, Post]:
    return {(Role(post.role), post.unit_id): post for post in Post.objects.filter(school=school).select_related("unit")}
