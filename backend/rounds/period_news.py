"""News of special periods: one is approved, its review is not done, it begins, or it is over."""

from collections.abc import Collection, Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from backend.common.outbox import OutboxDraft
from backend.organisation.roles import Role
from backend.rounds.models import Period, PeriodSummary
from backend.rounds.selectors.periods import midnight_of

TOPIC = "period.told"
ANSWERING = (Role.COORDINATOR, Role.VICE_PRINCIPAL, Role.PRINCIPAL)
"""The roles that hear that a period comes and begins, and that it is over and waits for its summary."""


class ToldOfPeriod(StrEnum):
    """The things that are told of a period."""

    APPROVED = "approved"
    CALLED_OFF = "called_off"
    REVIEW = "review"
    STARTED = "started"
    ENDED = "ended"


def period_draft(row: Period, what: ToldOfPeriod, people: Collection[UUID], *, key: str, count: int = 0) -> OutboxDraft:
    """Return the news for these people, once for each key."""
    payload = {
        "school": str(row.school_id),
        "people": sorted(map(str, people)),
        "what": what.value,
        "period": str(row.id),
        "name": row.name,
        "starts_on": row.starts_on.isoformat(),
        "ends_on": row.ends_on.isoformat(),
        "count": count,
        "path": f"/periods/{row.id}",
    }
    return OutboxDraft(TOPIC, f"{TOPIC}:{row.id}:{what.value}:{key}", payload)


def periods_standing(*, news: Mapping[UUID, Mapping[str, Any]], now: datetime) -> set[UUID]:
    """Return which news of periods still hold: a review is told until the period begins, an end until it is summed up.

    Of a period that was called off only that holds.
    """
    ids = {UUID(told["period"]) for told in news.values()}
    rows = Period.objects.select_related("school").in_bulk(ids)
    summed_up = set(PeriodSummary.objects.filter(period__in=ids).values_list("period", flat=True))
    return {key for key, told in news.items() if _holds(told, rows[UUID(told["period"])], summed_up, now)}


def _holds(told: Mapping[str, Any], row: Period, summed_up: Collection[UUID], now: datetime) -> bool:
    if row.state == Period.State.CALLED_OFF:
        return bool(told["what"] == ToldOfPeriod.CALLED_OFF)
    if told["what"] == ToldOfPeriod.APPROVED:
        return row.state == Period.State.APPROVED
    if told["what"] == ToldOfPeriod.ENDED:
        return row.id not in summed_up
    if told["what"] == ToldOfPeriod.STARTED:
        return row.state == Period.State.APPROVED
    return now < midnight_of(row.school, row.starts_on)
