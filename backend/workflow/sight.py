"""The policy as the database reads it: for each way in which an actor may know of tickets one condition.

Every condition is read by an index of its own, in the order of the list (`AlternativesQuerySet`).
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache, reduce
from operator import or_
from uuid import UUID

from django.db.models import Exists, OuterRef, Q

from backend.common.sql.statements import AlternativesQuerySet
from backend.organisation.actors import Actor
from backend.rulebook.ruleset import Confidentiality
from backend.workflow.models import Ticket, TicketGrant, TicketPart, TicketParticipant
from backend.workflow.policy import ALL, BY_GRANT, ORDINARY, RULES, SEALED, Rule, Tie

QUERIES_KEPT = 16
"""The number of query sets a process keeps, two for each of those who lately looked: composing one takes 10 ms."""
OF_CLASSES = {
    ALL: Q(),
    ORDINARY: ~Q(confidentiality=Confidentiality.K2),
    SEALED: Q(confidentiality=Confidentiality.K2),
}
NEVER_SEALED = Q(seal=Confidentiality.K0)
"""All that is opened to another program, whoever it acts for."""

OF_OFFICE = frozenset({Tie.OFFICE, Tie.ASKED})
"""The ties to an office in which the role is held."""


def tickets_known(*, actor: Actor, as_reporter: bool = True) -> AlternativesQuerySet[Ticket]:
    """Return the tickets the actor may know of; `as_reporter`: also those known only for having reported them."""
    return _known(actor, as_reporter).all()


@lru_cache(maxsize=QUERIES_KEPT)
def _known(actor: Actor, as_reporter: bool) -> AlternativesQuerySet[Ticket]:
    """Return the same, composed once: it follows from what the actor is alone, and a page asks for it many times."""
    rules = [rule for rule in RULES if as_reporter or rule.tie is not Tie.REPORTED]
    concerned = TicketParticipant.objects.filter(ticket=OuterRef("pk"), person=actor.person_id)
    tickets = Ticket.objects.filter(~Exists(concerned), *([NEVER_SEALED] if actor.through else []))
    return tickets.matching_any(list(_alternatives(actor, rules)))


def _asked(office: UUID | None) -> Q:
    return Q(id__in=TicketPart.objects.filter(office=office, ended_at=None).values("ticket"))


def _alternatives(actor: Actor, rules: Sequence[Rule]) -> Iterator[Q]:
    reached: dict[tuple[Tie, UUID | None], frozenset[Confidentiality]] = {}
    for rule in rules:
        if rule.opens_ticket and rule.is_for(actor):
            offices = sorted(actor.units(*rule.roles)) if rule.tie in OF_OFFICE else [None]
            for key in [(rule.tie, office) for office in offices]:
                reached[key] = reached.get(key, frozenset()) | rule.classes
    for (tie, office), classes in reached.items():
        yield OF_CLASSES[classes] & TIED[tie](actor, office)


def _granted(actor: Actor, _office: UUID | None) -> Q:
    terms = {role: since for role in sorted(BY_GRANT) if (since := actor.held_since(role))}
    in_terms = reduce(or_, (Q(role=role, since__gte=since) for role, since in terms.items()), Q(pk__in=[]))
    return Q(id__in=TicketGrant.objects.filter(in_terms, person=actor.person_id, until=None).values("ticket"))


TIED: Mapping[Tie, Callable[[Actor, UUID | None], Q]] = {
    Tie.REPORTED: lambda actor, _office: Q(reporter=actor.person_id),
    Tie.ASSIGNED: lambda actor, _office: Q(assignee=actor.person_id),
    Tie.OFFICE: lambda _actor, office: Q(owner=office),
    Tie.ASKED: lambda _actor, office: _asked(office),
    Tie.SCHOOL: lambda actor, _office: Q(school=actor.school_scope),
    Tie.CLIMBED: lambda actor, _office: Q(school__bureau=actor.bureau_id, level__gte=1),
    Tie.GRANTED: _granted,
}
"""The ties that open a ticket; by the others no list is read."""
