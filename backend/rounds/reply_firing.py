"""Answers to authorities as subjects of the deadline engine: reminded of, and late until somebody gives them."""

import logging
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from uuid import UUID

from backend.common.outbox import OutboxDraft, outbox_add
from backend.deadlines.handlers import Firing
from backend.duty.reach import Directory
from backend.duty.selectors import directory_load
from backend.organisation.roles import Role
from backend.rounds.models import OutsideReply
from backend.rounds.reply_news import reply_draft
from backend.rounds.reply_rules import IN_THE_END, tells_at

logger = logging.getLogger(__name__)


class ReplySubjects:
    """Answers to authorities as subjects of the deadline engine."""

    def lock(self, subject_ids: Collection[UUID]) -> set[UUID]:
        """Lock these answers without waiting; return those locked."""
        locked = OutsideReply.objects.select_for_update(skip_locked=True, no_key=True).filter(id__in=subject_ids)
        return set(locked.values_list("id", flat=True))

    def fire(self, firings: Sequence[Firing], *, now: datetime) -> None:
        """Tell whom the rungs reach: after an outage once, of the last; the statements do not depend on the firings."""
        last = {firing.subject_id: firing.rung for firing in firings}
        rows = OutsideReply.objects.filter(id__in=last, state=OutsideReply.State.OPEN)
        found = list(rows.select_related("school", "visit").order_by("due_on", "id"))
        directory = directory_load(school_ids={row.school_id for row in found}, now=now)
        told = (_told(row, last[row.id], directory) for row in found)
        outbox_add(drafts=[draft for draft in told if draft is not None], now=now)


def _told(row: OutsideReply, rung: int, directory: Directory) -> OutboxDraft | None:
    roles, deputies = tells_at(row, rung)
    # A step that reaches nobody is no reason to be silent: whoever answers for the school hears instead.
    people = _reached(row, roles, directory, deputies=deputies) or _reached(row, IN_THE_END, directory)
    if not people:
        logger.error("ALARM: answer %s to an authority is due, and nobody can be told", row.id)
        return None
    return reply_draft(row, rung=rung, people=people)


def _reached(row: OutsideReply, roles: Iterable[Role], directory: Directory, *, deputies: bool = False) -> set[UUID]:
    """Return who is found in these roles; to tell the bureau is the school's own to do, and the system does not."""
    ask = directory.deputies if deputies else directory.reach
    answers = [ask(role=role, school_id=row.school_id, unit_id=None) for role in roles]
    return {person for answer in answers if answer.role is not Role.BUREAU_OFFICER for person in answer.people}
