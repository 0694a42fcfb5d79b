"""Planning the duty roster of a workbook: the shifts to come, each with who leads and who serves. Pure."""

from collections.abc import Mapping
from copy import copy
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from backend.calendars.working_time import first_instant
from backend.common.lists_in_words import listed_in_words
from backend.duty.models import DutyShift, DutySlot
from backend.duty.selectors.away import away_said
from backend.duty.services.roster_batches import PlannedShift
from backend.duty.shift_rules import ShiftDraft, SlotDraft
from backend.organisation.models import Place
from backend.setup.workbook.plan import CellChange, Index, Plan, Sort
from backend.setup.workbook.reading import END_OF_DAY, Entry, Filled
from backend.setup.workbook.shape import SHIFT_KINDS, SheetName
from backend.setup.workbook.staff import Staff
from backend.setup.workbook.state import State

A_DAY = timedelta(days=1)
SHEET = SheetName.DUTY
Key = tuple[DutyShift.Kind, UUID | None, datetime]


def roster_plan(*, plan: Plan, state: State, filled: Filled, staff: Staff, places: Index[Place]) -> None:
    """Plan the shifts of the file that are not over; of those it does not have, none is taken back."""
    stored = {(DutyShift.Kind(shift.kind), shift.place_id, shift.starts_at): shift for shift in state.shifts}
    second = {(kind, place, _first(at, state.zone)): shift for (kind, place, at), shift in stored.items()}
    seen: dict[Key, int] = {}
    for entry in filled.of(SHEET):
        draft = _draft(plan, entry, staff, places, state.zone)
        if draft is None:
            continue
        known = stored.get((draft.kind, draft.place_id, draft.starts_at))
        known = known or second.get((draft.kind, draft.place_id, draft.starts_at))
        draft = _as_stored(draft, known, state.zone) if known else draft
        key = (draft.kind, draft.place_id, draft.starts_at)
        if key in seen:
            said = _("This stands in line %(line)d already.") % {"line": seen[key]}
            plan.refuse(SHEET, entry.line, "first", said)
        elif draft.ends_at <= plan.now:
            plan.add(SHEET, entry.line, Sort.STAYS, f"{_what(draft, state.zone)} · {_('is over')}")
        else:
            _put(plan, state, (entry.line, draft), known, staff)
        seen[key] = entry.line
    for key, shift in stored.items():
        if seen and key not in seen:
            draft = ShiftDraft(key[0], shift.place_id, shift.starts_at, shift.ends_at, ())
            plan.add(SHEET, 0, Sort.STAYS, _what(draft, state.zone))


def _draft(plan: Plan, entry: Entry, staff: Staff, places: Index[Place], zone: ZoneInfo) -> ShiftDraft | None:
    """Return a line as a shift, or note what is wrong with it."""
    faults = len(plan.errors)
    place = None
    if entry["place"]:
        place = places.one(entry["place"], plan.refusing(SHEET, entry.line, "place"))
    starts_at, ends_at = _span(entry, zone)
    slots = []
    are_known = True
    for column, part in (("leaders", DutySlot.Part.LEADER), ("teachers", DutySlot.Part.TEACHER)):
        for word in filter(None, entry[column].split(",")):
            person = staff.one(plan, SHEET, entry.line, word, column)
            are_known = are_known and person is not None
            if person is not None:
                slots.append(SlotDraft(part, person.id))
    draft = ShiftDraft(DutyShift.Kind(entry["kind"]), place.id if place else None, starts_at, ends_at, slots)
    for column, message in _faults(draft, plan.now, are_known=are_known).items():
        plan.refuse(SHEET, entry.line, column, message)
    return draft if len(plan.errors) == faults else None


def _first(at: datetime, zone: ZoneInfo) -> datetime:
    """Return the first instant at which the clock shows the same as at another: a sheet does not say which of two."""
    return first_instant(at.astimezone(zone).replace(tzinfo=None, fold=0), zone)


def _as_stored(draft: ShiftDraft, known: DutyShift, zone: ZoneInfo) -> ShiftDraft:
    """Return a line with the instants of the shift it is about, as far as the clock shows the same at them."""
    is_same_end = _first(known.ends_at, zone) == draft.ends_at
    return replace(draft, starts_at=known.starts_at, ends_at=known.ends_at if is_same_end else draft.ends_at)


def _faults(draft: ShiftDraft, now: datetime, *, are_known: bool) -> dict[str, str]:
    """Return the faults by column; of people whom a cell names, but nobody knows, that alone is said."""
    faults = {}
    if not draft.spans_well(now):
        faults["ends"] = _("A shift ends after it starts, lasts 31 days at most, and lies at most 400 days ahead.")
    if are_known and not draft.is_manned_well:
        faults["leaders"] = _("Please name 1 to 20 different people.")
    elif are_known and draft.lacks_leader:
        faults["leaders"] = _("Week, night and holiday duty needs a leader. Please name one.")
    return faults


def _span(entry: Entry, zone: ZoneInfo) -> tuple[datetime, datetime]:
    first = date.fromisoformat(entry["first"])
    last = date.fromisoformat(entry["last"] or entry["first"])
    starts_at = _instant(first, entry["starts"], zone)
    ends_at = _instant(last, entry["ends"], zone)
    return starts_at, ends_at if entry["last"] or ends_at > starts_at else _instant(last + A_DAY, entry["ends"], zone)


def _instant(day: date, clock: str, zone: ZoneInfo) -> datetime:
    if clock == END_OF_DAY:
        return first_instant(datetime.combine(day + A_DAY, time.min), zone)
    return first_instant(datetime.combine(day, time.fromisoformat(clock)), zone)


def _put(plan: Plan, state: State, given: tuple[int, ShiftDraft], known: DutyShift | None, staff: Staff) -> None:
    """Plan a shift as new, as changed, or as it is; say who in it is away then."""
    (line, draft), zone = given, state.zone
    parts = {slot.person_id: slot.part for slot in draft.slots}
    stored = None if known is None else {slot.person_id: slot for slot in known.slots.all()}
    shift = copy(known) if known else DutyShift(school=state.school, kind=draft.kind, place_id=draft.place_id)
    shift.starts_at, shift.ends_at = draft.starts_at, draft.ends_at
    planned = PlannedShift(shift, parts, stored, known.ends_at if known else None)
    what = _what(draft, zone)
    warning = away_said(absences=planned.away(state.absences, plan.now))
    if known is None or stored is None:
        plan.add(SHEET, line, Sort.NEW, what, warning=warning)
    else:
        before = {one: DutySlot.Part(slot.part) for one, slot in stored.items()}
        cells = [
            CellChange(str(_("Until")), _clock(known.ends_at, zone), _clock(shift.ends_at, zone)),
            CellChange(str(_("On duty")), _people(before, staff), _people(parts, staff)),
        ]
        differing = [cell for cell in cells if cell.before != cell.after]
        if not differing:
            plan.same[SHEET] += 1
            return
        plan.add(SHEET, line, Sort.CHANGED, what, cells=differing, warning=warning)
    plan.shifts.append(planned)


def _people(parts: Mapping[UUID, DutySlot.Part], staff: Staff) -> str:
    leads = {one: f" ({_('Leader')})" if part is DutySlot.Part.LEADER else "" for one, part in parts.items()}
    return listed_in_words(sorted(f"{staff.names[one]}{lead}" for one, lead in leads.items()))


def _what(draft: ShiftDraft, zone: ZoneInfo) -> str:
    return f"{SHIFT_KINDS[draft.kind]} · {_clock(draft.starts_at, zone)}"


def _clock(at: datetime, zone: ZoneInfo) -> str:
    return f"{at.astimezone(zone):%Y-%m-%d %H:%M}"
