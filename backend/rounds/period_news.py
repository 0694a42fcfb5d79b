"""News of special periods: one is approved, its review is not done, it begins, or it is over."""

from collections.abc import Collection, Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from backend.common.outbox import OutboxDraft
from backend.organisation.actors import Actor
from backend.organisation.roles import Role, with_those_above
from backend.rounds.models import Period, PeriodSummary
from backend.rounds.selectors.periods import is_undecided, midnight_of, units_concerned
from backend.rulebook.selectors import period_templates_get

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


TO_OFFICES = (ToldOfPeriod.APPROVED, ToldOfPeriod.CALLED_OFF)
"""The news that offices and classes hear too of which more is asked."""


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


def periods_standing(
    *, news: Mapping[UUID, Mapping[str, Any]], readers: Mapping[UUID, Actor], now: datetime
) -> set[UUID]:
    """Return which news of periods still hold: a review is told until the period begins, an end until it is summed up.

    Of a period that was called off only that holds. They are for those who would be told of it now. A few statements
    for each period, whatever the number of people.
    """
    ids = {UUID(told["period"]) for told in news.values()}
    rows = Period.objects.select_related("school").in_bulk(ids)
    about = {key: rows[UUID(told["period"])] for key, told in news.items()}
    reviewed = {about[key] for key, told in news.items() if told["what"] == ToldOfPeriod.REVIEW}
    done = set(PeriodSummary.objects.filter(period__in=ids).values_list("period", flat=True))
    done |= {row.id for row in reviewed if not is_undecided(period=row, now=now)}
    return _for_readers(
        {key: about[key] for key, told in news.items() if _holds(told, about[key], done, now)}, news, readers
    )


def _for_readers(
    about: Mapping[UUID, Period], news: Mapping[UUID, Mapping[str, Any]], readers: Mapping[UUID, Actor]
) -> set[UUID]:
    """Return which of the news are for their readers: who leads a school now, or a unit of which it asks."""
    leading = {key for key, row in about.items() if readers[key].holds(*_leading(news[key], row))}
    to_offices = {key: row for key, row in about.items() if key not in leading and news[key]["what"] in TO_OFFICES}
    units = {row: {*units_concerned(row=row)} for row in set(to_offices.values())}
    heads = {key for key, row in to_offices.items() if units[row] & readers[key].units(Role.OFFICE_HEAD)}
    return leading | heads


def _leading(told: Mapping[str, Any], row: Period) -> frozenset[Role]:
    """Return the roles of which one is held by whoever hears for the whole school: of a review those of its rungs."""
    if told["what"] != ToldOfPeriod.REVIEW:
        return with_those_above(*ANSWERING)
    rungs = period_templates_get(row.rulebook_id)[row.template].rungs
    return with_those_above(*(role for rung in rungs for role in rung.tell))


def _holds(told: Mapping[str, Any], row: Period, done: Collection[UUID], now: datetime) -> bool:
    """Say whether something of a period holds; `done` are those that are summed up, or reviewed where that is told."""
    if row.state == Period.State.CALLED_OFF:
        return bool(told["what"] == ToldOfPeriod.CALLED_OFF)
    if told["what"] == ToldOfPeriod.APPROVED:
        return row.state == Period.State.APPROVED
    if told["what"] == ToldOfPeriod.ENDED:
        return row.id not in done
    if told["what"] == ToldOfPeriod.STARTED:
        return row.state == Period.State.APPROVED
    return row.id not in done and now < midnight_of(row.school, row.starts_on)
