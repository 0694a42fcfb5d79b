"""The state machine of a ticket as a page to read, written from the tables themselves. Pure."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import product
from typing import Any

from backend.rulebook.ruleset import ClockName
from backend.workflow.action import Action
from backend.workflow.action_input import field_specs
from backend.workflow.actions import ACTIONS
from backend.workflow.relation_groups import EVERYBODY
from backend.workflow.states import CLOCKS_ARMED, CLOCKS_PAUSED, State

HEAD = """\
# The states of a ticket

Written by `python manage.py state_machine_docs` from `backend/workflow/actions/`; a test compares the two.
The same definitions decide who may do what, list the available actions in the API, and make the database trigger that
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
            [_transition(row) for row in ACTIONS],
        ),
        CLOCKS,
        _table(("clock", *State.values), [_clock(clock) for clock in ClockName]),
    )
    return "\n".join(parts)


def _diagram() -> Iterator[str]:
    yield f"    [*] --> {State.RECEIVED}"
    for action in ACTIONS:
        for source, target in product(_in_order(action.sources), _in_order(action.leads_to)):
            yield f"    {source} --> {target}: {action.name}"


def _transition(action: Action[Any]) -> tuple[str, ...]:
    return (
        f"`{action.name}`",
        "any" if action.sources == frozenset(State) else ", ".join(_in_order(action.sources)),
        ", ".join(_in_order(action.leads_to)) or "stays",
        "; ".join(str(fact) for fact in action.facts) or NOBODY,
        "whoever sees it" if action.allowed == EVERYBODY else _names(action.allowed),
        _names(action.refused),
        _names(spec.name for spec in field_specs(action.said) if spec.required),
        "yes" if action.checks_version and action.is_for_people else NOBODY,
    )


def _clock(clock: ClockName) -> tuple[str, ...]:
    return (f"`{clock}`", *(_standing(clock, state) for state in State))


def _standing(clock: ClockName, state: State) -> str:
    if clock in CLOCKS_PAUSED.get(state, ()):
        return "rests"
    return "runs" if clock in CLOCKS_ARMED[state] else NOBODY


def _in_order(states: Collection[State]) -> list[str]:
    return [state.value for state in State if state in states]


def _names(values: Iterable[str]) -> str:
    return ", ".join(sorted(str(value) for value in values)) or NOBODY


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)
