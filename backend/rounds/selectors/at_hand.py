"""The special periods and the answers to authorities that are at hand on a day, asked at once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from backend.common.sql.counting import counted, up_to
from backend.organisation.actors import Actor
from backend.organisation.permissions import Permission
from backend.rounds.models import OutsideReply, Period
from backend.rounds.selectors.periods import periods_held, periods_near

MOST_COUNTED = 1000


@dataclass(frozen=True, slots=True)
class RepliesDue:
    """The numbers of answers that are owed to authorities, and of those that are late."""

    open_count: int
    late_count: int


@dataclass(frozen=True, slots=True)
class AtHand:
    """The periods that hold or begin soon, and the answers that the schools owe which somebody leads or supervises."""

    periods: Sequence[tuple[Period, bool]]
    replies: RepliesDue


def at_hand(*, actor: Actor, now: datetime) -> AtHand:
    """Return what is at hand, a day being over by the reader's clock; one statement, and one more where periods are."""
    here = {"school": actor.school_id} if actor.school_id else {"school__bureau": actor.bureau_id}
    owed = OutsideReply.objects.filter(state=OutsideReply.State.OPEN, **here)
    late = owed.filter(due_on__lt=timezone.localdate(now))
    parts = [up_to(rows, MOST_COUNTED) for rows in (owed, late)] if actor.may(Permission.ROUNDS_READ) else []
    replies = len(parts)
    if actor.school_id:
        parts.append(up_to(periods_near(school_id=actor.school_id, now=now), 1))
    numbers = counted(parts)
    periods = periods_held(actor=actor, now=now) if any(numbers[replies:]) else []
    return AtHand(periods, RepliesDue(*numbers[:replies]) if replies else RepliesDue(0, 0))
