"""Contact tests as subjects of the deadline engine: no answer is told to whoever was asked and keeps the roster."""

import logging
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from backend.common.outbox import OutboxDraft, outbox_add
from backend.deadlines.handlers import Firing
from backend.duty.contact_news import ToldOfContact, contact_drafts, keepers_draft
from backend.duty.models import ContactTest, DutySlot
from backend.duty.reach import Directory
from backend.duty.selectors.contact import contacts_open
from backend.duty.selectors.reaching import directory_load
from backend.organisation.models import Person, School
from backend.organisation.roles import Role

logger = logging.getLogger(__name__)


class ContactSubjects:
    """Contact tests as subjects of the deadline engine."""

    def lock(self, subject_ids: Collection[UUID]) -> set[UUID]:
        """Lock these tests without waiting; return those locked."""
        locked = ContactTest.objects.select_for_update(skip_locked=True, no_key=True).filter(id__in=subject_ids)
        return set(locked.values_list("id", flat=True))

    def fire(self, firings: Sequence[Firing], *, now: datetime) -> None:
        """Tell of each test that nobody answered: the number of statements does not depend on their number."""
        ids = {firing.subject_id for firing in firings}
        waiting = contacts_open(now=now).filter(id__in=ids)
        behind = ("shift__school", "shift__place", "shift__bureau", "person")
        rows = list(waiting.select_related(*behind).order_by("due_at", "id"))
        schools = {row.shift.school_id for row in rows if row.shift.school_id}
        bureaus = {row.shift.bureau_id for row in rows if row.shift.bureau_id}
        one_of = dict(School.objects.filter(bureau__in=bureaus).order_by("code").values_list("bureau", "id"))
        directory = directory_load(school_ids={*schools, *one_of.values()}, now=now)
        names = dict(Person.objects.filter(id__in=_reached_all(rows, directory)).values_list("id", "name"))
        slots = DutySlot.objects.filter(shift__in=[row.shift_id for row in rows])
        leading = set(slots.filter(part=DutySlot.Part.LEADER).values_list("shift", "person"))
        told = contact_drafts(ToldOfContact.MISSED, rows)
        for row in rows:
            told += _keepers(row, directory, one_of, names if (row.shift_id, row.person_id) in leading else {})
        outbox_add(drafts=told, now=now)


def _keepers(
    row: ContactTest, directory: Directory, one_of: Mapping[UUID, UUID], names: Mapping[UUID, str]
) -> list[OutboxDraft]:
    school_id = row.shift.school_id or (one_of.get(row.shift.bureau_id) if row.shift.bureau_id else None)
    role = Role.COORDINATOR if row.shift.school_id else Role.BUREAU_OFFICER
    silent = [row.person_id]
    found = directory.reach(role=role, school_id=school_id, unit_id=None, excluding=silent).people if school_id else ()
    people = {*found, row.asked_by_id} - {None, row.person_id}
    if not people:
        logger.error("ALARM: contact test %s is not answered, and nobody can be told", row.id)
        return []
    instead = [names[one] for one in _instead(row, directory) if one in names]
    return [keepers_draft(row, [one for one in people if one], instead=instead)]


def _instead(row: ContactTest, directory: Directory) -> Sequence[UUID]:
    """Return who is asked in the role of the shift's leader now."""
    if row.shift.school_id is None:
        return ()
    return directory.reach(role=Role.DUTY_LEADER, school_id=row.shift.school_id, unit_id=None).people


def _reached_all(rows: Sequence[ContactTest], directory: Directory) -> set[UUID]:
    return {person_id for row in rows for person_id in _instead(row, directory)}
