"""Verifying: somebody other than the fixer looked, found it solved, and closes it."""

from dataclasses import dataclass

from backend.workflow.action import Action, Told
from backend.workflow.action_input import Reasoned, flag
from backend.workflow.change import TicketChange
from backend.workflow.doubtful_words import doubt_check
from backend.workflow.errors import FixerCannotVerify
from backend.workflow.facts import EVERYBODY_TOLD
from backend.workflow.fixing import fix_check
from backend.workflow.parts import PART_ASKED
from backend.workflow.policy import Relation
from backend.workflow.relation_groups import VERIFIERS
from backend.workflow.reviewing import review_ask
from backend.workflow.states import State


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifyInput(Reasoned):
    """The words about what was looked at; words that say it is not solved are taken only on purpose."""

    although_doubtful: bool = flag()


def _effect(change: TicketChange, said: VerifyInput) -> None:
    doubt_check(note=said.note, is_meant=said.although_doubtful)
    fix_check(ticket=change.ticket)
    change.ticket.closed_at = change.now
    review_ask(change=change)


VERIFY = Action(
    name="verify",
    order=80,
    sources=frozenset({State.RESOLVED}),
    target=State.CLOSED,
    allowed=VERIFIERS,
    refused={Relation.FIXER: FixerCannotVerify},
    facts=(EVERYBODY_TOLD,),
    said=VerifyInput,
    effect=_effect,
    records=PART_ASKED,
    event_version=2,
    told=Told(reporter=True, assignee=True),
    takes_files=True,
)
