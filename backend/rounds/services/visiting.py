"""Ticking off the places of a round's route, each by the word of somebody who was there."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from backend.organisation.actors import Actor
from backend.rounds.checking import AnswerDraft, answer_check
from backend.rounds.errors import NotOnTheRoute, PlaceSpokenOf, RoundAnswered, TooManyVisits
from backend.rounds.models import Round, RoundVisit
from backend.rounds.selectors.route import Stop, may_be_visited, stops_of
from backend.rounds.services.answering import BY_HAND, Sent, round_lock_asked
from backend.rulebook.selectors import ruleset_get

MOST_VISITS = 500


@dataclass(frozen=True, slots=True)
class Spot:
    """A place as it is named: by its id, or by the code on its wall, which was read there."""

    place_id: UUID | None = None
    code: str = ""

    def find(self, stops: Sequence[Stop]) -> Stop:
        """Return the place among those of a route; raise NotOnTheRoute."""
        for stop in stops:
            if stop.place.token == self.code if self.code else stop.place.id == self.place_id:
                return stop
        raise NotOnTheRoute(pointer="/code" if self.code else "/place")


@transaction.atomic
def place_visit(
    *,
    actor: Actor,
    round_id: UUID,
    told: Callable[[], tuple[Spot, AnswerDraft]],
    sent: Sent = BY_HAND,
    now: datetime,
) -> Round:
    """Note what somebody found at one place; by its token once, and the same words again are no other visit.

    What is said is read only once it is known that the round is there, and asked of them.
    """
    row = round_lock_asked(actor, round_id, now)
    if sent.token is not None and row.visits.filter(token=sent.token).exists():
        return row
    if not may_be_visited(row):
        raise RoundAnswered
    spot, draft = told()
    stops = stops_of(row=row)
    stop = spot.find(stops)
    answer_check(draft=draft, checklist=ruleset_get(row.rulebook_id).round_plans[row.plan].checklist)
    count = sum(len(one.visits) for one in stops)
    if count >= MOST_VISITS:
        raise TooManyVisits
    if _is_new(stop.latest, draft, sent, is_scanned=bool(spot.code)):
        said_at = _said_at(row, sent, now)
        RoundVisit.objects.create(
            round=row,
            place=stop.place,
            number=count + 1,
            by_id=actor.person_id,
            at=said_at,
            waited=now - said_at,
            said=draft.said,
            words=draft.words,
            values=dict(draft.values),
            is_scanned=bool(spot.code),
            token=sent.token,
        )
    return row


def _said_at(row: Round, sent: Sent, now: datetime) -> datetime:
    """Return when somebody stood there: before it arrived by what it waited, and not before the round had opened."""
    return max(now - sent.waited, min(now, row.opens_at))


def _is_new(latest: RoundVisit | None, draft: AnswerDraft, sent: Sent, *, is_scanned: bool) -> bool:
    """Say whether a word is another visit; raise PlaceSpokenOf for one that would go over what nobody had seen.

    What waited on a device takes no finding back. The same words with the code read, where it was not before, are a
    visit: they say that somebody was there.
    """
    if latest is None:
        return True
    stands = (latest.said, latest.words, latest.values) == (draft.said, draft.words, draft.values)
    if sent.misses(latest.number) and not stands:
        raise PlaceSpokenOf
    return not stands or (is_scanned and not latest.is_scanned)
