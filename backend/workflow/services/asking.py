"""Links to questions: made and withdrawn by whoever works on a ticket, and used once by somebody outside."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from secrets import token_urlsafe
from uuid import UUID

from django.conf import settings
from django.db import transaction

from backend.accounts.links import link_digest
from backend.common.errors import NotFound
from backend.files.models import Upload
from backend.files.services import Subject, UploadDraft, upload_begin
from backend.organisation.actors import SYSTEM, Actor
from backend.rulebook.ruleset import ClockName
from backend.workflow.attachments import attachment_count
from backend.workflow.change import TicketChange, changes_store
from backend.workflow.errors import ActionNotAllowed
from backend.workflow.models import OutsideQuestion, PartOutcome
from backend.workflow.parts import part_end
from backend.workflow.policy import relations_of
from backend.workflow.questions import question_by_link
from backend.workflow.recipients import Audience
from backend.workflow.relation_groups import OWNERS
from backend.workflow.selectors import ticket_lock, tickets_lock
from backend.workflow.services.attaching import TICKET
from backend.workflow.system_events import ANSWERED_BY_LINK, LINK_ENDED, LINK_MADE

GOOD_AFTER_DUE = timedelta(days=7)
"""So long after an answer is due its link still opens."""


@dataclass(frozen=True, slots=True)
class Answer:
    """The words of somebody outside, and the day they name."""

    words: str
    day: date | None


@transaction.atomic
def question_link_make(*, actor: Actor, ticket_id: UUID, part_id: UUID, now: datetime) -> str:
    """Make a link to an open question and return its token, which nobody can read again; one before it is dead."""
    change, question = _change(actor, ticket_id, part_id, now)
    token = token_urlsafe(32)
    question.digest = link_digest(token=token)
    question.expires_at = max(question.part.due_at, now) + GOOD_AFTER_DUE
    _store(change, question, is_made=True)
    return token


@transaction.atomic
def question_link_end(*, actor: Actor, ticket_id: UUID, part_id: UUID, now: datetime) -> None:
    """Withdraw the link to an open question; the question stays."""
    change, question = _change(actor, ticket_id, part_id, now)
    if question.digest is not None:
        question.digest = question.expires_at = None
        _store(change, question, is_made=False)


def answer_file_begin(*, token: str, said: Callable[[], UploadDraft], now: datetime) -> Upload:
    """Announce a photo that goes with an answer by link; it is nobody's of the school, and proves nothing by itself."""
    with transaction.atomic():
        question = question_by_link(token=token, now=now)
        ticket = question.part.ticket
        subject = Subject(TICKET, ticket.id, kept=attachment_count(ticket=ticket), most=settings.FILES_PER_TICKET)
        return upload_begin(sender_id=question.id, subject=subject, draft=said(), now=now)


@transaction.atomic
def question_answer_by_link(*, token: str, answer: Answer, now: datetime) -> None:
    """Answer a question by its link, once: of two at the same instant the second finds it dead."""
    found = question_by_link(token=token, now=now)
    (ticket,) = tickets_lock(ticket_ids=[found.part.ticket_id])
    question = question_by_link(token=token, now=now)
    part = question.part
    part.ticket = ticket
    change = TicketChange(ticket=ticket, by=SYSTEM, now=now)
    question.digest, question.answered_on = None, answer.day
    change.keeps(question)
    part_end(change=change, part=part, outcome=PartOutcome.DONE, answer=answer.words)
    change.says(note=answer.words, **({"answered_on": answer.day.isoformat()} if answer.day else {}))
    change.settle(ANSWERED_BY_LINK)
    audience = Audience(tickets=[ticket], now=now)
    change.people = audience.without(ticket, change.people, None) | audience.in_charge(ticket, None)
    changes_store(changes=[change], now=now)


def _change(actor: Actor, ticket_id: UUID, part_id: UUID, now: datetime) -> tuple[TicketChange, OutsideQuestion]:
    ticket = ticket_lock(actor=actor, ticket_id=ticket_id)
    open_ones = OutsideQuestion.objects.select_related("part").filter(part__ticket=ticket, part__ended_at=None)
    question = open_ones.filter(part=part_id, part__kind=ClockName.QUESTION).first()
    if question is None:
        raise NotFound
    if OWNERS.isdisjoint(relations_of(actor=actor, ticket=ticket)):
        raise ActionNotAllowed
    return TicketChange(ticket=ticket, by=actor, now=now, moves=False), question


def _store(change: TicketChange, question: OutsideQuestion, *, is_made: bool) -> None:
    change.keeps(question)
    change.says(part=str(question.part_id))
    change.settle(LINK_MADE if is_made else LINK_ENDED)
    changes_store(changes=[change], now=change.now)
