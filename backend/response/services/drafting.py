"""Writing the steps of a plan otherwise: a draft, by which nothing goes before somebody approves it."""

from collections.abc import Callable, Sequence
from datetime import datetime

from django.db import transaction

from backend.common.errors import NotFound
from backend.organisation.actors import Actor
from backend.organisation.models import School, Unit
from backend.organisation.permissions import Permission
from backend.response.errors import DraftChanged
from backend.response.models import ResponseDraft
from backend.response.selectors.plans import plan_find, school_of_plans
from backend.rulebook.response_edits import StepDraft, content_with_steps, steps_written
from backend.rulebook.response_fitting import RESPONSES
from backend.rulebook.selectors import active_version_id, content_in_use
from backend.rulebook.services import rulebook_activate, rulebook_activate_checked, rulebook_load, rulebook_lock


@transaction.atomic
def draft_write(
    *,
    actor: Actor,
    code: str,
    steps: Callable[[], Sequence[StepDraft]],
    now: datetime,
    seen: Callable[[], datetime | None] = lambda: None,
) -> ResponseDraft:
    """Keep the steps of a plan as they are to be; the plan in use stays as it is until they are approved.

    The steps are read only once it is known that the plan is there, and theirs to write. Raise what is wrong with them.
    `seen` gives when the draft that they were written from was kept; raise DraftChanged where it is another by now.
    """
    plan_find(actor=actor, code=code)
    actor.require(Permission.RESPONSES_APPROVE)
    school = School.objects.select_for_update(no_key=True).get(id=school_of_plans(actor=actor).id)
    written_from = steps()
    drafted = _draft_as_seen(school, code, seen())
    content = content_in_use(school_id=school.id)
    if content is None:
        raise NotFound
    offices = set(Unit.objects.filter(school=school, kind=Unit.Kind.OFFICE).values_list("code", flat=True))
    stand = [*content[RESPONSES]["plans"][code]["steps"], *(drafted.steps if drafted else ())]
    written = steps_written(written_from, stand=stand, offices=offices)
    content_with_steps(content, code, written)
    said = {"steps": written, "by_id": actor.person_id, "at": now}
    row, _made = ResponseDraft.objects.update_or_create(school=school, plan=code, defaults=said)
    return row


@transaction.atomic
def draft_drop(*, actor: Actor, code: str) -> None:
    """Throw the draft of a plan away; where there is none, nothing is to be done."""
    plan_find(actor=actor, code=code)
    actor.require(Permission.RESPONSES_APPROVE)
    ResponseDraft.objects.filter(school=actor.school_scope, plan=code).delete()


def draft_take_up(*, actor: Actor, school: School, code: str, seen: datetime | None, now: datetime) -> None:
    """Have the plan be as its draft says from now on, as a version of the school's rules; raise NotFound.

    The caller holds the school, and approves the plan in the same transaction. `seen` is when the draft that somebody
    read was kept; raise DraftChanged where it is another by now, and RulebookReachesNobody.
    """
    row = _draft_as_seen(school, code, seen)
    stands = rulebook_lock(school=school, seen=active_version_id(school_id=school.id))
    if row is None or stands is None:
        raise NotFound
    version, _is_new = rulebook_load(content=content_with_steps(stands.content, code, row.steps), now=now)
    activate = rulebook_activate if school.live_at is None else rulebook_activate_checked
    activate(school=school, version=version, now=now, by=actor)
    row.delete()


def _draft_as_seen(school: School, code: str, seen: datetime | None) -> ResponseDraft | None:
    """Return the draft of a plan; raise DraftChanged where it is not what was seen, nothing among it."""
    row = ResponseDraft.objects.filter(school=school, plan=code).first()
    if (row.at if row else None) != seen:
        raise DraftChanged
    return row
