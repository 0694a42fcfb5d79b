"""The simulated schools as plans of rounds ask them: the rules they work by, their posts, and a roster for the year."""

from collections.abc import Mapping, Sequence
from copy import deepcopy
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from backend.duty.models import Absence, DutyShift, DutySlot
from backend.duty.services import shift_add
from backend.duty.shift_rules import ShiftDraft, SlotDraft
from backend.organisation.models import Appointment, Place, School, Unit
from backend.rulebook.models import SchoolRulebook
from backend.rulebook.services import rulebook_activate, rulebook_load
from tools.prove.simulate.minutes import DAY
from tools.prove.simulate.people import LEADING, People, Seat, Shift
from tools.prove.simulate.rounds import Site, Who
from tools.prove.simulate.stage import SchoolStage

MOST_UNITS, WEEK = 3, 7 * DAY
BEGINS = time(7)
"""The hour of a Monday at which the leader on duty changes."""
WALKED = {"PATROL": "4h", "NIGHT_PATROL": "4h"}
"""The patrols that are held all year, and how often; a year of every second hour would only cost more."""
INSPECTED = "INSPECT_SITES"


def site_laid_out(stage: SchoolStage, *, now: datetime, days: int) -> Site:
    """Have a school work by rules with rounds, with a leader on duty each week; return all that plans ask about it."""
    school = School.objects.get(id=stage.school.id)
    School.objects.filter(id=school.id, live_at=None).update(live_at=now)
    codes: dict[str, list[str]] = {
        kind: _codes(school, kind) for kind in (Unit.Kind.OFFICE, Unit.Kind.CLASS, Unit.Kind.GRADE)
    }
    content = _content(school, codes)
    version, _is_new = rulebook_load(content=content, now=now)
    rulebook_activate(school=school, version=version, now=now)
    people = People(_seats(school), _shifts(bureau=school.bureau_id), _away())
    people.shifts += _week_by_week(stage, now, days)
    return Site(
        school=school.id,
        zone=school.time_zone,
        document=stage.document,
        plans=content["rounds"]["plans"],
        people=people,
        offices=codes[Unit.Kind.OFFICE],
        classes=codes[Unit.Kind.CLASS],
        grades=codes[Unit.Kind.GRADE],
    )


def who_is(site: Site, person: UUID, at: datetime) -> Who:
    """Return somebody with the posts they hold, and the lead of a shift in force."""
    posts = {(seat.role, seat.unit) for seat in site.people.seats if seat.person == person}
    return Who(person, frozenset(posts | ({(LEADING, "")} if site.people.leads(person, at) else set())))


def owners_of(site: Site, places: Sequence[str]) -> list[str]:
    """Return the codes of the units that look after some places; for a class the intake office does."""
    rows = Place.objects.filter(school=site.school, code__in=places).order_by("code")
    owners = rows.values_list("owner__code", "owner__kind", "school__intake_unit__code")
    return list(dict.fromkeys(intake if kind == Unit.Kind.CLASS else code for code, kind, intake in owners))


def _codes(school: School, kind: str) -> list[str]:
    return list(Unit.objects.filter(school=school, kind=kind).order_by("code").values_list("code", flat=True))


def _content(school: School, codes: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    """Return the school's rules with plans for a few units, so that a year of them stays short."""
    used = SchoolRulebook.objects.select_related("version").get(school=school)
    content: dict[str, Any] = deepcopy(used.version.content)
    plans, route = content["rounds"]["plans"], _places(school)[:1]
    few = ["security", *[code for code in codes[Unit.Kind.OFFICE] if code != "security"]][:MOST_UNITS]
    plans["DAILY_REPORT"]["only"] = few
    if codes[Unit.Kind.CLASS]:
        plans["MORNING_CHECK"]["only"] = list(codes[Unit.Kind.CLASS][:MOST_UNITS])
    for code, every in WALKED.items():
        plans[code].pop("switched_off", None)
        plans[code] |= {"route": route, "again": {**plans[code]["again"], "every": every}}
    return content


def _places(school: School) -> list[str]:
    return list(Place.objects.filter(school=school).order_by("code").values_list("code", flat=True))


def _seats(school: School) -> list[Seat]:
    """Return every post held at the school and at its bureau; the simulation changes none of them."""
    held = Appointment.objects.filter(ends_at=None, person__channels__verified_at__isnull=False).distinct()
    here = held.filter(post__school=school) | held.filter(post__bureau=school.bureau_id)
    rows = here.values_list("post__role", "post__unit__code", "person", "is_deputy")
    return [Seat(role, unit or "", person, is_deputy) for role, unit, person, is_deputy in rows]


def _away() -> list[tuple[UUID, datetime, datetime]]:
    """Return who is away from when until when, as it was entered before."""
    return list(Absence.objects.values_list("person", "starts_at", "ends_at"))


def _shifts(**where: UUID) -> list[Shift]:
    shifts = DutyShift.objects.filter(**where).prefetch_related("slots").order_by("starts_at", "id")
    return [_told(shift) for shift in shifts]


def _told(shift: DutyShift) -> Shift:
    slots = list(shift.slots.all())
    leading = {slot.person_id for slot in slots if slot.part == DutySlot.Part.LEADER}
    serving = {slot.person_id for slot in slots}
    of_bureau = shift.bureau_id is not None
    return Shift(shift.id, shift.kind, shift.starts_at, shift.ends_at, serving, leading, of_bureau)


def _week_by_week(stage: SchoolStage, now: datetime, days: int) -> list[Shift]:
    """Plan a leader and somebody beside them for each week of the simulation, in place of the school's own roster."""
    DutyShift.objects.filter(school=stage.school).delete()
    zone, heads = ZoneInfo(stage.school.time_zone), list(stage.heads.values())
    leaders = [stage.vice_principal, stage.coordinator, *heads[:2]]
    beside = next(one for one in reversed(stage.reporters) if one not in leaders)
    today = now.astimezone(zone).date()
    monday = today - timedelta(days=today.weekday())
    drafts: list[ShiftDraft] = []
    while monday < today + timedelta(days=days):
        begins, ends = (_morning(day, zone) for day in (monday, monday + WEEK))
        leader = leaders[len(drafts) % len(leaders)]
        slots = [SlotDraft(DutySlot.Part.LEADER, leader.person_id), SlotDraft(DutySlot.Part.TEACHER, beside.person_id)]
        drafts.append(ShiftDraft(DutyShift.Kind.WEEK, None, begins, ends, slots))
        monday += WEEK
    return [_told(shift_add(actor=stage.principal, draft=draft, now=now)) for draft in drafts]


def _morning(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, BEGINS, zone)
