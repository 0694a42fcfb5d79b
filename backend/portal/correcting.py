"""What a correction of a ticket can choose from. Pure apart from the places, which are read once."""

from collections.abc import Sequence
from dataclasses import dataclass

from backend.organisation.actors import Actor
from backend.portal.cards import is_chinese
from backend.portal.placetree import PlaceGroup, place_groups
from backend.portal.selectors import places_for_report
from backend.rulebook.ruleset import Confidentiality, Severity
from backend.rulebook.selectors import ruleset_get
from backend.workflow.models import Ticket


@dataclass(frozen=True, slots=True)
class Choice:
    """A value to choose and its name."""

    value: str
    name: str


@dataclass(frozen=True, slots=True)
class Corrections:
    """The values that can be chosen instead of the present ones."""

    categories: Sequence[Choice]
    severities: Sequence[Choice]
    classes: Sequence[Choice]
    places: Sequence[PlaceGroup]


def corrections(*, ticket: Ticket, actor: Actor) -> Corrections:
    """Return what a ticket can be corrected to; of each, what it is now is left out."""
    categories = ruleset_get(ticket.rulebook_id).categories.values()
    places = [place for place in places_for_report(actor=actor) if place.school_id == ticket.school_id]
    return Corrections(
        categories=[
            Choice(row.code, row.name_zh if is_chinese() else row.name_en)
            for row in categories
            if row.code != ticket.category
        ],
        severities=[Choice(row, str(row.label)) for row in Severity if row != ticket.severity],
        classes=[Choice(row, str(row.label)) for row in Confidentiality if row != ticket.confidentiality],
        places=place_groups(places),
    )
