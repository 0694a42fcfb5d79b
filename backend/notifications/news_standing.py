"""News about people and schools whose reason is gone when they would be sent; those of tickets have rules of their own.

A message is tried for up to three days. Until then a change may have been decided, a duty moved on, a hole filled.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from backend.duty.models import DutyShift, DutySlot
from backend.duty.selectors.unmanned import shifts_unmanned
from backend.duty.services.shift_news import ShiftNews, shift_words
from backend.notifications.models import Notice, SubjectKind
from backend.organisation.models import PendingPower
from backend.organisation.services.powers import Stage
from backend.rulebook.models import RulebookCheck

POWERS, DUTY, UNMANNED, CHECKED = "people.power_changed", "duty.changed", "duty.unmanned", "rulebook.checked"
HAS_DUTY = frozenset({ShiftNews.ENTERED, ShiftNews.MOVED})
HAS_NONE = frozenset({ShiftNews.LEFT, ShiftNews.WITHDRAWN})


@dataclass(frozen=True, slots=True)
class _Present:
    """The present state of what the news are about."""

    waiting: set[UUID]
    shifts: dict[UUID, DutyShift]
    slots: set[tuple[UUID, UUID]]
    unmanned: set[UUID]
    unfound: set[UUID]
    """Schools whose rulebook was checked last without a finding."""


def news_standing(*, notices: Sequence[Notice], now: datetime) -> list[Notice]:
    """Return the notices without the news that do not hold any more; five statements at most for any number."""
    there = _present([row for row in notices if row.subject_kind != SubjectKind.TICKET], now)
    return [row for row in notices if row.subject_kind == SubjectKind.TICKET or _holds(row, there)]


def _present(news: Sequence[Notice], now: datetime) -> _Present:
    pending = _ids(news, POWERS, "pending")
    shifts = _ids(news, DUTY, "shift")
    empty = {UUID(one) for row in news if row.kind == UNMANNED for one in row.params.get("shifts", ())}
    schools = {row.subject_id for row in news if row.kind == CHECKED}
    stored = DutyShift.objects.select_related("place", "school")
    waiting = PendingPower.objects.filter(id__in=pending, outcome=PendingPower.Outcome.WAITING)
    checked = RulebookCheck.objects.filter(school__in=schools, findings=[])
    return _Present(
        waiting=set(waiting.values_list("id", flat=True)) if pending else set(),
        shifts=stored.in_bulk(shifts) if shifts else {},
        slots=set(DutySlot.objects.filter(shift__in=shifts).values_list("shift", "person")) if shifts else set(),
        unmanned={row.id for row in shifts_unmanned(shifts=DutyShift.objects.filter(id__in=empty), now=now)}
        if empty
        else set(),
        unfound=set(checked.values_list("school", flat=True)) if schools else set(),
    )


def _ids(news: Iterable[Notice], kind: str, name: str) -> set[UUID]:
    return {UUID(row.params[name]) for row in news if row.kind == kind and row.params.get(name)}


def _holds(notice: Notice, there: _Present) -> bool:
    """Say whether a notice still tells what is so; of one that names nothing to ask for, that is taken for granted."""
    told = notice.params
    if notice.kind == POWERS and told.get("pending") and told["stage"] in {Stage.ASKED, Stage.REMINDED}:
        return UUID(told["pending"]) in there.waiting
    if notice.kind == DUTY and told.get("shift"):
        return _duty_holds(notice, there)
    if notice.kind == UNMANNED and told.get("shifts"):
        return any(UUID(one) in there.unmanned for one in told["shifts"])
    return notice.kind != CHECKED or notice.subject_id not in there.unfound


def _duty_holds(notice: Notice, there: _Present) -> bool:
    told = notice.params
    shift = there.shifts.get(UUID(told["shift"]))
    serves = shift is not None and (shift.id, notice.person_id) in there.slots
    if told["what"] in HAS_DUTY:
        return shift is not None and serves and shift_words(shift).items() <= told.items()
    return not serves or told["what"] not in HAS_NONE
