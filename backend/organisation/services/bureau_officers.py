"""The officers of a bureau enter and end each other; those of one above a single school, that school does."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from backend.common.errors import Conflict, NotFound, PermissionDenied
from backend.common.identities import identity_of, plain_of
from backend.common.mail_addresses import mail_address_of, mail_identity_of
from backend.organisation.actors import Actor
from backend.organisation.models import Appointment, Bureau, ContactChannel, Person, Post, School
from backend.organisation.permissions import Permission
from backend.organisation.roles import Role
from backend.organisation.selectors.bureaus import bureaus_of_own, officers_listed
from backend.organisation.services.appointing import appointment_end, appointments_add
from backend.organisation.services.entered_addresses import addresses_enter


class BureauShared(PermissionDenied):
    """The bureau stands above other schools too."""

    code = "bureau_shared"
    title = _("This bureau stands above other schools too, so it enters its own officers.")


class OfficerKnown(Conflict):
    """Somebody at the bureau has this staff number or this address already."""

    code = "officer_known"
    title = _("Somebody at the bureau has this already.")


class LastOfficer(Conflict):
    """The change would leave a bureau without anybody who can sign in and enter its officers."""

    code = "last_officer"
    title = _(
        "Then nobody could sign in for the bureau. Enter another officer first, and wait until they have an account."
    )


@dataclass(frozen=True, slots=True)
class Officer:
    """Somebody to be entered: as officer of the bureau, or as a deputy."""

    name: str
    staff_number: str
    address: str
    language: str
    is_deputy: bool


@transaction.atomic
def bureau_name(*, actor: Actor, name_zh: str, name_en: str) -> None:
    """Name the bureau above the actor's school; raise NotAdministrator or BureauShared."""
    bureau = _own(actor)
    bureau.name_zh, bureau.name_en = name_zh or name_en, name_en or name_zh
    bureau.save(update_fields=["name_zh", "name_en"])


@transaction.atomic
def officer_add(*, actor: Actor, officer: Officer, now: datetime) -> int:
    """Enter an officer of the actor's bureau, or of the one above their school; return how many changes wait.

    The address counts once its owner has confirmed it. Raises NotAdministrator, BureauShared or OfficerKnown.
    """
    return _enter(actor, _own(actor), officer, now)


@transaction.atomic
def officers_enter(*, by: Actor | None, school: School, officers: Sequence[Officer], now: datetime) -> int:
    """Do the same for each of a list, through the same guard; a command of whoever runs the installation may, too."""
    if not officers:
        return 0
    bureau = bureau_lock(school_id=school.id) if by is None else _own(by)
    # Whoever brings no staff number along is given one that is free, and that nobody in the list has either.
    in_order = sorted(officers, key=lambda officer: not officer.staff_number)
    return sum(_enter(by, bureau, officer, now) for officer in in_order)


def _enter(by: Actor | None, bureau: Bureau, officer: Officer, now: datetime) -> int:
    _check(bureau, officer)
    person = Person.objects.create(
        bureau=bureau,
        name=officer.name,
        staff_number=plain_of(officer.staff_number) or _free_number(bureau),
        language=officer.language,
    )
    post, _is_new = Post.objects.get_or_create(role=Role.BUREAU_OFFICER, bureau=bureau)
    appointment = Appointment(post=post, person=person, is_deputy=officer.is_deputy, starts_at=now)
    waiting = len(appointments_add(by=by, appointments=[appointment], now=now))
    channel = ContactChannel(person=person, address=mail_address_of(officer.address))
    return waiting + addresses_enter(by=by, channels=[channel], now=now)


@transaction.atomic
def officer_end(*, actor: Actor, appointment_id: int, now: datetime) -> None:
    """End the post of an officer now; raise NotAdministrator, BureauShared, NotFound or LastOfficer."""
    held = {row.pk: row for row in officers_listed(bureau=_own(actor), now=now)}
    if appointment_id not in held:
        raise NotFound
    # A post whose end is known, if only since an instant, leaves nobody in the long run.
    others = (row for key, row in held.items() if key != appointment_id and row.starts_at <= now and not row.ends_at)
    if actor.bureau_id is not None and not any(row.person.user and row.person.user.is_active for row in others):
        raise LastOfficer
    appointment_end(by=actor, appointment=held[appointment_id], now=now)


def _own(actor: Actor) -> Bureau:
    """Return the actor's bureau, or the one above their school alone, held until the transaction ends."""
    actor.require(Permission.OFFICERS_WRITE)
    if actor.bureau_id is not None:
        return Bureau.objects.select_for_update(no_key=True).get(pk=actor.bureau_id)
    return bureau_lock(school_id=actor.school_scope)


def bureau_lock(*, school_id: UUID) -> Bureau:
    """Return the bureau above one school only, held until the transaction ends; raise BureauShared."""
    own = bureaus_of_own(school_id=school_id)
    bureau = Bureau.objects.select_for_update(no_key=True).filter(pk__in=own.values("pk")).first()
    if bureau is None:
        raise BureauShared
    return bureau


def _check(bureau: Bureau, officer: Officer) -> None:
    number, address = identity_of(officer.staff_number), mail_identity_of(officer.address)
    if number and Person.objects.filter(bureau=bureau, staff_number__identity=number).exists():
        raise OfficerKnown(pointer="/staff_number")
    emails = ContactChannel.objects.filter(person__bureau=bureau, kind=ContactChannel.Kind.EMAIL)
    if emails.filter(address__identity=address).exists():
        raise OfficerKnown(pointer="/address")


def _free_number(bureau: Bureau) -> str:
    """Return the first number of the form B01 that nobody at the bureau has."""
    taken = {identity_of(number) for number in bureau.people.values_list("staff_number", flat=True)}
    return next(number for number in (f"B{count:02}" for count in range(1, 10_000)) if identity_of(number) not in taken)
