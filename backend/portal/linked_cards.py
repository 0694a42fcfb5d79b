"""Linked tickets as a page shows them."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from backend.organisation.actors import Actor
from backend.portal.cards import is_chinese
from backend.workflow.earlier import EarlierRelation, earlier_read
from backend.workflow.links import Linked, links_shown
from backend.workflow.models import LinkKind, Ticket
from backend.workflow.selectors import category_name
from backend.workflow.sight import tickets_known

FOLLOWED = _("It follows from this one")
WORDS: dict[str, Promise] = {
    LinkKind.RELATED: _("It belongs to this one"),
    LinkKind.FOLLOWS: _("This one follows from it"),
}


@dataclass(frozen=True, slots=True)
class LinkedCard:
    """Another ticket, what it is about, in which way it belongs to the one shown, and whether it follows from that."""

    ticket: Ticket
    title: str
    how: Promise
    is_followed: bool = False


def linked_cards(*, actor: Actor, ticket: Ticket) -> Sequence[LinkedCard]:
    """Return the tickets that are linked with one the reader was let in to, as far as they may know of them."""
    return [_card(row) for row in links_shown(actor=actor, ticket=ticket)]


def _card(row: Linked) -> LinkedCard:
    how = FOLLOWED if row.is_followed else WORDS[row.link.kind]
    return LinkedCard(row.other, category_name(row.other, chinese=is_chinese()), how, row.is_followed)


def followed_card(*, actor: Actor, chosen: str) -> LinkedCard | None:
    """Return the ticket from which a report follows, as its form says; None where the reader may not know of it."""
    earlier = earlier_read(chosen)
    if earlier is None or earlier.relation is not EarlierRelation.FOLLOWS:
        return None
    ticket = tickets_known(actor=actor).filter(id=earlier.ticket_id).first()
    if ticket is None:
        return None
    return LinkedCard(ticket, category_name(ticket, chinese=is_chinese()), WORDS[LinkKind.FOLLOWS])
