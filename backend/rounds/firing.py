"""Rounds as subjects of the deadline engine, which opens them, reminds whoever is asked, and says what is missing."""

import logging
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from uuid import UUID

from backend.common.outbox import outbox_add
from backend.deadlines.handlers import Firing
from backend.duty.reach import Directory
from backend.duty.selectors import directory_load
from backend.organisation.roles import Role
from backend.rounds.models import Round, RoundState
from backend.rounds.news import Told, Unanswered, news_drafts
from backend.rounds.selectors.firing import rounds_with_school
from backend.rounds.windows import FIRST_OF_LADDER, OPENING
from backend.rulebook.round_rules import RoundPlan
from backend.rulebook.ruleset import Rung
from backend.rulebook.selectors import ruleset_get

logger = logging.getLogger(__name__)


class RoundSubjects:
    """Rounds as subjects of the deadline engine."""

    def lock(self, subject_ids: Collection[UUID]) -> set[UUID]:
        """Lock these rounds without waiting; return those locked."""
        locked = Round.objects.select_for_update(skip_locked=True, no_key=True).filter(id__in=subject_ids)
        return set(locked.values_list("id", flat=True))

    def fire(self, firings: Sequence[Firing], *, now: datetime) -> None:
        """Carry out what is due: the number of statements does not depend on the number of firings.

        After an outage whoever hears of several steps of one round hears once, of the last.
        """
        by_round: dict[UUID, list[Firing]] = defaultdict(list)
        for firing in firings:
            by_round[firing.subject_id].append(firing)
        rounds = rounds_with_school(round_ids=list(by_round))
        directory = directory_load(school_ids={row.school_id for row in rounds}, now=now)
        told = [_carry_out(row, by_round[row.id], directory, now) for row in rounds]
        Round.objects.bulk_update(rounds, ["state", "opened_at", "assignee"])
        outbox_add(drafts=news_drafts(one for one in told if one is not None), now=now)


def _carry_out(row: Round, firings: Sequence[Firing], directory: Directory, now: datetime) -> Told | None:
    """Open a round, or count it as missed; return who hears of it."""
    plan = ruleset_get(row.rulebook_id).round_plans[row.plan]
    rungs = [firing.rung for firing in firings]
    if OPENING in rungs:
        row.state, row.opened_at = RoundState.OPEN, now
        asked = _asked(row, plan, directory)
        # Of a plan with posts each of those reached is asked for another one, for as long as there are others.
        row.assignee_id = asked[row.turn % len(asked) if plan.posts else 0] if asked else None
    last = max(rungs)
    if last >= FIRST_OF_LADDER:
        row.state = RoundState.MISSED
        steps = [plan.rungs[rung - FIRST_OF_LADDER] for rung in rungs if rung >= FIRST_OF_LADDER]
        later = plan.rungs[last - FIRST_OF_LADDER + 1 :]
        return Told(row, plan, Unanswered.MISSED, last, _climbed(row, steps, later, directory))
    if last > OPENING:
        # Whoever can be reached in the role now, who may not be who was asked at the opening.
        return Told(row, plan, Unanswered.DUE, last, _asked(row, plan, directory))
    # Nobody waits for what the calendar did not bring.
    return Told(row, plan, Unanswered.ASKED, last, asked) if plan.is_on_request else None


def _climbed(row: Round, steps: Iterable[Rung], later: Iterable[Rung], directory: Directory) -> tuple[UUID, ...]:
    """Return whom the steps reach; where that is nobody, the next step that reaches somebody is taken at once."""
    found = dict.fromkeys(person for step in steps for person in _told_by(row, step, directory))
    for step in later:
        if found:
            break
        found = dict.fromkeys(_told_by(row, step, directory))
    if not found:
        logger.error("ALARM: round %s is missing, and nobody can be told", row.id)
    return tuple(found)


def _asked(row: Round, plan: RoundPlan, directory: Directory) -> tuple[UUID, ...]:
    """Return who is asked: where everybody in the role has looked before, whoever stands above them in the office."""
    unit_id, besides = row.unit_id, row.passes_over
    return directory.reach(role=plan.asked, school_id=row.school_id, unit_id=unit_id, excluding=besides).people


def _told_by(row: Round, step: Rung, directory: Directory) -> tuple[UUID, ...]:
    return _reached(row, step.tell, directory, deputies=step.deputies)


def _reached(row: Round, roles: Iterable[Role], directory: Directory, *, deputies: bool = False) -> tuple[UUID, ...]:
    ask = directory.deputies if deputies else directory.reach
    answers = [ask(role=role, school_id=row.school_id, unit_id=row.unit_id) for role in roles]
    return tuple(dict.fromkeys(person for answer in answers for person in answer.people))
