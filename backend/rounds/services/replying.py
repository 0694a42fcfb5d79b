"""Setting the day of an answer to an authority, moving it with a reason, and noting that the answer was given."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Max

from backend.common.errors import NotFound
from backend.deadlines.services import timers_arm, timers_stop
from backend.organisation.actors import Actor
from backend.organisation.models import School
from backend.organisation.permissions import Permission
from backend.rounds.errors import AnswerDayPast, AnswerToCome, ReasonMissing, SameDay, TooManyReplies
from backend.rounds.models import OutsideReply, OutsideReplyWord, OutsideVisit
from backend.rounds.reply_rules import SUBJECT_KIND, timer_of
from backend.rounds.selectors.outside import visit_get
from backend.rulebook.selectors import active_version_id

MOST_REPLIES, MOST_WORDS = 40, 100
Kind, State = OutsideReplyWord.Kind, OutsideReply.State


@dataclass(frozen=True, slots=True)
class Word:
    """The word of somebody on an answer: of which kind, the day it names, and what they say besides."""

    kind: OutsideReplyWord.Kind
    day: date
    reference: str = ""
    reason: str = ""


@transaction.atomic
def reply_ask(*, actor: Actor, visit_id: UUID, day: date, reason: str, now: datetime) -> OutsideReply:
    """Note by which day an authority wants an answer because of a visit; the same open day again is the same answer."""
    return reply_wanted(visit=visit_held(actor=actor, visit_id=visit_id), actor=actor, day=day, reason=reason, now=now)


def visit_held(*, actor: Actor, visit_id: UUID) -> OutsideVisit:
    """Return a visit to the actor's own school, which is held, for whoever keeps such; raise NotFound or a refusal."""
    seen = visit_get(actor=actor, visit_id=visit_id)
    actor.require(Permission.ROUNDS_REQUEST)
    if seen.school_id != actor.school_id:
        raise NotFound
    # Nobody may change a visit, and so nobody locks one: those who speak of its answers wait for each other here.
    seen.school = School.objects.select_for_update(no_key=True).get(id=seen.school_id)
    return seen


def reply_wanted(*, visit: OutsideVisit, actor: Actor, day: date, now: datetime, reason: str = "") -> OutsideReply:
    """Return the open answer of a visit of a held school that is wanted by a day; made where there is none."""
    if day < visit.day:
        raise AnswerDayPast(pointer="/day")
    found = visit.replies.filter(due_on=day, state=State.OPEN).first()
    if found is not None:
        return found
    number = (visit.replies.aggregate(last=Max("number"))["last"] or 0) + 1
    if number > MOST_REPLIES:
        raise TooManyReplies
    row = OutsideReply(school=visit.school, visit=visit, number=number, due_on=day)
    row.rulebook_id = active_version_id(school_id=visit.school_id)
    row.save(force_insert=True)
    _say(row, Word(Kind.ASKED, day, reason=reason), actor, now)
    timers_arm(drafts=[timer_of(row, now=now)], now=now)
    return row


@transaction.atomic
def reply_move(*, actor: Actor, visit_id: UUID, reply_id: UUID, day: date, reason: str, now: datetime) -> OutsideReply:
    """Set another day for an answer, with the reason; one that was given is wanted again. Both days stay on record."""
    row = _reply_held(actor, visit_id, reply_id)
    if day < row.visit.day:
        raise AnswerDayPast(pointer="/day")
    if day == row.due_on and row.is_open:
        raise SameDay(pointer="/day")
    if not reason:
        raise ReasonMissing(pointer="/reason")
    row.due_on, row.state, row.answered_on = day, State.OPEN, None
    _say(row, Word(Kind.MOVED, day, reason=reason), actor, now)
    _timer_stop(row, now, "moved")
    timers_arm(drafts=[timer_of(row, now=now)], now=now)
    return row


@transaction.atomic
def reply_answer(*, actor: Actor, visit_id: UUID, reply_id: UUID, word: Word, now: datetime) -> OutsideReply:
    """Note that an answer was given, on which day and under which reference; said again it corrects, with a reason."""
    row = _reply_held(actor, visit_id, reply_id)
    if word.day > now.astimezone(ZoneInfo(row.school.time_zone)).date():
        raise AnswerToCome(pointer="/day")
    if word.day < row.visit.day:
        raise AnswerDayPast(pointer="/day")
    if not row.is_open and not word.reason:
        raise ReasonMissing(pointer="/reason")
    row.state, row.answered_on = State.ANSWERED, word.day
    _say(row, word, actor, now)
    _timer_stop(row, now, "answered")
    return row


def _reply_held(actor: Actor, visit_id: UUID, reply_id: UUID) -> OutsideReply:
    visit = visit_held(actor=actor, visit_id=visit_id)
    # The engine locks the answer itself, before anything else; nobody waits for the visit while they hold one.
    rows = OutsideReply.objects.select_for_update(of=("self",), no_key=True).filter(visit=visit, id=reply_id)
    row = rows.select_related("school", "visit").first()
    if row is None:
        raise NotFound
    if row.said_count >= MOST_WORDS:
        raise TooManyReplies
    return row


def _say(row: OutsideReply, word: Word, actor: Actor, now: datetime) -> None:
    """Store a word, and how the answer stands after it."""
    row.said_count += 1
    row.save(update_fields=["due_on", "state", "answered_on", "said_count"])
    OutsideReplyWord.objects.create(
        reply=row,
        number=row.said_count,
        kind=word.kind,
        day=word.day,
        reference=word.reference,
        reason=word.reason,
        by_id=actor.person_id,
        at=now,
    )


def _timer_stop(row: OutsideReply, now: datetime, reason: str) -> None:
    timers_stop(subject_kind=SUBJECT_KIND, subject_id=row.id, clocks=None, now=now, reason=reason)
