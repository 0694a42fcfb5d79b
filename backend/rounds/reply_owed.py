"""Answers to authorities as something that those who lead a school owe."""

from collections.abc import Sequence
from datetime import datetime

from django.db.models import Q

from backend.common.moments import day_in_words
from backend.organisation.actors import Actor
from backend.organisation.permissions import Permission
from backend.rounds.models import OutsideReply
from backend.rounds.reply_rules import over_at
from backend.workflow.owing import Owed, Sought

KIND, ACTION = "reply", "answer-authority"


def replies_owed(*, actors: Sequence[Actor], sought: Sought, now: datetime) -> list[Owed]:  # noqa: ARG001 - as all
    """Return the answers that wait for some people, or these answers; one statement."""
    leaders = [actor for actor in actors if actor.school_id and actor.may(Permission.ROUNDS_REQUEST)]
    if not (sought.waiting and leaders) and not sought.ids:
        return []
    which = Q(id__in=sought.ids)
    if sought.waiting:
        which |= Q(state=OutsideReply.State.OPEN, school__in={actor.school_scope for actor in leaders})
    rows = OutsideReply.objects.filter(which, school__in={actor.school_scope for actor in actors})
    return [_owed(row, leaders) for row in rows.select_related("school", "visit").order_by("due_on", "id")]


def _owed(row: OutsideReply, leaders: Sequence[Actor]) -> Owed:
    visit = row.visit
    known = frozenset(actor.person_id for actor in leaders if actor.school_id == row.school_id)
    return Owed(
        kind=KIND,
        id=row.id,
        school=row.school,
        action=ACTION,
        due_at=over_at(row.school, row.due_on),
        about=lambda: f"{visit.get_authority_display()} · {day_in_words(visit.day)}",
        path=f"/outside-visits/{visit.id}",
        owed_by=known if row.is_open else frozenset(),
        known_to=known,
        is_done=not row.is_open,
    )
