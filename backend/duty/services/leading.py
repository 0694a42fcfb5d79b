"""Leaders on duty: those entered hear of it, and at the bureau only its duty officers lead."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from backend.common.errors import Conflict
from backend.organisation.actors import Actor
from backend.organisation.models import Appointment, Bureau, Person, Power
from backend.organisation.roles import Role
from backend.organisation.selectors.powers import is_in_use
from backend.organisation.services.powers import PowerChange, powers_tell


class LeaderWithoutPost(Conflict):
    """At the bureau leading on duty gives the power of a duty officer, which a second person has to confirm first."""

    code = "leader_without_post"
    title = _("At the bureau only duty officers lead. Please appoint this person as duty officer first.")


def leaders_changed(
    *, by: Actor, bureau_id: UUID | None, before: Collection[UUID], after: Collection[UUID], now: datetime
) -> None:
    """Tell of those who lead a shift now, also by their own hand, or no longer; raise LeaderWithoutPost."""
    added, gone = set(after) - set(before), set(before) - set(after)
    if bureau_id and added:
        _check_officers(bureau_id, added, now)
    people = Person.objects.select_related("school", "bureau").in_bulk(added | gone - {by.person_id})
    powers_tell(
        changes=[
            PowerChange(Power.DUTY if person.id in added else Power.DUTY_ENDED, person, by, is_watched=True)
            for person in people.values()
        ],
        now=now,
    )


def _check_officers(bureau_id: UUID, people: Collection[UUID], now: datetime) -> None:
    lasting = Q(ends_at__isnull=True) | Q(ends_at__gt=now)
    held = Appointment.objects.filter(lasting, person__in=people, post__role=Role.BUREAU_OFFICER)
    if set(people) - set(held.values_list("person_id", flat=True)) and is_in_use(
        employer=Bureau.objects.get(id=bureau_id)
    ):
        raise LeaderWithoutPost(pointer="/slots")
