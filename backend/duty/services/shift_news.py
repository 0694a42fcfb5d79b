"""News of a shift for the people in it: those who serve in it now, those who do no more, those whose shift moved."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID, uuid4

from backend.common.outbox import OutboxDraft, outbox_add
from backend.duty.models import DutyShift, DutySlot
from backend.duty.services.leading import leaders_changed
from backend.duty.shift_words import shift_words
from backend.organisation.actors import Actor

TOPIC = "duty.changed"


class ShiftNews(StrEnum):
    """The sorts of news about one's duty."""

    ENTERED = "entered"
    LEFT = "left"
    MOVED = "moved"
    WITHDRAWN = "withdrawn"
    TAKEN_OVER = "taken_over"


@dataclass(frozen=True, slots=True)
class ShiftState:
    """A shift at one moment: what, where and when it is, and who has which part in it."""

    shift: DutyShift
    kind: str
    place: tuple[str, str] | None
    starts_at: datetime
    ends_at: datetime
    parts: dict[UUID, str]

    @property
    def leaders(self) -> set[UUID]:
        """The people who lead it."""
        return {person_id for person_id, part in self.parts.items() if part == DutySlot.Part.LEADER}

    @property
    def turn(self) -> tuple[Any, ...]:
        """The facts that decide when and where people have to be."""
        return (self.kind, self.place, self.starts_at, self.ends_at)


def shift_state(*, shift: DutyShift) -> ShiftState:
    """Return a shift as it is stored."""
    stored = DutyShift.objects.select_related("place", "school").get(id=shift.id)
    place = (stored.place.name_zh, stored.place.name_en) if stored.place else None
    parts = dict(DutySlot.objects.filter(shift=stored).values_list("person_id", "part"))
    return ShiftState(stored, stored.kind, place, stored.starts_at, stored.ends_at, parts)


def shift_changed_tell(*, by: Actor, before: ShiftState | None, after: ShiftState | None, now: datetime) -> None:
    """Tell everybody whose duty came, went or moved, but who did it; None is a shift that is not there.

    Who leads now or no longer is besides news for those who watch over powers over people.
    """
    old, new = (state.parts if state else {} for state in (before, after))
    leaders_tell(by=by, before=before, after=after, now=now)
    has_moved = before is not None and after is not None and before.turn != after.turn
    gone = ShiftNews.LEFT if after else ShiftNews.WITHDRAWN
    news = (
        (ShiftNews.MOVED, old.keys() & new.keys() if has_moved else set()),
        (ShiftNews.ENTERED, new.keys() - old.keys()),
        (gone, old.keys() - new.keys()),
    )
    for what, people in news:
        shift_tell(what=what, by=by, state=after or before, was=before, people=people - {by.person_id}, now=now)


def leaders_tell(*, by: Actor, before: ShiftState | None, after: ShiftState | None, now: datetime) -> None:
    """Tell of those who lead a shift now or no longer; raise LeaderWithoutPost."""
    known = after or before
    led, leads = (state.leaders if state else set() for state in (before, after))
    bureau_id = known.shift.bureau_id if known else None
    leaders_changed(by=by, bureau_id=bureau_id, before=led, after=leads, now=now)


def shift_tell(
    *,
    what: ShiftNews,
    by: Actor,
    state: ShiftState | None,
    was: ShiftState | None,
    people: Collection[UUID],
    now: datetime,
) -> None:
    """Tell people one thing about a shift that is not over; `was` is how it was before it moved."""
    if state is None or not people or state.ends_at <= now:
        return
    moved = (was.starts_at, was.ends_at) if was and what is ShiftNews.MOVED else None
    draft = shift_draft(what=what, by_name=by.name, shift=state.shift, was=moved, people=people)
    outbox_add(drafts=[draft], now=now)


def shift_draft(
    *, what: ShiftNews, by_name: str, shift: DutyShift, was: tuple[datetime, datetime] | None, people: Collection[UUID]
) -> OutboxDraft:
    """Return one thing about a shift that is to be told people; `was` is when it began and ended before it moved."""
    payload = {
        "people": sorted(str(person) for person in people),
        "what": what,
        "by": by_name,
        **shift_words(shift),
        **({"was": {"starts_at": was[0].isoformat(), "ends_at": was[1].isoformat()}} if was else {}),
    }
    return OutboxDraft(TOPIC, f"{TOPIC}:{uuid4()}", payload)
