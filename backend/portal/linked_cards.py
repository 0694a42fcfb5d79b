"""Linked tickets as a page shows them."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from backend.organisation.actors import Actor
from backend.portal.cards import is_chinese
from backend.workflow.links import Linked, links_shown
from backend.workflow.models import LinkKind, Ticket
from backend.workflow.selectors import category_name

FOLLOWED = _("It follows from this one")
WORDS: dict[str, Promise] = {
    LinkKind.RELATED: _("It belongs to this one"),
    LinkKind.FOLLOWS: _("This one follows from it"),
}


@dataclass(frozen=True, slots=True)
class LinkedCard:
    """Another ticket, what it is about, and in which way it belongs to the one shown."""

    ticket: Ticket
    title: str
    how: Promise


def linked_cards(*, actor: Actor, ticket: Ticket) -> Sequence[LinkedCard]:
    """Return the tickets that are linked with one the reader was let in to, as far as they may know of them."""
    return [_card(row) for row in links_shown(actor=actor, ticket=ticket)]


def _card(row: Linked) -> LinkedCard:
    how = FOLLOWED if row.is_followed else WORDS[row.link.kind]
    return LinkedCard(row.other, category_name(row.other, chinese=is_chinese()), how)
