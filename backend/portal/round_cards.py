"""Rounds as pages show them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from backend.organisation.actors import Actor
from backend.portal.due import Due, due_of
from backend.rounds.models import WAITING, Round, RoundAnswer, RoundExcuse, RoundState, Said
from backend.rounds.selectors.board import SchoolRounds
from backend.rounds.selectors.classes import ClassesOfDay, ClassRound
from backend.rounds.selectors.showing import rounds_to_answer
from backend.rounds.serializers import can_of, plan_of
from backend.rounds.sight import values_shown
from backend.rounds.veiling import Total
from backend.rulebook.round_rules import CheckItem, RoundKind, Target

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
    def excuse(self) -> RoundExcuse | None:
        """By whom and why it needs no answer; None where it does."""
        return getattr(self.row, "excuse", None)

    @property
    def question(self) -> str:
        """What is to be looked for, of a round that somebody asked for."""
        sweep = getattr(self.row, "sweep", None)
        inspected = getattr(self.row, "inspected", None)
        return sweep.question if sweep else inspected.inspection.why if inspected else ""

    @property
    def is_of_class(self) -> bool:
        """Whether a class is asked."""
        return plan_of(self.row).target is Target.CLASSES

    @property
    def goes_over_places(self) -> bool:
        """Whether each place of a route is ticked off."""
        return plan_of(self.row).goes_over_places

    @property
    def ticks_in_one_tap(self) -> bool:
        """Whether "all well here" is enough for a place of its route."""
        return plan_of(self.row).checklist.takes_one_tap

    @property
    def sums_up(self) -> bool:
        """Whether it is the school's own report."""
        return plan_of(self.row).kind is RoundKind.SCHOOL_REPORT

    @property
    def takes_one_tap(self) -> bool:
        """Whether "all well" is an answer by itself."""
        return plan_of(self.row).said_of_all.takes_one_tap

    @property
    def label(self) -> Promise:
        """How it stands, in words."""
        return GROUPS[self.group]


@dataclass(frozen=True, slots=True)
class ItemSaid:
    """A line of the checklist with what an answer says to it; None where it is too small to be shown."""

    item: CheckItem
    value: bool | int | None


@dataclass(frozen=True, slots=True)
class AnswerCard:
    """One answer with its lines."""

    answer: RoundAnswer
    items: Sequence[ItemSaid]


def standing(state: str, said: str) -> str:
    """Return the group of the board for how a round stands."""
    if state == RoundState.ANSWERED:
        return "all_well" if said == Said.ALL_WELL else "to_report"
    return {RoundState.MISSED.value: "missing", RoundState.EXCUSED.value: "excused"}.get(state, "waiting")


def round_card(*, row: Round, now: datetime, latest: RoundAnswer | None = None) -> RoundCard:
    """Return a round as a list shows it."""
    waits = row.state in {*WAITING, RoundState.PLANNED}
    # Once the time set is over it counts as missing only a little later, and that is what is still to be met.
    by = row.due_at if now <= row.due_at else row.late_at
    group = standing(row.state, row.said)
    chip = CHIPS.get(group, "received")
    return RoundCard(
        row, plan_of(row).name_of(row.turn), due_of(at=by, now=now) if waits else None, group, chip, latest
    )


def rounds_mine(*, actor: Actor, now: datetime) -> list[RoundCard]:
    """Return what is asked of somebody and waits, that due first at the top; one query."""
    return [round_card(row=row, now=now) for row in rounds_to_answer(actor=actor, now=now)]


def answer_cards(*, actor: Actor, row: Round) -> list[AnswerCard]:
    """Return every answer of a round, the latest first, each with the lines that it answers as the reader sees them."""
    items = plan_of(row).checklist.items
    answers = sorted(row.answers.all(), key=lambda answer: -answer.number)
    shown = [(answer, values_shown(actor=actor, row=row, values=answer.values)) for answer in answers]
    return [
        AnswerCard(answer, [ItemSaid(item, values[item.key]) for item in items if item.key in values])
        for answer, values in shown
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


@dataclass(frozen=True, slots=True)
class ClassLine:
    """A class with its counts in the order of the columns; None where one is none or one, "" where it was not given."""

    row: ClassRound
    group: str
    cells: Sequence[int | str | None]

    @property
    def label(self) -> Promise:
        """How it stands, in words."""
        return GROUPS[self.group]


@dataclass(frozen=True, slots=True)
class ClassTable:
    """The classes of a plan on a day as a table, with its sums."""

    day: ClassesOfDay
    lines: Sequence[ClassLine]
    totals: Sequence[tuple[CheckItem, Total]]


@dataclass(frozen=True, slots=True)
class SchoolLine:
    """A school as the board of the bureau shows it; `report` is None where its rules ask for none."""

    board: SchoolRounds
    report: RoundCard | None


def school_lines(*, boards: Sequence[SchoolRounds], now: datetime) -> list[SchoolLine]:
    """Return the schools of a day as a page shows them."""
    return [SchoolLine(board, round_card(row=board.report, now=now) if board.report else None) for board in boards]


def class_table(day: ClassesOfDay) -> ClassTable:
    """Return the classes of a plan on a day as a page shows them."""
    keys = [item.key for item in day.items]
    cells = {row.id: [row.counts.get(key, "") for key in keys] for row in day.rows}
    lines = [ClassLine(row, standing(row.state, row.said), cells[row.id]) for row in day.rows]
    return ClassTable(day, lines, [(item, day.totals[item.key]) for item in day.items])
