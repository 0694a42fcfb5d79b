"""Reads of who has to sign in with a second factor, since when, and who still lacks one."""

from datetime import datetime

from django.db.models import QuerySet

from backend.common.clock import database_now
from backend.organisation.actors import Actor
from backend.organisation.models import Bureau, Person, School
from backend.organisation.permissions import SecondFactorMissing
from backend.organisation.powers import SECOND_FACTOR_AFTER, WITH_SECOND_FACTOR
from backend.organisation.selectors.people import appointments_in_force


def second_factor_due(*, actor: Actor, has_factor: bool, school: School | None) -> datetime | None:
    """Return from when on somebody does nothing without a second factor; None for who needs none or has one.

    That is a week after their school went live; for officers of the bureau, after the first of its schools did.
    """
    if has_factor or WITH_SECOND_FACTOR.isdisjoint(actor.roles):
        return None
    live_at = school.live_at if school is not None else _first_live(actor)
    return live_at + SECOND_FACTOR_AFTER if live_at is not None else None


def second_factor_require(*, actor: Actor) -> None:
    """Raise SecondFactorMissing where somebody without one has to have it by now."""
    school = School.objects.filter(id=actor.school_scope).first()
    due = second_factor_due(actor=actor, has_factor=False, school=school)
    if due is not None and database_now() >= due:
        raise SecondFactorMissing


def _first_live(actor: Actor) -> datetime | None:
    schools = School.objects.filter(bureau=actor.bureau_id, live_at__isnull=False)
    return schools.order_by("live_at").values_list("live_at", flat=True).first()


def people_without_second_factor(*, employer: School | Bureau, now: datetime) -> QuerySet[Person]:
    """Return who holds a post at a school or bureau that needs a second factor, may sign in, and has none."""
    where = {"post__school" if isinstance(employer, School) else "post__bureau": employer}
    held = appointments_in_force(at=now).filter(**where, post__role__in=WITH_SECOND_FACTOR)
    people = Person.objects.filter(id__in=held.values("person_id"), user__is_active=True)
    return people.filter(user__second_factor_at__isnull=True).order_by("staff_number", "id")
