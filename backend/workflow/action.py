"""The definition of an action: all that holds for it in one value, made by the action's own file."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Generic

from backend.common.errors import DomainError
from backend.organisation.roles import Role
from backend.rulebook.ruleset import ClockName
from backend.workflow.action_input import SaidT, field_specs
from backend.workflow.change import TicketChange
from backend.workflow.errors import ActionNotAllowed, ActionUnavailable
from backend.workflow.facts import Fact, Situation
from backend.workflow.ledger import EventType, Sensitivity
from backend.workflow.models import Ticket
from backend.workflow.policy import Relation
from backend.workflow.states import State


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """The people an action tells besides those its effect names: reporter, assignee, and who is reached in a role.

    Of class K2 `sealed_role` is asked instead of `role`. `reporter_of` narrows the tickets whose reporter is told.
    `not_the_actor` passes over whoever acted when the role is asked, so that a second person hears.
    """

    reporter: bool = False
    reporter_of: Callable[[Ticket], bool] = lambda _ticket: True
    assignee: bool = False
    role: Role | None = None
    sealed_role: Role = Role.PROTECTION_LEAD
    not_the_actor: bool = False


NOBODY_TOLD = Told()


def no_effect(_change: TicketChange, _said: Any) -> None:
    """Change nothing but the state."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Action(Generic[SaidT]):
    """From which states an action leads where (`target` None: the state stays), who may, what has to hold and be said.

    One that leads back to what was before names the states among which its effect chooses (`leads_back_to`).
    Actions are offered by `order`, the lowest first. `refused` names relations that never may, each with its refusal;
    they outweigh `allowed`. `records` are the fields that its effect adds to the event. `restarts` names the clocks
    that begin anew with it. One that is `remark_only` neither changes the version nor counts as having acted; one that
    is `in_bulk` can be taken on many tickets with the same words; whoever takes one that `is_work` never checks it;
    one that `asks_proof` opens what is sealed, so who takes it has signed in within ten minutes. With one that
    `takes_files` goes a photo of what was done. One that `passes_on` ends no silence: passing it round wins no time.
    """

    name: str
    order: int
    sources: frozenset[State]
    target: State | None = None
    leads_back_to: frozenset[State] = frozenset()
    allowed: frozenset[Relation]
    refused: Mapping[Relation, type[DomainError]] = field(default_factory=dict)
    facts: tuple[Fact, ...] = ()
    said: type[SaidT]
    effect: Callable[[TicketChange, SaidT], None] = no_effect
    restarts: frozenset[ClockName] = frozenset()
    records: Mapping[str, Sensitivity] = field(default_factory=dict)
    event_version: int = 1
    told: Told = NOBODY_TOLD
    checks_version: bool = True
    remark_only: bool = False
    in_bulk: bool = True
    is_work: bool = False
    asks_proof: bool = False
    takes_files: bool = False
    passes_on: bool = False

    @cached_property
    def event(self) -> EventType:
        """The type of the event that records it: what is said, and what the effect adds."""
        said = {spec.name: spec.recorded for spec in field_specs(self.said) if spec.recorded}
        return EventType(self.name, {**said, **self.records}, self.event_version)

    @property
    def leads_to(self) -> frozenset[State]:
        """The states that a ticket can have after it, where it changes the state."""
        return frozenset({self.target}) if self.target is not None else self.leads_back_to

    @property
    def is_for_people(self) -> bool:
        """Whether a person can take it; the others are the system's own."""
        return self.allowed != {Relation.SYSTEM}

    def refusal(self, *, situation: Situation, relations: Collection[Relation]) -> type[DomainError] | None:
        """Return why somebody with these relations cannot take it now, or None where they can.

        Who may is asked before what holds, so that a refusal tells nothing to whom the action is not for.
        """
        never = next((error for relation, error in self.refused.items() if relation in relations), None)
        if never is not None:
            return never
        if not self.allowed & frozenset(relations):
            return ActionNotAllowed
        if State(situation.ticket.state) not in self.sources:
            return ActionUnavailable
        return next((fact.refusal for fact in self.facts if not fact.holds(situation)), None)
