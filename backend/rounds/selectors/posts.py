"""The posts at the gates that somebody stands at now, each by the word of whoever stands there."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import F, Q

from backend.rounds.models import Round, RoundAnswer, RoundState, Said
from backend.rulebook.gate_rules import stands_there
from backend.rulebook.round_rules import RoundPlan
from backend.rulebook.selectors import ruleset_get

LONGEST_WINDOW = timedelta(days=1)
LONGEST_AROUND = timedelta(hours=3)
"""No window around the hours of school is longer; any other is over when its rounds are due."""


def is_over(*, row: Round, plan: RoundPlan, now: datetime) -> bool:
    """Say whether the window of a post is over."""
    return now >= row.opens_at + plan.lasts


def posts_manned(*, school_id: UUID, now: datetime, by: UUID | None = None) -> Iterator[RoundAnswer]:
    """Yield the answers by which people, or one of them, stand at the posts of a school's gates now; one statement."""
    latest = RoundAnswer.objects.filter(
        Q(round__opens_at__gt=now - LONGEST_AROUND) | Q(round__due_at__gt=now),
        **({"by": by} if by else {}),
        round__school=school_id,
        round__state=RoundState.ANSWERED,
        round__opens_at__range=(now - LONGEST_WINDOW, now),
        number=F("round__answer_count"),
    )
    for answer in latest.select_related("round").order_by("round__opens_at", "round__turn", "id"):
        plan = ruleset_get(answer.round.rulebook_id).round_plans[answer.round.plan]
        if plan.posts and not is_over(row=answer.round, plan=plan, now=now) and _stands(answer):
            yield answer


def _stands(answer: RoundAnswer) -> bool:
    return stands_there(is_all_well=answer.said == Said.ALL_WELL, values=answer.values)
