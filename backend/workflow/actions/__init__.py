"""Every action on a ticket, one file each; states, trigger, API, permissions, diagram and forms are made from them."""

from collections.abc import Collection, Iterator, Sequence
from importlib import import_module
from pkgutil import iter_modules
from typing import Any

from backend.workflow.action import Action
from backend.workflow.facts import Situation
from backend.workflow.ledger import EventType
from backend.workflow.policy import Relation
from backend.workflow.states import State
from backend.workflow.system_events import SYSTEM_EVENTS


def _found() -> Iterator[Action[Any]]:
    """Yield the actions that the files of this folder define."""
    for module in iter_modules(__path__):
        for value in vars(import_module(f"{__name__}.{module.name}")).values():
            if isinstance(value, Action):
                yield value


ACTIONS: tuple[Action[Any], ...] = tuple(sorted(set(_found()), key=lambda action: action.order))
"""In the order in which they are offered."""
BY_NAME: dict[str, Action[Any]] = {action.name: action for action in ACTIONS}
FOR_PEOPLE: tuple[Action[Any], ...] = tuple(action for action in ACTIONS if action.is_for_people)
IN_BULK: tuple[Action[Any], ...] = tuple(action for action in FOR_PEOPLE if action.in_bulk)
EVENT_TYPES: dict[str, EventType] = {
    event.name: event for event in (*SYSTEM_EVENTS, *(action.event for action in ACTIONS))
}

ACTION_CHOICES = [(action.name, action.name) for action in FOR_PEOPLE]
BULK_CHOICES = [(action.name, action.name) for action in IN_BULK]
EVENT_CHOICES = [(name, name) for name in EVENT_TYPES]
"""The names as the shapes of the API hold them."""


def actions_available(
    *, situation: Situation, relations: Collection[Relation], among: Sequence[Action[Any]] = ACTIONS
) -> tuple[Action[Any], ...]:
    """Return the actions that somebody with these relations can take now, in the order in which they are offered."""
    return tuple(action for action in among if action.refusal(situation=situation, relations=relations) is None)


def state_changes() -> tuple[tuple[State, State], ...]:
    """Return every change of state that an action makes, as the database's trigger lets it pass."""
    pairs = {
        (source, target)
        for action in ACTIONS
        for source in action.sources
        for target in action.leads_to
        if target is not source
    }
    order = list(State)
    return tuple(sorted(pairs, key=lambda pair: (order.index(pair[0]), order.index(pair[1]))))
