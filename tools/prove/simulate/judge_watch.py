"""The comparison of rounds, contact tests, started plans and periods in the database with the oracle's."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from backend.common.models import OutboxMessage
from backend.deadlines.invariants import Invariant
from backend.deadlines.models import Escalation, Timer
from backend.duty.models import ContactTest
from backend.response.invariants import INVARIANTS as OF_RESPONSES
from backend.response.models import ResponseTask
from backend.rounds.invariants import INVARIANTS as OF_ROUNDS
from backend.rounds.models import Period, Round
from backend.rounds.period_invariants import PERIOD_INVARIANTS
from backend.workflow.models import TicketEvent
from tools.prove.simulate.duties import TaskKey, TestKey
from tools.prove.simulate.firings import Fired
from tools.prove.simulate.ladders import Climb, Subject
from tools.prove.simulate.people import Reached
from tools.prove.simulate.rounds import NewsKey, RoundKey
from tools.prove.simulate.watch import Watch

AUDITED: Sequence[Invariant] = (*OF_ROUNDS, *PERIOD_INVARIANTS, *OF_RESPONSES)
KINDS = ("round", "contact", "response", "period")
Pairs = tuple[str, Mapping[Any, Any], Mapping[Any, Any]]
"""A word for what is compared, and what the oracle and the database say of it."""


def watched(watch: Watch) -> Iterator[Pairs]:
    """Yield everything that the oracle and the database say of rounds and the like."""
    rounds = {row.id: row for row in _rounds(watch)}
    keys = {row_id: _round_key(row) for row_id, row in rounds.items()}
    tests = {row.id: TestKey(row.shift_id, row.person_id, row.asked_at) for row in ContactTest.objects.all()}
    tasks = {str(row.id): (_task_key(row), row) for row in _tasks()}
    timers = {row.pk: (_climb(row, keys, tests, tasks), row) for row in Timer.objects.filter(subject_kind__in=KINDS)}
    found = {key: _ladder(row) for key, row in timers.values()}
    yield "ladder", {ladder.key: ladder.told() for ladder in watch.ladders.all()}, found
    fired = Escalation.objects.filter(timer__in=timers).values_list("timer", "rung", "due_at", "fired_at")
    climbed = {(timers[timer][0], rung): Fired(due_at, fired_at) for timer, rung, due_at, fired_at in fired}
    yield "climbed", watch.ladders.fired, climbed
    told = {row.key: row.stands() for row in watch.rounds.rounds.values()}
    yield "round", told, {keys[row_id]: _stands(row) for row_id, row in rounds.items()}
    yield "asked of round", *_asked(watch, {keys[row_id]: row for row_id, row in rounds.items()})
    yield "heard of round", watch.rounds.heard, _heard_of_rounds(keys)
    yield "heard of test", watch.contacts.heard, _heard_of_tests(tests)
    answered = {key: (task.done_by, task.done_at) for key, task in watch.responses.tasks.items()}
    yield "step", answered, {key: (row.done_by_id, row.done_at) for key, row in tasks.values()}
    yield "told of step", watch.responses.missed, _missed(tasks)
    periods = {key: (row.state, tuple(row.acts)) for key, row in watch.periods.periods.items()}
    yield "period", periods, dict(_periods())


def _rounds(watch: Watch) -> Sequence[Round]:
    rows = Round.objects.filter(school__in=watch.rounds.sites).select_related("unit", "excuse")
    return list(rows.prefetch_related("answers"))


def _round_key(row: Round) -> RoundKey:
    return RoundKey(row.school_id, row.plan, row.unit.code if row.unit else "", row.day, row.turn)


def _stands(row: Round) -> tuple[object, ...]:
    times = (row.opens_at, row.due_at, row.late_at)
    answers = sorted(row.answers.all(), key=lambda answer: answer.number)
    said = tuple((answer.by_id, answer.at, answer.said) for answer in answers)
    excuse = getattr(row, "excuse", None)
    return row.state, times, row.opened_at, said, excuse.by_id if excuse else None


def _asked(watch: Watch, rows: Mapping[RoundKey, Round]) -> tuple[Mapping[Any, Any], Mapping[Any, Any]]:
    """Return of whom each round is asked by name: one of those whom its opening reached, or nobody."""
    wanted, found = {}, {}
    for key, told in watch.rounds.rounds.items():
        row = rows.get(key)
        person = row.assignee_id if row else None
        is_right = person in told.asked if told.asked else person is None
        wanted[key], found[key] = told.asked, told.asked if is_right else person
    return wanted, found


def _heard_of_rounds(keys: Mapping[UUID, RoundKey]) -> dict[NewsKey, Reached]:
    heard: defaultdict[NewsKey, set[UUID]] = defaultdict(set)
    for payload, at in _messages("round.unanswered"):
        for office in payload["offices"]:
            if key := keys.get(UUID(office["round"])):
                heard[NewsKey(key, payload["what"], at)] |= {UUID(person) for person in payload["people"]}
    return {key: frozenset(people) for key, people in heard.items()}


def _heard_of_tests(tests: Mapping[UUID, TestKey]) -> dict[tuple[TestKey, str], Reached]:
    return {
        (tests[UUID(payload["test"])], payload["what"]): frozenset(map(UUID, payload["people"]))
        for payload, _at in _messages("contact.told")
    }


def _messages(topic: str) -> Iterator[tuple[Mapping[str, Any], datetime]]:
    return OutboxMessage.objects.filter(topic=topic).values_list("payload", "created_at").iterator()


def _tasks() -> Sequence[ResponseTask]:
    return list(ResponseTask.objects.select_related("response", "unit"))


def _task_key(row: ResponseTask) -> TaskKey:
    began, unit = row.response, row.unit.code if row.unit else ""
    return TaskKey(began.ticket_id, began.plan, began.started_at, row.step, unit)


def _missed(tasks: Mapping[str, tuple[TaskKey, ResponseTask]]) -> dict[tuple[TaskKey, int, datetime], Reached]:
    events = TicketEvent.objects.filter(kind="response-missed").select_related("payload")
    bodies = [(event.payload.body, event.at) for event in events]
    return {
        (tasks[body["task"]][0], body["rung"], at): frozenset(UUID(person) for person in body["told"])
        for body, at in bodies
    }


def _periods() -> Iterator[tuple[UUID, tuple[str, tuple[tuple[str, datetime], ...]]]]:
    for row in Period.objects.prefetch_related("acts"):
        acts = sorted(row.acts.all(), key=lambda act: act.number)
        yield row.id, (row.state, tuple((act.kind, act.at) for act in acts))


def _climb(
    row: Timer,
    rounds: Mapping[UUID, RoundKey],
    tests: Mapping[UUID, TestKey],
    tasks: Mapping[str, tuple[TaskKey, ResponseTask]],
) -> Climb:
    subjects: Mapping[str, Subject] = {
        "round": ("round", rounds.get(row.subject_id)),
        "contact": ("contact", tests.get(row.subject_id)),
        "response": ("response", tasks.get(row.target, (None,))[0]),
        "period": ("period", row.subject_id, row.clock),
    }
    return Climb(subjects[row.subject_kind], row.epoch)


def _ladder(row: Timer) -> tuple[object, ...]:
    return row.started_at, tuple(row.ladder), row.rung, row.stopped_at, row.stop_reason
