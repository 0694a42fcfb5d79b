"""The state machine of a ticket as a page to read, written from the tables themselves. Pure."""

from collections.abc import Collection, Iterator, Sequence

from backend.rulebook.ruleset import ClockName
from backend.workflow.states import CLOCKS_ARMED, CLOCKS_PAUSED, TRANSITIONS, Relation, State, Transition

HEAD = """\
# The states of a ticket

Written by `python manage.py state_machine_docs` from `backend/workflow/states.py`; a test compares the two.
The same table decides who may do what, lists the available actions in the API, and makes the database trigger that
refuses every other change of state.
"""
CLOCKS = """\
## Clocks

A change of state stops and starts exactly the difference between two columns, of the clocks that the rulebook has for
the ticket's category and severity. `contain` runs until somebody contained it; `progress` starts anew with each report.
A clock that rests keeps the work that is left and goes on with it afterwards
([0012](adr/0012-waiting.md)).
"""
NOBODY = "–"


def page() -> str:
    """Return the whole page in Markdown: the diagram, the transitions, and the clocks of each state."""
    parts = (
        HEAD,
        "```mermaid\nstateDiagram-v2\n" + "\n".join(_diagram()) + "\n```\n",
        "## Transitions\n",
        _table(
            ("action", "from", "to", "only if", "who may", "never", "needs", "If-Match"),
            [_transition(row) for row in TRANSITIONS],
        ),
        CLOCKS,
        _table(("clock", *State.values), [_clock(clock) for clock in ClockName]),
    )
    return "\n".join(parts)


def _diagram() -> Iterator[str]:
    yield f"    [*] --> {State.RECEIVED}"
    for transition in TRANSITIONS:
        for source in _in_order(transition.sources):
            if transition.target is not None:
                yield f"    {source} --> {transition.target}: {transition.action}"


def _transition(row: Transition) -> tuple[str, ...]:
    anybody = frozenset(Relation) - {Relation.SYSTEM}
    by_hand = row.allowed != {Relation.SYSTEM}
    return (
        f"`{row.action}`",
        "any" if row.sources == frozenset(State) else ", ".join(_in_order(row.sources)),
        row.target or "stays",
        _names(row.facts),
        "whoever sees it" if row.allowed == anybody else _names(row.allowed),
        _names(row.refused),
        _names(row.evidence),
        "yes" if row.checks_version and by_hand else NOBODY,
    )


def _clock(clock: ClockName) -> tuple[str, ...]:
    return (f"`{clock}`", *(_standing(clock, state) for state in State))


def _standing(clock: ClockName, state: State) -> str:
    if clock in CLOCKS_PAUSED.get(state, ()):
        return "rests"
    return "runs" if clock in CLOCKS_ARMED[state] else NOBODY


def _in_order(states: Collection[State]) -> list[str]:
    return [state.value for state in State if state in states]


def _names(values: Collection[str]) -> str:
    return ", ".join(sorted(str(value) for value in values)) or NOBODY


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)
