"""Proposals to show a ticket to more people, as its page shows them."""

from dataclasses import dataclass

from backend.portal.cards import is_chinese
from backend.rulebook.ruleset import Confidentiality
from backend.workflow.models import Ticket
from backend.workflow.selectors import category_names


@dataclass(frozen=True, slots=True)
class Lowering:
    """That somebody proposes to show a ticket to more people: its class, and its category where that would change."""

    who: str
    was: str
    becomes: str
    category: str


def lowering(*, ticket: Ticket) -> Lowering | None:
    """Return an open proposal to make a ticket less confidential."""
    proposed = ticket.lowering
    if proposed is None:
        return None
    names = category_names(ticket, chinese=is_chinese()) if proposed.category != ticket.category else {}
    was, becomes = (Confidentiality(one).label for one in (ticket.confidentiality, proposed.confidentiality))
    return Lowering(proposed.proposed_by.name, str(was), str(becomes), names.get(proposed.category, ""))
