"""Publishing a result: what was wrong and what was done, without names, for the reporter and the school's staff."""

from dataclasses import dataclass

from backend.workflow.action import Action, Told
from backend.workflow.action_input import Reasoned, flag, line
from backend.workflow.change import TicketChange
from backend.workflow.facts import MAY_BE_PUBLISHED, WAS_RESOLVED
from backend.workflow.models import PublishedResult
from backend.workflow.models.results import LONGEST_WHAT
from backend.workflow.policy import Relation
from backend.workflow.results import names_check
from backend.workflow.states import State


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishResultInput(Reasoned):
    """The problem; the note says what was done. Words that seem to name somebody are taken on purpose only."""

    what: str = line(required=True, longest=LONGEST_WHAT)
    although_named: bool = flag()


def _effect(change: TicketChange, said: PublishResultInput) -> None:
    ticket = change.ticket
    if not said.although_named:
        for field, words in (("what", said.what), ("note", said.note)):
            names_check(words=words, school_id=ticket.school_id, pointer=f"/{field}")
    result = PublishedResult.objects.filter(ticket=ticket).first() or PublishedResult(ticket=ticket)
    result.what, result.fix = said.what, said.note
    result.published_by_id, result.published_at = change.actor.person_id, change.now
    change.keeps(result)


PUBLISH_RESULT = Action(
    name="publish-result",
    order=102,
    sources=frozenset({State.CLOSED}),
    allowed=frozenset({Relation.OFFICE_HEAD, Relation.COORDINATOR, Relation.LEADER}),
    facts=(WAS_RESOLVED, MAY_BE_PUBLISHED),
    said=PublishResultInput,
    effect=_effect,
    told=Told(reporter=True),
    in_bulk=False,
)
