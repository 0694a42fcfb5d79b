"""The summary of a special period: counted once it is over, written by somebody, approved by somebody."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Count, F, Q

from backend.organisation.actors import Actor
from backend.rounds.models import Period, PeriodAct, PeriodSummary, Round, RoundState
from backend.rounds.period_errors import NoSummary, PeriodNotOver
from backend.rounds.selectors.periods import Stage, midnight_of, period_lock, stage_of
from backend.rounds.services.periods import act_record
from backend.rulebook.ruleset import Confidentiality, Kind, Severity
from backend.workflow.models import NEVER_DUE, Ticket


@transaction.atomic
def summary_write(*, actor: Actor, period_id: UUID, words: str, now: datetime) -> Period:
    """Write the summary of a period that is over, with its counts as they are now; until approved it can be rewritten.

    It counts what was reported and looked at, for the school as a whole: no person, no office, and nothing that is
    strictly confidential.
    """
    row = period_lock(actor=actor, period_id=period_id)
    if stage_of(row, now) is not Stage.OVER:
        raise PeriodNotOver
    before = PeriodSummary.objects.filter(period=row).first()
    if before and before.approved_at:
        raise NoSummary
    said = {"counts": counts_of(row, now), "words": words, "by_id": actor.person_id, "at": now}
    PeriodSummary.objects.update_or_create(period=row, defaults=said)
    act_record(row, PeriodAct.Kind.SUMMED_UP, by=actor.person_id, now=now)
    return row


@transaction.atomic
def summary_approve(*, actor: Actor, period_id: UUID, now: datetime) -> Period:
    """Approve the summary as it is written; from then on it stands, and everybody at the school reads it."""
    row = period_lock(actor=actor, period_id=period_id)
    approved = PeriodSummary.objects.filter(period=row, approved_at=None)
    if not approved.update(approved_by_id=actor.person_id, approved_at=now):
        raise NoSummary
    act_record(row, PeriodAct.Kind.SUMMARY_APPROVED, by=actor.person_id, now=now)
    return row


def counts_of(row: Period, now: datetime) -> dict[str, Any]:
    """Count what was reported in a period, how its rounds were answered, and what its review decided; three queries."""
    first, after = midnight_of(row.school, row.starts_on), midnight_of(row.school, row.ends_on + timedelta(days=1))
    tickets = Ticket.objects.filter(school=row.school_id, filed_at__gte=first, filed_at__lt=after, is_exercise=False)
    open_now = Q(next_due_at__lt=NEVER_DUE)
    reported = tickets.exclude(confidentiality=Confidentiality.K2).aggregate(
        reported=Count("id"),
        urgent=Count("id", filter=Q(severity__in=(Severity.P1, Severity.P2))),
        hazards=Count("id", filter=Q(kind=Kind.HAZARD)),
        near_misses=Count("id", filter=Q(kind=Kind.NEAR_MISS)),
        still_open=Count("id", filter=open_now),
        overdue=Count("id", filter=open_now & Q(next_due_at__lt=now)),
    )
    held = Round.objects.filter(school=row.school_id, day__gte=row.starts_on, day__lte=row.ends_on)
    in_time = Q(answered_at__isnull=False, answered_at__lte=F("late_at"))
    rounds = held.exclude(state__in=(RoundState.PLANNED, RoundState.DROPPED)).aggregate(
        rounds=Count("id"),
        in_time=Count("id", filter=in_time),
        late=Count("id", filter=Q(answered_at__gt=F("late_at"))),
        missing=Count("id", filter=Q(state=RoundState.MISSED)),
    )
    on_open = row.decisions.exclude(ticket__confidentiality=Confidentiality.K2)
    decided = dict(on_open.values_list("choice").annotate(Count("id")))
    return {**reported, **rounds, "decided": decided}
