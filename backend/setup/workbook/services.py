"""Taking a workbook into use: what was shown and confirmed, all of it or nothing, through the doors of each part."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from backend.common.errors import Conflict, NotFound
from backend.common.later import Later
from backend.common.table_files import Sheet
from backend.duty.services.roster_batches import shifts_put
from backend.organisation.actors import Actor
from backend.organisation.models import Appointment, ContactChannel, Person, Place, School, TelephoneNumber, Unit
from backend.organisation.permissions import Permission
from backend.organisation.services.appointing import appointments_add, appointments_end, posts_ensure
from backend.organisation.services.bureau_officers import officers_enter
from backend.organisation.services.entered_addresses import addresses_enter
from backend.setup.workbook.bureau import officers_plan
from backend.setup.workbook.plan import Plan
from backend.setup.workbook.posts import posts_plan
from backend.setup.workbook.reading import workbook_read
from backend.setup.workbook.roster import roster_plan
from backend.setup.workbook.staff import emails_plan, people_plan
from backend.setup.workbook.state import rows_of, state_load
from backend.setup.workbook.storing import rows_store
from backend.setup.workbook.telephones import telephones_plan
from backend.setup.workbook.trees import places_plan, units_plan

if TYPE_CHECKING:
    from backend.setup.workbook import writing
else:
    writing = Later("backend.setup.workbook.writing")


class WorkbookOutdated(Conflict):
    """The school changed since the preview was made, so that the workbook would do something else now."""

    code = "workbook_outdated"
    title = _("Something changed meanwhile. Please look at the preview again and confirm that.")


@dataclass(frozen=True, slots=True)
class Preview:
    """The plan of a workbook, and which of its sheets and columns nothing is taken from."""

    plan: Plan
    left_out: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Taken:
    """The plan that was carried out, and how many changes wait for a second person."""

    plan: Plan
    waiting: int


def workbook_export(*, school: School, now: datetime) -> bytes:
    """Return the present state of a school as a workbook: read again, it changes nothing."""
    return writing.workbook_written(rows=rows_of(state=state_load(school=school, now=now)))


def workbook_preview(*, school: School, actor: Actor | None, sheets: Sequence[Sheet], now: datetime) -> Preview:
    """Return what the sheets would do, and store nothing; raise NotFound, or FileUnreadable."""
    _check(school, actor)
    state = state_load(school=school, now=now)
    filled = workbook_read(sheets=sheets)
    plan = Plan(now, errors=list(filled.errors))
    units = units_plan(plan=plan, state=state, filled=filled)
    places = places_plan(plan=plan, state=state, filled=filled, units=units)
    telephones_plan(plan=plan, state=state, filled=filled, units=units)
    staff = people_plan(plan=plan, state=state, filled=filled)
    emails_plan(plan=plan, state=state, filled=filled, staff=staff)
    posts_plan(plan=plan, state=state, filled=filled, staff=staff, units=units)
    roster_plan(plan=plan, state=state, filled=filled, staff=staff, places=places)
    officers_plan(plan=plan, state=state, filled=filled)
    return Preview(plan, filled.left_out)


@transaction.atomic
def workbook_take(
    *,
    school: School,
    actor: Actor | None,
    sheets: Sequence[Sheet],
    digest: str,
    keeping: Collection[str],
    now: datetime,
) -> Taken:
    """Store what was shown under a digest, but end nothing in `keeping`; raise WorkbookOutdated or NotFound.

    Posts that open sealed tickets, and addresses of whoever holds one, wait for a second person, as through any other
    door; while a school is being set up, nobody waits.
    """
    School.objects.select_for_update(no_key=True).get(id=school.id)
    plan = workbook_preview(school=school, actor=actor, sheets=sheets, now=now).plan
    if plan.errors or plan.digest != digest:
        raise WorkbookOutdated
    rows_store(Unit, plan.units, ["name_zh", "name_en", "parent"])
    rows_store(Place, plan.places, ["name_zh", "name_en", "parent", "owner"])
    rows_store(TelephoneNumber, plan.telephones, ["name_zh", "name_en", "number"])
    rows_store(School, plan.school, ["intake_unit", "protection_unit"])
    rows_store(Person, plan.people, ["name", "language"])
    waiting = _appoint(school, actor, plan, now)
    ended = [row for row in plan.ends if str(row.pk) not in keeping]
    appointments_end(by=actor, appointments=ended, now=now)
    email = ContactChannel.Kind.EMAIL
    channels = [ContactChannel(person=person, kind=email, address=address) for person, address in plan.emails]
    waiting += addresses_enter(by=actor, channels=channels, now=now)
    shifts_put(by=actor, planned=plan.shifts, now=now)
    waiting += officers_enter(by=actor, school=school, officers=plan.officers, now=now)
    return Taken(plan, waiting)


def _check(school: School, actor: Actor | None) -> None:
    """Let administrators of the school in, and commands of whoever runs the installation."""
    if actor is not None and (actor.school_id != school.id or not actor.may(Permission.CONFIGURATION_WRITE)):
        raise NotFound


def _appoint(school: School, actor: Actor | None, plan: Plan, now: datetime) -> int:
    if not plan.posts:
        return 0
    posts = posts_ensure(school=school, keys={key for _person, key, _is_deputy in plan.posts})
    appointments = [
        Appointment(post=posts[key], person=person, is_deputy=is_deputy, starts_at=now)
        for person, key, is_deputy in plan.posts
    ]
    return len(appointments_add(by=actor, appointments=appointments, now=now))
