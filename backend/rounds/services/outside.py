"""Keeping visits from outside, and which tickets are about what they found."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction

from backend.common.errors import NotFound
from backend.organisation.actors import Actor
from backend.organisation.models import School
from backend.organisation.permissions import Permission
from backend.rounds.errors import AnswerDayPast, FindingKept, NotOfThisVisit, VisitToCome
from backend.rounds.models import OutsideFinding, OutsideVisit
from backend.rounds.services.replying import reply_wanted, visit_held
from backend.rulebook.ruleset import Confidentiality
from backend.workflow.merging import ticket_meant
from backend.workflow.selectors import ticket_get


@dataclass(frozen=True, slots=True)
class OutsideDraft:
    """A visit to be kept: which authority, who of it, on which day, and what they said."""

    authority: str
    who: str
    day: date
    words: str = ""


def outside_visit_keep(*, actor: Actor, draft: OutsideDraft, now: datetime) -> OutsideVisit:
    """Keep a visit from outside; raise VisitToCome for a day that is not there yet."""
    actor.require(Permission.ROUNDS_REQUEST)
    if actor.school_id is None:
        raise NotFound
    school = School.objects.get(id=actor.school_id)
    if draft.day > now.astimezone(ZoneInfo(school.time_zone)).date():
        raise VisitToCome(pointer="/day")
    return OutsideVisit.objects.create(
        school=school,
        authority=draft.authority,
        who=draft.who,
        day=draft.day,
        words=draft.words,
        by_id=actor.person_id,
        at=now,
    )


@transaction.atomic
def outside_finding_note(
    *, actor: Actor, visit_id: UUID, named: str, answer_by: date | None, now: datetime
) -> OutsideFinding:
    """Note that a ticket, by its id or reference, is about what a visit found; named alike again, nothing changes.

    An answer that is wanted by a day is owed from then on. One ticket is about one visit, of its own school; raise
    NotOfThisVisit for another, or for a confidential one, and FindingKept for another day of the answer.
    """
    visit = visit_held(actor=actor, visit_id=visit_id)
    ticket = ticket_get(actor=actor, ticket_id=ticket_meant(actor=actor, named=named, pointer="/ticket"))
    if answer_by is not None and answer_by < visit.day:
        raise AnswerDayPast(pointer="/answer_by")
    is_open_to_all = {ticket.confidentiality, ticket.seal} == {Confidentiality.K0}
    if ticket.school_id != visit.school_id or ticket.is_exercise or not is_open_to_all:
        raise NotOfThisVisit(pointer="/ticket")
    is_new = answer_by is not None and not OutsideFinding.objects.filter(ticket=ticket).exists()
    reply = reply_wanted(visit=visit, actor=actor, day=answer_by, now=now) if answer_by and is_new else None
    said = {"visit": visit, "answer_by": answer_by, "reply": reply, "by_id": actor.person_id, "at": now}
    found, _made = OutsideFinding.objects.get_or_create(ticket=ticket, defaults=said)
    if found.visit_id != visit.id:
        raise NotOfThisVisit(pointer="/ticket")
    if found.answer_by != answer_by:
        raise FindingKept(pointer="/answer_by")
    return found
