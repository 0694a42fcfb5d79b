"""The relations in which somebody knows of a ticket otherwise than as its reporter. Pure."""

from backend.organisation.actors import Actor
from backend.workflow.models import Ticket
from backend.workflow.policy import OPENING, Relation, relations_of

KNOWN_BY = frozenset(rule.relation for rule in OPENING) - {Relation.REPORTER}
"""The relations in which somebody may know of a ticket otherwise than for having reported it."""
NOBODY: frozenset[Relation] = frozenset()


def relations_beside_filing(*, actor: Actor, ticket: Ticket, concerns_actor: bool) -> frozenset[Relation]:
    """Return how somebody stands to a ticket; nothing unless they may know of it otherwise than as its reporter."""
    if concerns_actor:
        return NOBODY
    relations = relations_of(actor=actor, ticket=ticket)
    return NOBODY if KNOWN_BY.isdisjoint(relations) else relations
