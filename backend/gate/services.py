"""Writing the log of the gate: whoever comes in or is not let in, leaves, is expected; corrections are new entries."""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

from django.db import transaction
from django.db.models import Sum
from django.db.models.functions import Coalesce

from backend.common.errors import NotFound
from backend.common.outbox import OutboxDraft, outbox_add
from backend.gate.errors import (
    CountBelowZero,
    DayPast,
    NotInside,
    NotOpenToday,
    OpenAlready,
    OpenDayCounted,
    TooManyEntries,
    UnknownGate,
    UnknownVisited,
    VisitedUnsaid,
)
from backend.gate.models import KEPT, GateCount, GateEntry, GateRule, GateVisit, OpenDay, What
from backend.gate.selectors import (
    asked_about,
    gate_at,
    gate_kept,
    host_at,
    office_at,
    open_day_at,
    open_day_get,
    school_of_gate,
    stand_in_of,
    today_at,
    visit_lock,
)
from backend.organisation.actors import Actor
from backend.organisation.models import School
from backend.organisation.permissions import Permission

TOPIC = "gate.told"
MOST_ENTRIES = 50
ROOM_FOR = {What.EXPECTED: 30, What.NOT_EXPECTED: 30, What.LEFT: MOST_ENTRIES + 1}
"""Before how many entries each is added: a host's words leave room for the gate's, and leaving is always entered."""
FORGOTTEN_AT_ONCE = 1000


@dataclass(frozen=True, slots=True)
class VisitDraft:
    """A visitor as they are entered: one person or one office is visited; `refused` is why they are not let in."""

    gate_id: UUID
    purpose: str
    visitor: str
    host_id: UUID | None = None
    office_id: UUID | None = None
    plate: str = ""
    people: int = 1
    refused: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class CountDraft:
    """People counted at a gate; below zero takes away what was counted too much."""

    gate_id: UUID
    came_in: int = 0
    went_out: int = 0


Drafted = Callable[[], VisitDraft]


@transaction.atomic
def visit_enter(
    *,
    actor: Actor,
    drafted: Drafted,
    now: datetime,
    came_at: datetime | None = None,
    visit_id: UUID | None = None,
) -> UUID:
    """Enter somebody who comes in or is not let in, and ask the host; a draft is read for keepers of the gate only.

    They come now, or came earlier where their entry waited for a network. A form gives the id that follows from what it
    sends, so that it is known as long as the log is kept that it was sent.
    """
    school = school_of_gate(actor=actor)
    if visit_id is not None and GateVisit.objects.filter(id=visit_id).exists():
        return visit_id
    draft = drafted()
    _check(actor, draft)
    visit = GateVisit.objects.create(
        id=visit_id or uuid4(), school=school, came_at=came_at or now, is_inside=not draft.refused
    )
    what = What.REFUSED if draft.refused else What.CAME
    entry = GateEntry(
        visit=visit, number=1, what=what, came_at=visit.came_at, written_by_id=actor.person_id, written_at=now
    )
    _fill(entry, draft)
    entry.asked_id = _asked_instead(school, draft, now)
    entry.save(force_insert=True)
    if not draft.refused:
        _tell(school, entry, to=entry.asked_id_now, now=now)
    return visit.id


@transaction.atomic
def visit_leave(*, actor: Actor, visit_id: UUID, now: datetime) -> None:
    """Note that somebody has left."""
    visit = _kept(actor, visit_id, now)
    if not visit.is_inside:
        raise NotInside
    _add(visit, actor, What.LEFT, now, left_at=now)


@transaction.atomic
def visit_correct(
    *, actor: Actor, visit_id: UUID, drafted: Callable[[], tuple[VisitDraft, bool]], now: datetime
) -> None:
    """Correct what was entered; with True beside the draft they had not left after all. Another host is asked anew."""
    visit = _kept(actor, visit_id, now)
    before, (draft, is_back) = visit.entry, drafted()
    _check(actor, draft, host_id=before.host_id)
    left_at = None if is_back or draft.refused else before.left_at
    is_same = (before.host_id, bool(before.refused)) == (draft.host_id, bool(draft.refused))
    asked_id = before.asked_id if is_same else _asked_instead(visit.school, draft, now)
    expected = before.expected if is_same else None
    given = {**asdict(draft), "left_at": left_at, "expected": expected, "asked_id": asked_id}
    entry = _add(visit, actor, What.CORRECTED, now, **given)
    if visit.is_inside and not is_same:
        _tell(visit.school, entry, to=entry.asked_id_now, now=now)


@transaction.atomic
def visit_expect(*, actor: Actor, visit_id: UUID, said: Callable[[], bool], now: datetime) -> None:
    """Say as the host, or in their place, whether the visitor is expected; where not, the gate hears of it at once."""
    visit = visit_lock(actor=actor, visit_id=visit_id, now=now)
    before = visit.entry
    if not asked_about(actor=actor, entry=before):
        raise NotFound
    if not visit.is_inside:
        raise NotInside
    expected = said()
    if before.expected is expected:
        return
    what = What.EXPECTED if expected else What.NOT_EXPECTED
    entry = _add(visit, actor, what, now, expected=expected)
    if not expected:
        _tell(visit.school, entry, to=visit.entries.get(number=1).written_by_id, now=now)


@transaction.atomic
def stay_set(*, actor: Actor, minutes: int, now: datetime) -> None:
    """Set after how many minutes somebody should have left."""
    actor.require(Permission.GATE_SET)
    values = {"stay_minutes": minutes, "set_by_id": actor.person_id, "set_at": now}
    GateRule.objects.update_or_create(school_id=actor.school_scope, defaults=values)


@transaction.atomic
def open_day_call(*, actor: Actor, day: date, about: str, now: datetime) -> UUID:
    """Make a day an open day, on which people are counted."""
    actor.require(Permission.GATE_SET)
    school = school_of_gate(actor=actor)
    if day < today_at(school=school, now=now):
        raise DayPast(pointer="/day")
    given = {"about": about, "called_by_id": actor.person_id, "called_at": now}
    called, is_new = OpenDay.objects.get_or_create(school=school, day=day, defaults=given)
    if not is_new:
        raise OpenAlready
    return called.id


@transaction.atomic
def open_day_take_back(*, actor: Actor, day_id: UUID) -> None:
    """Make a day an ordinary one again; raise OpenDayCounted once anybody was counted on it, and NotFound."""
    actor.require(Permission.GATE_SET)
    open_day = open_day_get(actor=actor, day_id=day_id)
    _counting_lock(open_day.school_id)
    if GateCount.objects.filter(open_day=open_day).exists():
        raise OpenDayCounted
    OpenDay.objects.filter(id=open_day.id).delete()


@transaction.atomic
def people_count(*, actor: Actor, counted: Callable[[], CountDraft], now: datetime) -> UUID:
    """Count people at a gate on an open day, or take some away again; return the day."""
    school, draft = school_of_gate(actor=actor), counted()
    _counting_lock(school.id)
    open_day = open_day_at(school=school, now=now)
    if open_day is None:
        raise NotOpenToday
    if gate_at(actor=actor, place_id=draft.gate_id) is None:
        raise UnknownGate(pointer="/gate")
    _taken_away_check(open_day, draft)
    GateCount.objects.create(open_day=open_day, counted_by_id=actor.person_id, counted_at=now, **asdict(draft))
    return open_day.id


def _counting_lock(school_id: UUID) -> None:
    """Let people be counted, taken away and the day taken back one after the other."""
    School.objects.select_for_update(no_key=True).get(id=school_id)


def _taken_away_check(open_day: OpenDay, draft: CountDraft) -> None:
    taken = [name for name in ("came_in", "went_out") if getattr(draft, name) < 0]
    if not taken:
        return
    counted = GateCount.objects.filter(open_day=open_day, gate=draft.gate_id)
    sums = counted.aggregate(**{name: Coalesce(Sum(name), 0) for name in taken})
    if any(sums[name] + getattr(draft, name) < 0 for name in taken):
        raise CountBelowZero(pointer=f"/{taken[0]}")


@transaction.atomic
def visits_forget(*, now: datetime) -> int:
    """Delete up to 1000 visits that are 90 days over, with everything entered about them; return how many.

    The database refuses to delete anything younger, whoever asks.
    """
    old = GateVisit.objects.filter(came_at__lte=now - KEPT).order_by("came_at")
    ids = list(old.values_list("id", flat=True)[:FORGOTTEN_AT_ONCE])
    GateEntry.objects.filter(visit__in=ids).delete()
    return GateVisit.objects.filter(id__in=ids).delete()[0]


def _kept(actor: Actor, visit_id: UUID, now: datetime) -> GateVisit:
    """Return a visit, locked, for whoever keeps the gate; its host changes nothing but their own word."""
    visit = visit_lock(actor=actor, visit_id=visit_id, now=now)
    if not gate_kept(actor=actor):
        raise NotFound
    return visit


def _check(actor: Actor, draft: VisitDraft, *, host_id: UUID | None = None) -> None:
    """Refuse what makes no sense; `host_id` was the host before, and may have left the school since."""
    if gate_at(actor=actor, place_id=draft.gate_id) is None:
        raise UnknownGate(pointer="/gate")
    if (draft.host_id and draft.office_id) or not (draft.host_id or draft.office_id or draft.refused):
        raise VisitedUnsaid(pointer="/host")
    is_same = draft.host_id == host_id
    if draft.host_id and not is_same and host_at(actor=actor, person_id=draft.host_id) is None:
        raise UnknownVisited(pointer="/host")
    if draft.office_id and office_at(actor=actor, unit_id=draft.office_id) is None:
        raise UnknownVisited(pointer="/office")


def _asked_instead(school: School, draft: VisitDraft, now: datetime) -> UUID | None:
    if draft.host_id is None or draft.refused:
        return None
    return stand_in_of(school=school, host_id=draft.host_id, now=now)


def _fill(entry: GateEntry, draft: VisitDraft) -> None:
    for name, value in asdict(draft).items():
        setattr(entry, name, value)


def _add(visit: GateVisit, actor: Actor, what: What, now: datetime, **changes: Any) -> GateEntry:
    """Write the next entry of a visit: as the one before, but for what changes."""
    if visit.entry_count >= ROOM_FOR.get(what, MOST_ENTRIES):
        raise TooManyEntries
    entry = visit.entry
    entry.pk, entry.number, entry.what = None, visit.entry_count + 1, what
    entry.written_by_id, entry.written_at = actor.person_id, now
    for name, value in changes.items():
        setattr(entry, name, value)
    entry.save(force_insert=True)
    visit.entry_count = entry.number
    visit.is_inside = not entry.refused and entry.left_at is None
    visit.save(update_fields=["entry_count", "is_inside"])
    return entry


def _tell(school: School, entry: GateEntry, *, to: UUID | None, now: datetime) -> None:
    """Tell somebody of a visitor: at which gate and what for, never who it is, since a locked screen shows it."""
    if to is None:
        return
    gate = entry.gate
    payload = {
        "people": [str(to)],
        "what": What.NOT_EXPECTED.value if entry.expected is False else What.CAME.value,
        "visit": str(entry.visit_id),
        "host": str(entry.asked_id_now),
        **({"instead_of": entry.host.name} if entry.host and entry.asked_id else {}),
        "school": str(school.id),
        "purpose": entry.purpose,
        "gate": {"zh": gate.name_zh, "en": gate.name_en},
        "at": entry.came_at.isoformat(),
        "zone": school.time_zone,
        "path": f"/gate/visits/{entry.visit_id}",
    }
    draft = OutboxDraft(TOPIC, f"{TOPIC}:{entry.visit_id}:{entry.number}", payload)
    outbox_add(drafts=[draft], now=now)
