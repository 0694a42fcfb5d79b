"""Events that lay behind an "all well": the rule of what counts as one. Pure."""

from datetime import datetime

from backend.rounds.models import RoundAnswer, Said
from backend.rulebook.ruleset import Confidentiality
from backend.workflow.models import Ticket
from backend.workflow.states import State

UNFIT = (State.RECEIVED, State.DECLINED, State.MERGED)
"""The states of a ticket that nobody has given to an office yet, or that stands for nothing of its own."""


def lay_behind(*, ticket: Ticket, answer: RoundAnswer, found_since: datetime) -> bool:
    """Say whether an event had happened when an answer said that all is well, and came out only afterwards."""
    return answer.said == Said.ALL_WELL and ticket.occurred_at < answer.at < found_since


def is_sealed(ticket: Ticket) -> bool:
    """Say whether a ticket is, or ever was, strictly confidential; no round is ever linked with such a one."""
    return Confidentiality.K2 in {ticket.confidentiality, ticket.seal}
