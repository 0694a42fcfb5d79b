"""Taking a staff list into use: all of it or nothing, and nobody is removed.

A list says where somebody belongs; the posts of a unit they left are proposed for ending, and only that is ended which
was confirmed. What else somebody holds stays, and is said.

The school vouches that an address belongs to a person, but not that it is written rightly and read. So an imported
address counts as a way to reach somebody only after the person accepted the invitation that was sent to it (or entered
the code sent to it). Schools laid out from a file, as those of the demo, vouch for both (`person_add`). Posts and
addresses that open sealed tickets wait for a second person, once the school is in use.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from copy import copy
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from backend.common.errors import NotFound
from backend.common.identities import identity_of
from backend.common.recording import ROWS_AT_ONCE, bulk_record
from backend.organisation.actors import Actor
from backend.organisation.models import Appointment, ContactChannel, Person, School, Unit
from backend.organisation.permissions import Permission
from backend.organisation.roles import UNIT_ROLES, Role
from backend.organisation.services.appointing import PostKey, appointments_add, appointments_end, posts_ensure
from backend.organisation.services.entered_addresses import addresses_enter
from backend.organisation.staff_lists import RowError, StaffRow


@dataclass(frozen=True, slots=True)
class StaffImportResult:
    """The outcome of an import, or of trying one; with errors it does nothing."""

    added: tuple[StaffRow, ...]
    changed: tuple[StaffRow, ...]
    unchanged: tuple[StaffRow, ...]
    errors: tuple[RowError, ...]
    leaving: tuple["HeldPost", ...] = ()
    """The posts that people would leave by moving to another unit; they are ended only where that is confirmed."""
    staying: tuple["HeldPost", ...] = ()
    """The other posts of people in the list that it does not mention; it takes none of them away."""
    waiting: int = 0
    """The number of changes that wait for a second person now."""


@dataclass(frozen=True, slots=True)
class HeldPost:
    """A post that somebody of the list holds already."""

    row: StaffRow
    appointment: Appointment

    @property
    def label(self) -> str:
        """The post in words."""
        post = self.appointment.post
        role = Role(post.role).label
        return f"{role} · {post.unit.name}" if post.unit else str(role)


@dataclass(slots=True)
class _Known:
    """The people and units of the school that a list may name, as they are stored."""

    people: dict[str, Person]
    units: dict[str, UUID]
    appointments: dict[UUID, list[Appointment]]
    addresses: dict[UUID, set[str]] = field(default_factory=lambda: defaultdict(set))
    owners: dict[str, str] = field(default_factory=dict)

    def person(self, row: StaffRow) -> Person | None:
        """Return whom a row is about, if they are known."""
        return self.people.get(identity_of(row.staff_number))

    def unit_of(self, row: StaffRow) -> UUID | None:
        """Return the unit a row names."""
        return self.units.get(identity_of(row.unit))

    def holds(self, person: Person, post: PostKey) -> bool:
        """Say whether somebody holds a post themselves, now or later."""
        return any(not row.is_deputy and _key(row) == post for row in self.appointments.get(person.id, ()))


@dataclass(frozen=True, slots=True)
class _Import:
    """A list on its way into a school: for whom (None: a command), and when."""

    school: School
    actor: Actor | None
    known: _Known
    now: datetime
    keeping: Collection[int] | None


def _key(row: Appointment) -> PostKey:
    return Role(row.post.role), row.post.unit_id


@transaction.atomic
def staff_import(
    *,
    school: School,
    rows: Sequence[StaffRow],
    actor: Actor | None,
    now: datetime,
    dry_run: bool = False,
    keeping: Collection[int] | None = None,
    shown: Collection[int] | None = None,
) -> StaffImportResult:
    """Add or correct the people of a list, in a number of queries that does not grow with it; raise NotFound.

    Without an actor it is a command of whoever runs the installation. Posts are added; of those that people left by
    moving, all are ended but the appointments in `keeping`, and none where that is None; where somebody looked at it
    first, none but those that were `shown`. An address that replaces
    another leaves a verified one in place until the new one is verified too.
    """
    if actor is not None and (actor.school_id != school.id or not actor.may(Permission.STAFF_IMPORT)):
        raise NotFound
    School.objects.select_for_update(no_key=True).get(id=school.id)
    known = _known(school, now)
    errors = tuple(sorted([*_twice(rows), *_unknown(rows, known)], key=lambda error: error.line))
    new = tuple(row for row in rows if known.person(row) is None)
    leaving, staying = _left(rows, known, shown)
    ending = [held for held in leaving if held.appointment.pk not in (keeping or ())]
    moved = {held.row.line for held in ending} if dry_run or keeping is not None else set()
    unchanged = tuple(row for row in rows if row.line not in moved and _is_stored(row, known))
    same = {row.line for row in (*new, *unchanged)}
    changed = tuple(row for row in rows if row.line not in same)
    what = _Import(school, actor, known, now, keeping)
    waiting = 0 if errors or dry_run else _store(what, new, changed, leaving)
    return StaffImportResult(new, changed, unchanged, errors, leaving, staying, waiting)


def _known(school: School, now: datetime) -> _Known:
    in_force = Q(ends_at__isnull=True) | Q(ends_at__gt=now)
    held = Appointment.objects.filter(in_force, person__school=school).select_related("post__unit", "person__school")
    known = _Known(
        people={
            identity_of(person.staff_number): person
            for person in Person.objects.filter(school=school).select_related("school")
        },
        units=_units_by_word(school),
        appointments=defaultdict(list),
    )
    for appointment in held.order_by("starts_at", "id"):
        known.appointments[appointment.person_id].append(appointment)
    channels = ContactChannel.objects.filter(person__school=school, kind=ContactChannel.Kind.EMAIL)
    for person_id, number, address in channels.values_list("person_id", "person__staff_number", "address"):
        known.addresses[person_id].add(identity_of(address))
        known.owners[identity_of(address)] = number
    return known


def _units_by_word(school: School) -> dict[str, UUID]:
    """Return the units by code, and by each name that only one of them has."""
    rows = list(Unit.objects.filter(school=school).values_list("id", "code", "name_zh", "name_en"))
    named: defaultdict[str, set[UUID]] = defaultdict(set)
    for unit_id, _code, *names in rows:
        for name in names:
            named[identity_of(name)].add(unit_id)
    by_name = {name: next(iter(ids)) for name, ids in named.items() if len(ids) == 1}
    return {**by_name, **{identity_of(code): unit_id for unit_id, code, *_names in rows}}


def _twice(rows: Sequence[StaffRow]) -> Iterable[RowError]:
    for column in ("staff_number", "email"):
        first: dict[str, int] = {}
        for row in rows:
            value = identity_of(getattr(row, column))
            line = first.setdefault(value, row.line)
            if value and line != row.line:
                said = _("This stands in line %(line)d already.")
                if column == "email":
                    said = _("This stands in line %(line)d already. Leave it empty for whoever has no address alone.")
                yield RowError(row.line, column, said % {"line": line})


def _unknown(rows: Sequence[StaffRow], known: _Known) -> Iterable[RowError]:
    for row in rows:
        if known.unit_of(row) is None:
            yield RowError(row.line, "unit", _("No unit, or more than one, has this name. Write its code."))
        address = identity_of(row.email)
        owner = known.owners.get(address, row.staff_number)
        person = known.person(row)
        is_own = person is not None and address in known.addresses[person.id]
        if identity_of(owner) != identity_of(row.staff_number) and not is_own:
            yield RowError(row.line, "email", _("This address belongs to staff number %(number)s.") % {"number": owner})


def _posts(row: StaffRow, known: _Known) -> set[PostKey]:
    """Return the posts of a row: everybody is a member of staff in their unit, and may hold a further role."""
    unit_id = known.unit_of(row)
    return {(Role.REPORTER, unit_id), (row.role, unit_id if row.role in UNIT_ROLES else None)}


def _left(
    rows: Sequence[StaffRow], known: _Known, shown: Collection[int] | None
) -> tuple[tuple[HeldPost, ...], tuple[HeldPost, ...]]:
    """Return the posts that people of the list would leave by moving, and those they hold beside what it says."""
    leaving: list[HeldPost] = []
    staying: list[HeldPost] = []
    for row in rows:
        person = known.person(row)
        held = known.appointments.get(person.id, ()) if person else ()
        named = _posts(row, known)
        homes = {post.post.unit_id for post in held if post.post.role == Role.REPORTER} - {known.unit_of(row)}
        for post in held:
            if post.is_deputy or _key(post) not in named:
                is_left = post.post.unit_id in homes and (shown is None or post.pk in shown)
                (leaving if is_left else staying).append(HeldPost(row, post))
    return tuple(leaving), tuple(staying)


def _is_stored(row: StaffRow, known: _Known) -> bool:
    person = known.person(row)
    return (
        person is not None
        and person.name == row.name
        and row.language in {"", person.language}
        and (not row.email or identity_of(row.email) in known.addresses[person.id])
        and known.unit_of(row) is not None
        and all(known.holds(person, post) for post in _posts(row, known))
    )


def _store(what: _Import, new: Sequence[StaffRow], changed: Sequence[StaffRow], leaving: Sequence[HeldPost]) -> int:
    """Store the rows; return how many changes wait for a second person."""
    known = what.known
    created = Person.objects.bulk_create((_person(what.school, row) for row in new), batch_size=ROWS_AT_ONCE)
    known.people |= {identity_of(person.staff_number): person for person in created}
    corrected = [known.people[identity_of(row.staff_number)] for row in changed]
    before = [copy(person) for person in corrected]
    for person, row in zip(corrected, changed, strict=True):
        person.name, person.language = row.name, row.language or person.language
    Person.objects.bulk_update(corrected, ["name", "language"], batch_size=ROWS_AT_ONCE)
    bulk_record(before=[*[None] * len(created), *before], after=[*created, *corrected])
    # Posts first: an address of somebody who is to read sealed tickets waits as well.
    waiting = _store_posts(what, [*new, *changed])
    if what.keeping is not None:
        ended = [held.appointment for held in leaving if held.appointment.pk not in what.keeping]
        appointments_end(by=what.actor, appointments=ended, now=what.now)
    return waiting + _store_addresses(what, [*new, *changed])


def _person(school: School, row: StaffRow) -> Person:
    language = row.language or school.usual_language
    return Person(school=school, staff_number=row.staff_number, name=row.name, language=language)


def _store_addresses(what: _Import, rows: Sequence[StaffRow]) -> int:
    people = [(what.known.people[identity_of(row.staff_number)], row.email) for row in rows if row.email]
    new = [(person, email) for person, email in people if identity_of(email) not in what.known.addresses[person.id]]
    never_tried = Q(kind=ContactChannel.Kind.EMAIL, verified_at__isnull=True, code_digest="")
    ContactChannel.objects.filter(never_tried, person__in=[person for person, _email in new]).delete()
    channels = [ContactChannel(person=person, kind=ContactChannel.Kind.EMAIL, address=email) for person, email in new]
    return addresses_enter(by=what.actor, channels=channels, now=what.now)


def _store_posts(what: _Import, rows: Sequence[StaffRow]) -> int:
    known = what.known
    wanted = [
        (person, post)
        for row in rows
        for person in [known.people[identity_of(row.staff_number)]]
        for post in sorted(_posts(row, known), key=str)
        if not known.holds(person, post)
    ]
    posts = posts_ensure(school=what.school, keys={post for _person, post in wanted})
    appointments = [Appointment(post=posts[post], person=person, starts_at=what.now) for person, post in wanted]
    return len(appointments_add(by=what.actor, appointments=appointments, now=what.now))
