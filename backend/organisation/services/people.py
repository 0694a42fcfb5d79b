"""Writes on people: who they are, the posts they hold, the account they sign in with."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from backend.accounts.models import User
from backend.common.errors import Invalid
from backend.common.identities import identity_of, plain_of
from backend.common.mail_addresses import mail_address_of, mail_identity_of
from backend.organisation.models import Appointment, Bureau, ContactChannel, Person, Post, School, Unit
from backend.organisation.roles import UNIT_ROLES, Role


class PostElsewhere(Invalid):
    """The role cannot be held by this person in this place of work."""

    code = "post_elsewhere"
    title = _("This post does not exist where the person works. Please choose a unit of the person's own school.")


class NotAColleague(Invalid):
    """The person does not work where the actor works."""

    code = "not_a_colleague"
    title = _("This person does not work here. Please choose a colleague.")


@transaction.atomic
def person_add(*, employer: School | Bureau, staff_number: str, name: str, email: str, now: datetime) -> Person:
    """Register a person, or correct the name under a staff number; the employer vouches for the e-mail address."""
    person, _created = Person.objects.update_or_create(
        school=employer if isinstance(employer, School) else None,
        bureau=employer if isinstance(employer, Bureau) else None,
        staff_number__identity=identity_of(staff_number),
        defaults={"name": name},
        create_defaults={"name": name, "staff_number": plain_of(staff_number)},
    )
    ContactChannel.objects.get_or_create(
        person=person,
        kind=ContactChannel.Kind.EMAIL,
        address__identity=mail_identity_of(email),
        defaults={"address": mail_address_of(email), "verified_at": now},
    )
    return person


@transaction.atomic
def post_fill(
    *,
    person: Person,
    role: Role,
    unit: Unit | None = None,
    is_deputy: bool = False,
    starts_at: datetime,
    ends_at: datetime | None = None,
) -> Appointment:
    """Appoint a person from one instant until another, creating the post where it is missing; raise PostElsewhere.

    The same appointment a second time changes nothing, and does not undo an end set since.
    """
    if unit is not None and unit.school_id != person.school_id:
        raise PostElsewhere
    if (unit is not None) != (role in UNIT_ROLES) or (person.bureau_id is not None) != (role is Role.BUREAU_OFFICER):
        raise PostElsewhere
    post, _created = Post.objects.get_or_create(role=role, school=person.school, bureau=person.bureau, unit=unit)
    appointment, _created = Appointment.objects.get_or_create(
        post=post, person=person, is_deputy=is_deputy, starts_at=starts_at, defaults={"ends_at": ends_at}
    )
    return appointment


def person_link_account(*, person: Person, user: User) -> None:
    """Let an account act as a person from now on."""
    person.user = user
    person.save(update_fields=["user"])
