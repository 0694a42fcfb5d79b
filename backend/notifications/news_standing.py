"""News about people and schools whose reason is gone when they would be sent; those of tickets have rules of their own.

A message is tried for up to three days. Until then a change may have been decided, a duty moved on, a hole filled, a
file removed; or its reader holds the post no more as which they were to hear of it. Both are asked of every kind.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from django.conf import settings
from django.utils.module_loading import import_string

from backend.duty.models import DutyShift, DutySlot
from backend.duty.selectors import actors_of
from backend.duty.selectors.unmanned import shifts_unmanned
from backend.duty.services.shift_news import ShiftNews
from backend.duty.shift_words import shift_words
from backend.notifications.models import Notice, SubjectKind
from backend.organisation.actors import Actor
from backend.organisation.models import PendingPower
from backend.organisation.powers import OVER_SEALED
from backend.organisation.roles import CHAINS, Role
from backend.organisation.services.powers import Stage
from backend.rulebook.models import RulebookCheck

POWERS, DUTY, UNMANNED, CHECKED = "people.power_changed", "duty.changed", "duty.unmanned", "rulebook.checked"
HAS_DUTY = frozenset({ShiftNews.ENTERED, ShiftNews.MOVED})
HAS_NONE = frozenset({ShiftNews.LEFT, ShiftNews.WITHDRAWN})
ANSWERING = (*CHAINS[Role.COORDINATOR], Role.DUTY_LEADER)
"""Those who hear what is wrong with a school's rosters and rules: its coordinator, or whoever stands in."""


class Standing(Protocol):
    """A room beside this one that says which of its news still hold for their readers; settings name one by kind."""

    def __call__(
        self, *, news: Mapping[UUID, Mapping[str, Any]], readers: Mapping[UUID, Actor], now: datetime
    ) -> set[UUID]:
        """Return the ids of those that do, of news with what they are about and who would read them now."""


@dataclass(frozen=True, slots=True)
class _Present:
    """The present state of what the news are about, and who their readers are."""

    waiting: set[UUID]
    shifts: dict[UUID, DutyShift]
    slots: set[tuple[UUID, UUID]]
    unmanned: set[UUID]
    unfound: set[UUID]
    """Schools whose rulebook was checked last without a finding."""
    readers: Mapping[UUID, Actor]


def news_standing(*, notices: Sequence[Notice], now: datetime) -> list[Notice]:
    """Return the notices without the news that do not hold any more; six statements at most for any number.

    Where a room beside this one answers for a kind, those that it asks come to them.
    """
    news = [row for row in notices if row.subject_kind != SubjectKind.TICKET]
    there = _present(news, now)
    gone = {row.id for row in news if row.kind in HOLDS and not HOLDS[row.kind](row, there)}
    for kind, path in settings.NEWS_STANDING.items():
        told = {row.id: row.params for row in news if row.kind == kind}
        readers = {row.id: there.readers[row.person_id] for row in news if row.kind == kind}
        standing: Standing = import_string(path)
        gone |= told.keys() - standing(news=told, readers=readers, now=now) if told else set()
    return [row for row in notices if row.id not in gone]


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
        readers=actors_of(person_ids={row.person_id for row in news}) if news else {},
    )


def _ids(news: Iterable[Notice], kind: str, name: str) -> set[UUID]:
    return {UUID(row.params[name]) for row in news if row.kind == kind and row.params.get(name)}


def _power_holds(notice: Notice, there: _Present) -> bool:
    """Say whether a change is still asked for where it is, and its reader is concerned or still looks after powers."""
    told = notice.params
    asks = told.get("pending") and told["stage"] in {Stage.ASKED, Stage.REMINDED}
    if asks and UUID(told["pending"]) not in there.waiting:
        return False
    return str(notice.person_id) in told.get("own", (str(notice.person_id),)) or _reader_holds(
        notice, there, *OVER_SEALED
    )


def _duty_holds(notice: Notice, there: _Present) -> bool:
    told = notice.params
    shift = there.shifts.get(UUID(told["shift"]))
    serves = shift is not None and (shift.id, notice.person_id) in there.slots
    if told["what"] in HAS_DUTY:
        return shift is not None and serves and shift_words(shift).items() <= told.items()
    return not serves or told["what"] not in HAS_NONE


def _unmanned_holds(notice: Notice, there: _Present) -> bool:
    is_empty = any(UUID(one) in there.unmanned for one in notice.params["shifts"])
    return is_empty and _reader_holds(notice, there, *ANSWERING)


def _checked_holds(notice: Notice, there: _Present) -> bool:
    return notice.subject_id not in there.unfound and _reader_holds(notice, there, *ANSWERING)


def _reader_holds(notice: Notice, there: _Present, *roles: Role) -> bool:
    reader = there.readers.get(notice.person_id)
    return reader is not None and reader.holds(*roles)


HOLDS: Mapping[str, Callable[[Notice, _Present], bool]] = {
    POWERS: _power_holds,
    DUTY: _duty_holds,
    UNMANNED: _unmanned_holds,
    CHECKED: _checked_holds,
}
"""By the kind of news; those about rounds are looked at again where their words are made."""
