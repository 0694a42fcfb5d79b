"""Adding an affected party: people who have to be told before the ticket is closed."""

from dataclasses import dataclass

from backend.workflow.action import Action
from backend.workflow.action_input import ActionInput, chosen, line
from backend.workflow.affected import affected_add
from backend.workflow.change import TicketChange
from backend.workflow.errors import EvidenceMissing
from backend.workflow.facts import ROOM_FOR_AFFECTED
from backend.workflow.ledger import Sensitivity
from backend.workflow.models import LONGEST_WHO, Affected
from backend.workflow.relation_groups import ABOVE, NOT_OVER, OWNERS


@dataclass(frozen=True, slots=True, kw_only=True)
class AddAffectedInput(ActionInput):
    """The sort of people, and which ones; of others it has to be said who they are."""

    affected: Affected | None = chosen(Affected)
    who: str = line(longest=LONGEST_WHO)


def _effect(change: TicketChange, said: AddAffectedInput) -> None:
    if said.affected is None or (said.affected is Affected.OTHER and not said.who):
        raise EvidenceMissing(pointer="/who")
    affected_add(change=change, kind=said.affected, who=said.who)


ADD_AFFECTED = Action(
    name="add-affected",
    order=142,
    sources=NOT_OVER,
    allowed=OWNERS | ABOVE,
    facts=(ROOM_FOR_AFFECTED,),
    said=AddAffectedInput,
    effect=_effect,
    records={"party": Sensitivity.PLAIN},
    in_bulk=False,
)
