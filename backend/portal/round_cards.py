"""Rounds as pages show them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from backend.organisation.actors import Actor
from backend.portal.due import Due, due_of
from backend.rounds.models import WAITING, Round, RoundAnswer, RoundState, Said
from backend.rounds.selectors.showing import rounds_to_answer
from backend.rounds.serializers import can_of, plan_of
from backend.rulebook.round_rules import CheckItem

GROUPS: Mapping[str, Promise] = {
    "missing": _("Missing"),
    "to_report": _("Something to report"),
    "waiting": _("Not answered yet"),
    "all_well": _("All well"),
    "excused": _("Excused"),
}
"""The groups of the board, what needs somebody first."""
CHIPS: Mapping[str, str] = {"missing": "level", "to_report": "waiting", "all_well": "closed"}


@dataclass(frozen=True, slots=True)
class RoundCard:
    """A round as a list shows it."""

    row: Round
    name: str
    due: Due | None
    group: str
    chip: str
    latest: RoundAnswer | None = None

    @property
    def label(self) -> Promise:
        """How it stands, in words."""
        return GROUPS[self.group]


@dataclass(frozen=True, slots=True)
class ItemSaid:
    """A line of the checklist with what an answer says to it."""

    item: CheckItem
    value: bool | int


@dataclass(frozen=True, slots=True)
class AnswerCard:
    """One answer with its lines."""

    answer: RoundAnswer
    items: Sequence[ItemSaid]


def group_of(row: Round) -> str:
    """Return the group of the board a round belongs to."""
    if row.state == RoundState.ANSWERED:
        return "all_well" if row.said == Said.ALL_WELL else "to_report"
    return {RoundState.MISSED.value: "missing", RoundState.EXCUSED.value: "excused"}.get(row.state, "waiting")


def round_card(*, row: Round, now: datetime, latest: RoundAnswer | None = None) -> RoundCard:
    """Return a round as a list shows it."""
    waits = row.state in {*WAITING, RoundState.PLANNED}
    # Once the time set is over it counts as missing only a little later, and that is what is still to be met.
    by = row.due_at if now <= row.due_at else row.late_at
    group = group_of(row)
    chip = CHIPS.get(group, "received")
    return RoundCard(row, plan_of(row).name, due_of(at=by, now=now) if waits else None, group, chip, latest)


def rounds_mine(*, actor: Actor, now: datetime) -> list[RoundCard]:
    """Return what is asked of somebody and waits, that due first at the top; one query."""
    return [round_card(row=row, now=now) for row in rounds_to_answer(actor=actor, now=now)]


def answer_cards(*, row: Round) -> list[AnswerCard]:
    """Return every answer of a round, the latest first, each with the lines that it answers."""
    items = plan_of(row).checklist.items
    answers = sorted(row.answers.all(), key=lambda answer: -answer.number)
    return [
        AnswerCard(answer, [ItemSaid(item, answer.values[item.key]) for item in items if item.key in answer.values])
        for answer in answers
    ]


def can_with(*, actor: Actor, row: Round) -> frozenset[str]:
    """Return what somebody can do with a round."""
    return frozenset(can_of(actor=actor, row=row))


def board_groups(*, rows: Sequence[Round], now: datetime) -> Iterator[tuple[Promise, str, list[RoundCard]]]:
    """Yield the groups of a board that hold anything, each with its name and its rounds."""
    cards = [round_card(row=row, now=now, latest=next(iter(row.answers.all()), None)) for row in rows]
    for group, label in GROUPS.items():
        found = [card for card in cards if card.group == group]
        if found:
            yield label, group, found
