"""Setting a clock or a ladder of a school's rules: checked, taken into use as a new version, told and recorded."""

from datetime import datetime

from django.db import transaction

from backend.common.errors import NotFound
from backend.organisation.actors import Actor
from backend.organisation.models import School
from backend.organisation.permissions import Permission
from backend.rulebook.clock_edits import ClockAt, ClockProposal, content_with_clock
from backend.rulebook.services import rulebook_activate, rulebook_activate_checked, rulebook_load, rulebook_lock


@transaction.atomic
def clock_change(
    *, actor: Actor, school: School, at: ClockAt, proposal: ClockProposal, seen: int | None, now: datetime
) -> None:
    """Open the school's new tickets under rules with this clock.

    Open tickets keep their clocks. `seen` is the version that the proposal was made from. At a school that is live the
    rules are taken only where nobody waits for nobody. Raises NotAdministrator, NotFound, RulebookChanged,
    RulebookReachesNobody, or what is wrong with the proposal.
    """
    actor.require(Permission.CONFIGURATION_WRITE)
    stands = rulebook_lock(school=school, seen=seen)
    if stands is None:
        raise NotFound
    version, _is_new = rulebook_load(content=content_with_clock(stands.content, at, proposal), now=now)
    activate = rulebook_activate if school.live_at is None else rulebook_activate_checked
    activate(school=school, version=version, now=now, by=actor)
