"""News of rounds that nobody has answered: one for each person and plan, however many offices are missing."""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any
from uuid import UUID

from backend.common.outbox import OutboxDraft
from backend.rounds.models import Round
from backend.rulebook.round_rules import RoundPlan

TOPIC = "round.unanswered"


class Unanswered(StrEnum):
    """The things that are told of a round without an answer: that it was asked for, is due, or is missing."""

    ASKED = "asked"
    DUE = "due"
    MISSED = "missed"


@dataclass(frozen=True, slots=True)
class Told:
    """A round that some people hear of, at one rung of its timer."""

    row: Round
    plan: RoundPlan
    what: Unanswered
    rung: int
    people: tuple[UUID, ...]


Batch = tuple[UUID, str, date, int, Unanswered]
"""A school, a plan, a day and the turn of it (posts of one window are told of together), and what is told."""


def news_drafts(told: Iterable[Told]) -> list[OutboxDraft]:
    """Return one row of the outbox for all who hear of the same rounds of a plan and a day."""
    heard: defaultdict[Batch, defaultdict[UUID, list[Told]]] = defaultdict(lambda: defaultdict(list))
    for one in told:
        turn = 0 if one.plan.posts else one.row.turn
        batch = (one.row.school_id, one.plan.code, one.row.day, turn, one.what)
        for person_id in one.people:
            heard[batch][person_id].append(one)
    drafts = []
    for by_person in heard.values():
        alike: defaultdict[tuple[UUID, ...], list[UUID]] = defaultdict(list)
        rounds = {one.row.id: one for ones in by_person.values() for one in ones}
        for person_id, ones in by_person.items():
            alike[tuple(one.row.id for one in ones)].append(person_id)
        drafts += [_draft([rounds[row_id] for row_id in ids], people) for ids, people in alike.items()]
    return drafts


def _draft(told: list[Told], people: list[UUID]) -> OutboxDraft:
    first = told[0]
    row, plan = first.row, first.plan
    key = "|".join(sorted(f"{one.row.id}.{one.rung}" for one in told) + sorted(map(str, people)))
    payload = {
        "people": [str(person_id) for person_id in people],
        "what": first.what.value,
        "plan": {"zh": plan.name_zh, "en": plan.name_en},
        "school": {"zh": row.school.name_zh, "en": row.school.name_en},
        "due_at": row.due_at.isoformat(),
        "late_at": row.late_at.isoformat(),
        "zone": row.school.time_zone,
        "offices": [_office(one) for one in sorted(told, key=lambda one: one.row.turn)],
        **({"posts": True} if plan.posts else {}),
    }
    return OutboxDraft(TOPIC, f"{TOPIC}:{hashlib.sha256(key.encode()).hexdigest()}", payload)


def _office(one: Told) -> Mapping[str, Any]:
    """Return an office by its names; of a plan with posts the post, since all of them are the same office's."""
    named = one.plan.post_of(one.row.turn) or one.row.where
    return {"round": str(one.row.id), "zh": named.name_zh, "en": named.name_en}
