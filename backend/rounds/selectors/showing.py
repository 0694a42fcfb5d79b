"""Reads of rounds, scoped to what the actor may know of; what lies outside does not exist."""

from datetime import datetime
from uuid import UUID

from django.db.models import Prefetch, QuerySet

from backend.common.errors import NotFound
from backend.organisation.actors import Actor
from backend.rounds.models import WAITING, Round, RoundAnswer, RoundState
from backend.rounds.sight import asked_of, known_to, may_answer

MOST_WAITING = 50


def rounds_known(*, actor: Actor, now: datetime) -> QuerySet[Round]:
    """Return the rounds somebody knows of, with office, school, who was asked, and why it was asked for."""
    beside = ("unit", "school", "assignee", "sweep", "inspected__inspection")
    return Round.objects.filter(known_to(actor=actor, now=now)).select_related(*beside)


def rounds_asked(*, actor: Actor, now: datetime) -> QuerySet[Round]:
    """Return the rounds that are asked of somebody, or of their office where they head it."""
    return rounds_known(actor=actor, now=now).filter(asked_of(actor=actor))


def rounds_to_answer(*, actor: Actor, now: datetime) -> list[Round]:
    """Return what is asked of somebody and waits for an answer, that due first at the top; of too many the latest."""
    waiting = rounds_asked(actor=actor, now=now).filter(state__in=[*WAITING, RoundState.PLANNED])
    rows = reversed(waiting.order_by("-due_at", "-id")[:MOST_WAITING])
    return [row for row in rows if may_answer(actor=actor, row=row)]


def round_get(*, actor: Actor, round_id: UUID, now: datetime) -> Round:
    """Return a round somebody knows of with all that was said of it, in two queries; raise NotFound."""
    answers = Prefetch("answers", RoundAnswer.objects.select_related("by").order_by("number"))
    rounds = rounds_known(actor=actor, now=now).select_related("excuse__by", "sweep__by")
    return _found(rounds.prefetch_related(answers).filter(id=round_id).first())


def school_round_get(*, actor: Actor, round_id: UUID, now: datetime) -> Round:
    """Return a round that is asked of a whole school, which somebody knows of; raise NotFound."""
    return _found(rounds_known(actor=actor, now=now).filter(id=round_id, unit=None).first())


def round_lock(*, actor: Actor, round_id: UUID, now: datetime) -> Round:
    """Return a round somebody knows of, held until the transaction ends; raise NotFound."""
    rounds = rounds_known(actor=actor, now=now).select_for_update(of=("self",), no_key=True)
    return _found(rounds.filter(id=round_id).first())


def _found(row: Round | None) -> Round:
    if row is None:
        raise NotFound
    return row
