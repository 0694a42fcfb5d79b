"""The instant at which a school goes live: from then on powers over people need a second person."""

from datetime import datetime

from django.db import transaction

from backend.organisation.actors import Actor
from backend.organisation.models import Power, School
from backend.organisation.selectors.powers import posts_of_power
from backend.organisation.services.powers import PowerChange, powers_tell, school_tell


@transaction.atomic
def school_go_live(*, school: School, by: Actor | None, now: datetime) -> bool:
    """Let a school be live from now on; say whether it was not before.

    Whoever holds a guarded post is told so, with protection lead and principal: while the school was being set up one
    person could give all of them, so that those concerned see now what stands.
    """
    locked = School.objects.select_for_update(no_key=True).get(pk=school.pk)
    if locked.live_at is not None:
        return False
    locked.live_at = school.live_at = now
    locked.save(update_fields=["live_at"])
    held = posts_of_power(school=locked, now=now)
    people_told = [PowerChange(Power.POST, row.person, by, row.post.role) for row in held]
    powers_tell(changes=people_told, now=now)
    school_tell(kind=Power.LIVE, school=locked, by=by, now=now)
    return True
