"""Filing without a name, once however often it is sent, and the steps of whoever has the code."""

from collections.abc import Callable
from dataclasses import fields
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from django.db import IntegrityError, transaction

from backend.anonymous.models import TrackingCode
from backend.anonymous.selectors import report_by_digest
from backend.common.idempotency import IdempotencyKeyReused, RequestInFlight
from backend.common.models import IdempotencyRecord
from backend.incidents.models import Report
from backend.incidents.services import report_file_unnamed
from backend.organisation.models import School
from backend.workflow.action import Action
from backend.workflow.conversation import STEPS
from backend.workflow.errors import ActionNotAllowed
from backend.workflow.services import TicketDraft
from backend.workflow.services.unnamed import ticket_act_unnamed

LONGEST_KEY = 64
CODES = UUID("5b0a3b39-6f52-4d6c-9a94-0d3f6f4f8f27")
"""The space of the ids of reports that follow from their codes, so that of two at one instant one is stored."""


def report_file_anonymous(*, school: School, draft: TicketDraft, digest: str, now: datetime) -> Report:
    """File a report under the hash of its tracking code, or return the one that is there already.

    Raise IdempotencyKeyReused where that one says something else.
    """
    known = report_by_digest(digest=digest)
    if known is not None:
        return _same(known, school, draft)
    try:
        return _filed(school, draft, digest, now)
    except IntegrityError as error:
        raise RequestInFlight from error


@transaction.atomic
def _filed(school: School, draft: TicketDraft, digest: str, now: datetime) -> Report:
    report_id = uuid5(CODES, digest)
    report = report_file_unnamed(school_id=school.id, draft=draft, now=now, report_id=report_id)
    TrackingCode.objects.create(report=report, digest=digest)
    return report


def _same(report: Report, school: School, draft: TicketDraft) -> Report:
    stored = (report.ticket.school_id, report.category, report.place_id, report.description, report.answers)
    if stored != (school.id, draft.category, draft.place_id, draft.description, dict(draft.answers)):
        raise IdempotencyKeyReused
    return report


def report_act_anonymous(*, report: Report, name: str, note: str, although_doubtful: bool, now: datetime) -> None:
    """Take a step of the reporter by its name; raise ActionNotAllowed for any that is none of theirs."""
    action: Action[Any] | None = next((step for step in STEPS if step.name == name), None)
    if action is None:
        raise ActionNotAllowed
    meant = {"although_doubtful": although_doubtful}
    known = {field.name for field in fields(action.said)}
    words = action.said(note=note, **{key: value for key, value in meant.items() if key in known})
    ticket_act_unnamed(ticket_id=report.ticket_id, action=action, words=words, now=now)


@transaction.atomic
def deed_once(*, report: Report, key: str, now: datetime, act: Callable[[], None]) -> None:
    """Carry out what a form says; sent again, as by a second tap or on loading the page anew, it has happened."""
    scope = f"report:{report.id}:form"
    fresh = {"request_hash": "", "status": 204, "body": "", "headers": {}, "created_at": now}
    _record, is_new = IdempotencyRecord.objects.get_or_create(scope=scope, key=key[:LONGEST_KEY], defaults=fresh)
    if is_new:
        act()
