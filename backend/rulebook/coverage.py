"""The check that every rung of a rulebook reaches somebody over a span of time, also with any one person away. Pure.

Many rungs ask the same question (these roles, or their deputies, in this office), so each question is asked once per
interval and its answer stands for every category, severity and rung behind it.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from backend.duty.reach import Directory, Reached, Skip
from backend.organisation.roles import UNIT_ROLES, Role
from backend.rulebook.round_rules import UnitsAsked
from backend.rulebook.ruleset import Category, ClockName, Confidentiality, Ruleset, Rung, Severity

Span = tuple[datetime, datetime]
"""From an instant until another."""


class Question(NamedTuple):
    """The people a rung asks for: any of these roles (or their deputies), in an office where they belong to one."""

    roles: tuple[Role, ...]
    deputies: bool
    unit_id: UUID | None


class Use(NamedTuple):
    """A place where a question is asked: a rung (from 1) of a clock, or (clock None) those who hear of a new ticket.

    Of a plan of rounds `category` is its code, without severity and clock; 0 asks who is to look.
    """

    category: str
    severity: Severity | None
    clock: ClockName | None
    rung: int


@dataclass(frozen=True, slots=True)
class Interval:
    """A stretch of time in which no answer changes."""

    since: datetime
    until: datetime
    at_night: bool
    directory: Directory


class Answer(NamedTuple):
    """A fault of an answer: nobody (only None), or one person on whom all rests; and those who were passed over."""

    only: UUID | None
    skips: tuple[Skip, ...]


@dataclass(frozen=True, slots=True)
class Gap:
    """Questions that reach nobody (only None), or the same person alone, at the same times; who was passed over."""

    only: UUID | None
    questions: tuple[Question, ...]
    spans: tuple[Span, ...]
    skips: tuple[Skip, ...]


Questions = Mapping[Question, Sequence[Use]]


def questions_of(
    *,
    ruleset: Ruleset,
    offices: Mapping[str, Sequence[UUID]],
    targets: UnitsAsked,
    at_night: bool,
) -> Questions:
    """Return every question the rulebook asks by day or by night.

    `offices` are the possible owners by category, `targets` those of whom rounds are asked. Rounds ask the same always.
    """
    asked: defaultdict[Question, list[Use]] = defaultdict(list)
    ladders = _Ladders(ruleset, at_night)
    for category in ruleset.categories.values():
        for severity in Severity:
            for rung, use in ladders.rungs(category, severity):
                for unit_id in offices[category.code]:
                    asked[_question(rung.tell, rung.deputies, unit_id)].append(use)
            informed = ruleset.informed_of(
                severity=severity, confidentiality=category.confidentiality, at_night=at_night
            )
            for unit_id in offices[category.code]:
                asked[_question(informed, False, unit_id)].append(Use(category.code, severity, None, 0))
    for question, use in _rounds(ruleset, targets):
        asked[question].append(use)
    return asked


def _rounds(ruleset: Ruleset, targets: UnitsAsked) -> Iterator[tuple[Question, Use]]:
    for plan in ruleset.round_plans.values():
        for unit_id in plan.may_ask(targets):
            yield _question((plan.asked,), False, unit_id), Use(plan.code, None, None, 0)
            for number, rung in enumerate(plan.rungs, start=1):
                yield _question(rung.tell, rung.deputies, unit_id), Use(plan.code, None, None, number)


@dataclass(slots=True)
class _Ladders:
    """The ladders of a ruleset by day or by night; most categories have those of their severity, read once."""

    ruleset: Ruleset
    at_night: bool
    _known: dict[tuple[str, Severity, ClockName, bool], list[Rung]] = field(default_factory=dict)

    def rungs(self, category: Category, severity: Severity) -> Iterator[tuple[Rung, Use]]:
        """Yield each rung of each clock of a ticket of this sort, and where it stands."""
        is_strict = category.confidentiality is Confidentiality.K2
        own = category.code if category.clocks else ""
        for name, clock in self.ruleset.clocks_of(category=category.code, severity=severity).items():
            count = len(self.ruleset.protection_rungs) if is_strict else len(clock.rungs)
            key = (own, severity, name, is_strict)
            if key not in self._known:
                self._known[key] = [self._rung(category, severity, name, rung) for rung in range(count)]
            for number, rung in enumerate(self._known[key], start=1):
                yield rung, Use(category.code, severity, name, number)

    def _rung(self, category: Category, severity: Severity, clock: ClockName, rung: int) -> Rung:
        (step,) = self.ruleset.rungs_to_tell(
            category=category.code,
            severity=severity,
            confidentiality=category.confidentiality,
            clock=clock,
            rung=rung,
            at_night=self.at_night,
        )
        return step


def _question(roles: tuple[Role, ...], deputies: bool, unit_id: UUID | None) -> Question:
    return Question(roles, deputies, unit_id if UNIT_ROLES.intersection(roles) else None)


def gaps_find(
    *, school_id: UUID, intervals: Iterable[Interval], by_day: Questions, by_night: Questions
) -> tuple[Gap, ...]:
    """Return every wrong answer with the times at which it holds, the earliest first; no query, no clock."""
    spans: dict[tuple[Question, Answer], list[Span]] = {}
    desk: _Desk | None = None
    for interval in intervals:
        if desk is None or desk.directory != interval.directory:  # most borders are those of the night alone
            desk = _Desk(interval.directory, school_id)
        for question in by_night if interval.at_night else by_day:
            answer = desk.answer(question)
            if answer is not None:
                _extend(spans.setdefault((question, answer), []), (interval.since, interval.until))
    together: defaultdict[tuple[UUID | None, tuple[Span, ...]], list[tuple[Question, Answer]]] = defaultdict(list)
    for (question, answer), times in spans.items():
        together[answer.only, tuple(times)].append((question, answer))
    return tuple(sorted((_gap(*found) for found in together.items()), key=lambda gap: gap.spans[0]))


def _gap(alike: tuple[UUID | None, tuple[Span, ...]], found: Sequence[tuple[Question, Answer]]) -> Gap:
    only, times = alike
    questions = dict.fromkeys(question for question, _answer in found)
    skips = dict.fromkeys(skip for _question, answer in found for skip in answer.skips)
    return Gap(only, tuple(questions), times, tuple(skips))


def _extend(spans: list[Span], span: Span) -> None:
    if spans and spans[-1][1] == span[0]:
        spans[-1] = (spans[-1][0], span[1])
    else:
        spans.append(span)


@dataclass(slots=True)
class _Desk:
    """Answers the questions of one interval, each single one once."""

    directory: Directory
    school_id: UUID
    _known: dict[tuple[Role, bool, UUID | None, UUID | None], Reached] = field(default_factory=dict)
    _answers: dict[Question, Answer | None] = field(default_factory=dict)

    def answer(self, question: Question) -> Answer | None:
        """Return what is wrong with the answer to a question; None when two people could be told."""
        if question not in self._answers:
            self._answers[question] = self._answer(question)
        return self._answers[question]

    def _answer(self, question: Question) -> Answer | None:
        found = self._ask(question, None)
        people = {person for answer in found for person in answer.people}
        if len(people) > 1:
            return None
        if not people:
            return Answer(None, _skips(found))
        (only,) = people
        without = self._ask(question, only)
        return None if any(answer.people for answer in without) else Answer(only, _skips(found))

    def _ask(self, question: Question, without: UUID | None) -> list[Reached]:
        return [self._reach(role, question, without) for role in question.roles]

    def _reach(self, role: Role, question: Question, without: UUID | None) -> Reached:
        unit_id = question.unit_id if role in UNIT_ROLES else None
        key = (role, question.deputies, unit_id, without)
        if key not in self._known:
            ask = self.directory.deputies if question.deputies else self.directory.reach
            excluding = () if without is None else (without,)
            self._known[key] = ask(role=role, school_id=self.school_id, unit_id=unit_id, excluding=excluding)
        return self._known[key]


def _skips(found: Iterable[Reached]) -> tuple[Skip, ...]:
    return tuple(dict.fromkeys(skip for answer in found for skip in answer.skips))
