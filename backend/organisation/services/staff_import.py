"""Taking a staff list into use: all of it or nothing, and nobody is removed.

The school vouches that an address belongs to a person, but not that it is written rightly and read. So an imported
address counts as a way to reach somebody only after the person accepted the invitation that was sent to it (or entered
the code sent to it). Schools laid out from a file, as those of the demo, vouch for both (`person_add`).
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
from backend.organisation.staff_csv import RowError, StaffRow

PostKey = tuple[Role, UUID | None]


@dataclass(frozen=True, slots=True)
class StaffImportResult:
    """What an import did, or would do; with errors it does nothing."""

    added: tuple[StaffRow, ...]
    changed: tuple[StaffRow, ...]
    unchanged: tuple[StaffRow, ...]
    errors: tuple[RowError, ...]


@dataclass(slots=True)
class _Known:
    """What the school has stored about the people and units that a list may name."""

    people: dict[str, Person]
    units: dict[str, UUID]
    held: set[tuple[UUID, Role, UUID | None]]
    addresses: dict[UUID, set[str]] = field(default_factory=lambda: defaultdict(set))
    owners: dict[str, str] = field(default_factory=dict)


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
    if not errors and not dry_run:
        _store(school, new, changed, known, now)
    return StaffImportResult(new, changed, unchanged, errors)


def _known(school: School, now: datetime) -> _Known:
    in_force = Q(ends_at__isnull=True) | Q(ends_at__gt=now)
    held = Appointment.objects.filter(in_force, person__school=school, is_deputy=False)
    known = _Known(
        people={person.staff_number: person for person in Person.objects.filter(school=school)},
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


def _store(school: School, new: Sequence[StaffRow], changed: Sequence[StaffRow], known: _Known, now: datetime) -> None:
    created = Person.objects.bulk_create(_person(school, row) for row in new)
    known.people |= {person.staff_number: person for person in created}
    corrected = [known.people[row.staff_number] for row in changed]
    before = [copy(person) for person in corrected]
    for person, row in zip(corrected, changed, strict=True):
        person.name, person.language = row.name, row.language or person.language
    Person.objects.bulk_update(corrected, ["name", "language"])
    bulk_record(before=[*[None] * len(created), *before], after=[*created, *corrected])
    _store_addresses([*new, *changed], known)
    _store_posts(school, [*new, *changed], known, now)


def _person(school: School, row: StaffRow) -> Person:
    language = row.language or User.Language.CHINESE
    return Person(school=school, staff_number=row.staff_number, name=row.name, language=language)


def _store_addresses(rows: Sequence[StaffRow], known: _Known) -> None:
    people = [(known.people[row.staff_number], row.email) for row in rows]
    new = [(person, email) for person, email in people if email.casefold() not in known.addresses[person.id]]
    never_tried = Q(kind=ContactChannel.Kind.EMAIL, verified_at__isnull=True, code_digest="")
    ContactChannel.objects.filter(never_tried, person__in=[person for person, _email in new]).delete()
    channels = ContactChannel.objects.bulk_create(
        ContactChannel(person=person, kind=ContactChannel.Kind.EMAIL, address=email) for person, email in new
    )
    bulk_record(before=[None] * len(channels), after=channels)


def _store_posts(school: School, rows: Sequence[StaffRow], known: _Known, now: datetime) -> None:
    wanted = {
        (person_id, *post)
        for row in rows
        for person_id in [known.people[row.staff_number].id]
        for post in _posts(row, known.units)
    } - known.held
    posts = _posts_of(school)
    missing = {(role, unit_id) for _person_id, role, unit_id in wanted} - posts.keys()
    Post.objects.bulk_create(Post(role=role, school=school, unit_id=unit_id) for role, unit_id in missing)
    posts = _posts_of(school)
    people = {person.id: person for person in known.people.values()}
    appointments = Appointment.objects.bulk_create(
        Appointment(post=posts[role, unit_id], person=people[person_id], starts_at=now)
        for person_id, role, unit_id in wanted
    )
    bulk_record(before=[None] * len(appointments), after=appointments)


def _posts_of(school: School) -> dict[PostKey, Post]:
    return {(Role(post.role), post.unit_id): post for post in Post.objects.filter(school=school).select_related("unit")}
