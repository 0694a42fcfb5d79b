"""Answering a round in person, correcting an answer, and excusing a round that somebody else would have answered."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from backend.common.outbox import OutboxDraft, outbox_add
from backend.deadlines.services import timers_stop_all
from backend.organisation.actors import Actor
from backend.organisation.models import Person
from backend.organisation.permissions import NotForExcusing, Permission
from backend.rounds.checking import AnswerDraft, answer_check
from backend.rounds.errors import (
    AtAnotherPost,
    NotAsked,
    PostOver,
    RoundAnswered,
    RoundExcused,
    RoundNotAnswered,
    RouteGone,
    TooManyCorrections,
    UrgentUnsaid,
)
from backend.rounds.models import Round, RoundAnswer, RoundExcuse, RoundState, Said
from backend.rounds.selectors.posts import is_over, posts_manned
from backend.rounds.selectors.rollup import urgent_open
from backend.rounds.selectors.route import stops_of
from backend.rounds.selectors.showing import round_lock
from backend.rounds.services.clusters import TOPIC
from backend.rounds.services.making import SUBJECT_KIND
from backend.rounds.sight import may_answer, may_excuse
from backend.rulebook.gate_rules import stands_there
from backend.rulebook.round_rules import RoundKind, RoundPlan, Target
from backend.rulebook.selectors import ruleset_get

MOST_ANSWERS = 20


@dataclass(frozen=True, slots=True)
class Sent:
    """The way by which a page sends an answer: the token of a device that keeps it, and the number of the last word.

    That number is of what its reader had seen when it was said; 0: nobody had said anything. It may have
    `waited` on the device for a network.
    """

    token: UUID | None = None
    seen: int | None = None
    waited: timedelta = timedelta(0)

    def misses(self, number: int) -> bool:
        """Say whether a word of this number has come since."""
        return self.seen is not None and number > self.seen


BY_HAND = Sent()


@transaction.atomic(savepoint=False)
def round_answer(*, actor: Actor, round_id: UUID, draft: Callable[[], AnswerDraft], now: datetime) -> Round:
    """Store the first answer of a round, in time or late; its ladder climbs no further.

    What is said is read only once it is known that the round is there, and asked of them.
    """
    row = round_lock_asked(actor, round_id, now)
    if row.state == RoundState.ANSWERED:
        raise RoundAnswered
    return _answer(row, actor, draft(), now)


@transaction.atomic(savepoint=False)
def round_correct(*, actor: Actor, round_id: UUID, draft: Callable[[], AnswerDraft], now: datetime) -> Round:
    """Store another answer beside those there are; when it was answered first does not change."""
    row = round_lock_asked(actor, round_id, now)
    if row.state != RoundState.ANSWERED:
        raise RoundNotAnswered
    return _correct(row, actor, draft(), now)


@transaction.atomic
def round_say(
    *, actor: Actor, round_id: UUID, draft: Callable[[], AnswerDraft], sent: Sent = BY_HAND, now: datetime
) -> Round:
    """Store an answer as a page sends it: the first one, or a correction of those there are; by its token once.

    One that finds a word which its reader had not seen is refused: what waited on a device goes over nobody's.
    """
    row = round_lock_asked(actor, round_id, now)
    if sent.token is not None and row.answers.filter(token=sent.token).exists():
        return row
    said = draft()
    if row.state != RoundState.ANSWERED:
        return _answer(row, actor, said, now, sent.token)
    if sent.misses(row.answer_count) and not _says_the_same(row, said):
        raise RoundAnswered
    return _correct(row, actor, said, now, sent.token)


@transaction.atomic
def round_excuse(*, actor: Actor, round_id: UUID, reason: Callable[[], str], now: datetime) -> Round:
    """Let a round need no answer, with the reason; whoever is asked cannot excuse themselves.

    What is said is read only once it is known that the round is there, and theirs to excuse.
    """
    row = round_lock(actor=actor, round_id=round_id, now=now)
    actor.require(Permission.ROUNDS_EXCUSE)
    if not may_excuse(actor=actor, row=row):
        raise NotForExcusing
    if row.state == RoundState.ANSWERED:
        raise RoundAnswered
    if row.state == RoundState.EXCUSED:
        raise RoundExcused
    RoundExcuse.objects.create(round=row, by_id=actor.person_id, at=now, reason=reason())
    row.opened_at, row.state = row.opened_at or now, RoundState.EXCUSED
    row.save(update_fields=["opened_at", "state"])
    _stop(row, now, "excused")
    return row


def round_lock_asked(actor: Actor, round_id: UUID, now: datetime) -> Round:
    """Return a round that is asked of somebody, held until the end; raise NotFound, NotAsked, RoundExcused."""
    row = round_lock(actor=actor, round_id=round_id, now=now)
    if not may_answer(actor=actor, row=row):
        raise NotAsked
    if row.state == RoundState.EXCUSED:
        raise RoundExcused
    return row


def _answer(row: Round, actor: Actor, draft: AnswerDraft, now: datetime, token: UUID | None = None) -> Round:
    _answer_store(row, actor, draft, now, token)
    _begin(row, actor, now)
    row.answered_at, row.state = now, RoundState.ANSWERED
    row.save(update_fields=["said", "answer_count", "answered_at", "state", "opened_at", "assignee"])
    _stop(row, now, "answered")
    return row


def _correct(row: Round, actor: Actor, draft: AnswerDraft, now: datetime, token: UUID | None = None) -> Round:
    """Add an answer, unless it says the same as the latest: a form that was sent twice is no correction."""
    if _says_the_same(row, draft):
        return row
    if row.answer_count >= MOST_ANSWERS:
        raise TooManyCorrections
    _answer_store(row, actor, draft, now, token)
    row.save(update_fields=["said", "answer_count"])
    return row


def _says_the_same(row: Round, draft: AnswerDraft) -> bool:
    latest = row.answers.order_by("-number").first()
    stands = None if latest is None else (latest.said, latest.words, latest.values)
    return stands == (draft.said, draft.words, draft.values)


def _answer_store(row: Round, actor: Actor, draft: AnswerDraft, now: datetime, token: UUID | None) -> None:
    plan = ruleset_get(row.rulebook_id).round_plans[row.plan]
    places = [stop.said for stop in stops_of(row=row)] if plan.goes_over_places else []
    if plan.goes_over_places and not places and draft.said is Said.ALL_WELL:
        raise RouteGone(pointer="/said")
    answer_check(draft=draft, checklist=plan.said_of_all, places=places)
    _urgent_check(row, plan, actor, draft)
    _post_check(row, plan, actor, draft, now)
    row.answer_count += 1
    row.said = draft.said
    answer = RoundAnswer.objects.create(
        round=row,
        number=row.answer_count,
        by_id=actor.person_id,
        at=now,
        said=draft.said,
        words=draft.words,
        values=dict(draft.values),
        token=token,
    )
    if plan.target is Target.CLASSES:
        counted = {"school": str(row.school_id), "day": row.day.isoformat()}
        outbox_add(drafts=[OutboxDraft(TOPIC, f"{TOPIC}:{answer.id}", counted)], now=now)


def _urgent_check(row: Round, plan: RoundPlan, actor: Actor, draft: AnswerDraft) -> None:
    """Refuse an "all well" for the school without a word, while they know of an open P1 there."""
    is_bare = draft.said is Said.ALL_WELL and not draft.words
    if plan.kind is RoundKind.SCHOOL_REPORT and is_bare and urgent_open(actor=actor, school_id=row.school_id).exists():
        raise UrgentUnsaid(pointer="/words")


def _post_check(row: Round, plan: RoundPlan, actor: Actor, draft: AnswerDraft, now: datetime) -> None:
    """Refuse that somebody says they stand at a post whose window is over, or at two posts at once."""
    if not plan.posts or not stands_there(is_all_well=draft.said is Said.ALL_WELL, values=draft.values):
        return
    if is_over(row=row, plan=plan, now=now):
        raise PostOver(pointer="/said")
    # Of two posts that one person says they stand at in one moment, the second waits here, and finds the first.
    Person.objects.select_for_update(no_key=True).get(id=actor.person_id)
    stands = posts_manned(school_id=row.school_id, now=max(now, row.opens_at), by=actor.person_id)
    if any(answer.round_id != row.id for answer in stands):
        raise AtAnotherPost(pointer="/said")


def _begin(row: Round, actor: Actor, now: datetime) -> None:
    """Open a round that the engine has not come to: an engine that is late keeps nobody from saying how it is."""
    if row.opened_at is None:
        row.opened_at, row.assignee_id = now, actor.person_id


def _stop(row: Round, now: datetime, reason: str) -> None:
    timers_stop_all(subject_kind=SUBJECT_KIND, subject_ids=[row.id], now=now, reason=reason)
