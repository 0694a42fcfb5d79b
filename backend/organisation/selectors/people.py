"""People, as those who work with them may see them."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from django.db.models import Prefetch, Q, QuerySet
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from backend.accounts.models import User, username_normalised
from backend.common.errors import NotFound
from backend.common.identities import identity_of
from backend.organisation.actors import Actor
from backend.organisation.models import Appointment, Bureau, ContactChannel, Person, School
from backend.organisation.roles import Role
from backend.organisation.selectors.reachable import may_be_reached


def appointments_in_force(*, at: datetime | Now) -> QuerySet[Appointment]:
    """Return the appointments that hold at an instant."""
    return Appointment.objects.filter(Q(ends_at__isnull=True) | Q(ends_at__gt=at), starts_at__lte=at)


def roles_held(*, person_id: UUID, now: datetime) -> set[tuple[Role, UUID | None]]:
    """Return the roles a person holds by appointment at an instant, each with its unit."""
    held = appointments_in_force(at=now).filter(person=person_id)
    return {(Role(role), unit_id) for role, unit_id in held.values_list("post__role", "post__unit_id")}


def colleagues(*, actor: Actor, unit_id: UUID, now: datetime) -> QuerySet[Person]:
    """Return the people who hold a post in a unit of the actor's school and may be reached."""
    held = appointments_in_force(at=now).filter(post__unit_id=unit_id)
    here = Person.objects.filter(school_id=actor.school_scope, id__in=held.values("person_id"))
    return here.filter(may_be_reached(at=now)).order_by("staff_number")


def people_known(*, school_id: UUID, person_ids: Collection[UUID]) -> set[UUID]:
    """Return which of the ids are people of the school."""
    return set(Person.objects.filter(school_id=school_id, id__in=person_ids).values_list("id", flat=True))


def people_named(*, person_ids: Sequence[UUID]) -> str:
    """Return the names of people in the order of their ids, as the reader's language lists them."""
    names = dict(Person.objects.filter(id__in=person_ids).values_list("id", "name"))
    return _(", ").join(names[person_id] for person_id in person_ids)


def people_visible(*, actor: Actor) -> QuerySet[Person]:
    """Return the people of the actor's school who work there still."""
    return Person.objects.filter(may_be_reached(at=Now()), school_id=actor.school_scope)


def people_listed(*, actor: Actor) -> QuerySet[Person]:
    """Return the people who work where the actor works, with the posts they hold now and their channels."""
    held = appointments_in_force(at=Now()).select_related("post").order_by("starts_at", "id")
    people = Person.objects.filter(where_employed(actor=actor), may_be_reached(at=Now()))
    return people.prefetch_related(Prefetch("appointments", held), "channels")


def people_holding(*, people: QuerySet[Person], unit_id: UUID | None, role: str | None) -> QuerySet[Person]:
    """Return which of the people hold a post now in a unit, in a role, or in the role in the unit."""
    if unit_id is None and role is None:
        return people
    asked = Q() if unit_id is None else Q(post__unit_id=unit_id)
    asked &= Q() if role is None else Q(post__role=role)
    return people.filter(id__in=appointments_in_force(at=Now()).filter(asked).values("person_id"))


def all_work_there(*, where: Q, person_ids: Collection[UUID], at: datetime) -> bool:
    """Say whether all of these different ids are people of a school or bureau, and have not left by then."""
    people = Person.objects.filter(where, may_be_reached(at=at), id__in=person_ids)
    return people.count() == len(person_ids)


def where_employed(*, actor: Actor) -> Q:
    """Return the condition for what belongs to the actor's school, or to the bureau for people of the bureau."""
    return Q(school_id=actor.school_id) if actor.bureau_id is None else Q(bureau_id=actor.bureau_id)


def person_at(*, employer: School | Bureau, staff_number: str) -> Person:
    """Return the person under a staff number, with the account; raise NotFound."""
    at = {"school": employer} if isinstance(employer, School) else {"bureau": employer}
    person = (
        Person.objects.filter(**at, staff_number__identity=identity_of(staff_number)).select_related("user").first()
    )
    if person is None:
        raise NotFound
    return person


def words_about(*, person: Person) -> list[str]:
    """Return what others know of a person and would try as a password: names, number, addresses, place of work."""
    employers = [employer for employer in (person.school, person.bureau) if employer is not None]
    places = [name for employer in employers for name in (employer.name_zh, employer.name_en)]
    mail = person.channels.filter(kind=ContactChannel.Kind.EMAIL).values_list("address", flat=True)
    return [person.name, person.staff_number, *mail, *places]


def account_of(*, username: str) -> User:
    """Return the account of a person by its name; raise NotFound."""
    account = User.objects.filter(username=username_normalised(username), person__isnull=False).first()
    if account is None:
        raise NotFound
    return account
