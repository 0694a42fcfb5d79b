"""The rules of duty shifts: which ones are led, how long they last, how far ahead they are planned. Pure."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from backend.duty.models import DutyShift, DutySlot

LED_KINDS = frozenset({DutyShift.Kind.WEEK, DutyShift.Kind.NIGHT, DutyShift.Kind.HOLIDAY})
"""Shifts with at least one leader; at noon and at the gate teachers may serve alone."""
LONGEST_SHIFT = timedelta(days=31)
LONGEST_ABSENCE = timedelta(days=400)
FURTHEST_AHEAD = timedelta(days=400)
MOST_SLOTS = 20
EMERGENCY_AHEAD = timedelta(hours=12)
"""The time before its beginning in which a shift can be taken over without asking its holder."""


@dataclass(frozen=True, slots=True)
class SlotDraft:
    """Somebody's part in a shift that is being planned."""

    part: DutySlot.Part
    person_id: UUID


@dataclass(frozen=True, slots=True)
class ShiftDraft:
    """A shift as it is being planned or changed."""

    kind: DutyShift.Kind
    place_id: UUID | None
    starts_at: datetime
    ends_at: datetime
    slots: Collection[SlotDraft]
    although_away: bool = False
    """True where it is meant although somebody in it is away during it."""

    @property
    def lacks_leader(self) -> bool:
        """Whether the shift has nobody to lead it although its kind needs one."""
        return self.kind in LED_KINDS and all(slot.part != DutySlot.Part.LEADER for slot in self.slots)

    def spans_well(self, now: datetime) -> bool:
        """Say whether it ends after it starts, is not too long, and does not lie too far ahead."""
        ends_in_time = self.starts_at < self.ends_at <= self.starts_at + LONGEST_SHIFT
        return ends_in_time and self.starts_at <= now + FURTHEST_AHEAD

    @property
    def is_manned_well(self) -> bool:
        """Whether some people serve in it, not too many, and each of them once."""
        people = [slot.person_id for slot in self.slots]
        return 1 <= len(people) <= MOST_SLOTS and len(set(people)) == len(people)
