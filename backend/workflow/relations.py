"""The policy as it reads for one ticket at hand: how an actor stands to it, and what of it is opened to them."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from backend.organisation.actors import Actor
from backend.organisation.roles import Role
from backend.workflow.models import DeclineProposal, SealProposal, Ticket
from backend.workflow.policy import NAMING, RULES, Part, Relation, ReporterMode, Rule, Tie

OPENING = tuple(rule for rule in RULES if rule.opens_ticket)


def relations_of(*, actor: Actor, ticket: Ticket) -> frozenset[Relation]:
    """Return every way in which the actor stands to a ticket that does not concern them.

    The ticket's school is loaded with it; only of those who may have a grant its grants are read, unless they are too.
    """
    return frozenset(rule.relation for rule in _rules(actor, ticket))


def opened_to(*, actor: Actor, ticket: Ticket, at: datetime | None = None) -> frozenset[Part]:
    """Return what is opened to the actor of a ticket that does not concern them; `at`: by the grants of an instant."""
    parts = frozenset(part for rule in _rules(actor, ticket, at) for part in rule.opens)
    is_named = ticket.reporter_mode == ReporterMode.NAMED or ticket.reporter_id == actor.person_id
    return parts if is_named else parts - NAMING


def is_known(*, actor: Actor, ticket: Ticket, concerns_actor: bool) -> bool:
    """Say whether the actor may know of a ticket."""
    return not concerns_actor and any(_rules(actor, ticket, rules=OPENING))


@dataclass(frozen=True, slots=True)
class _Meeting:
    """An actor and a ticket, as its grants stood at an instant, or (None) as they stand."""

    actor: Actor
    ticket: Ticket
    at: datetime | None


def _rules(
    actor: Actor, ticket: Ticket, at: datetime | None = None, *, rules: Sequence[Rule] = RULES
) -> Iterator[Rule]:
    met = _Meeting(actor, ticket, at)
    for rule in rules:
        if ticket.confidentiality in rule.classes and rule.is_for(actor) and TIED[rule.tie](met, rule):
            yield rule


def _granted(met: _Meeting, rule: Rule) -> bool:
    return any(
        grant.person_id == met.actor.person_id and grant.role in rule.roles and grant.holds(met.at)
        for grant in met.ticket.grants.all()
        if (since := met.actor.held_since(Role(grant.role))) and since <= grant.since
    )


def _climbed(met: _Meeting, _rule: Rule) -> bool:
    return met.ticket.level >= 1 and met.actor.bureau_id == met.ticket.school.bureau_id


def _proposed(met: _Meeting, proposal: DeclineProposal | SealProposal | None) -> bool:
    return proposal is not None and proposal.proposed_by_id == met.actor.person_id


TIED: Mapping[Tie, Callable[[_Meeting, Rule], bool]] = {
    Tie.REPORTED: lambda met, _rule: met.ticket.reporter_id == met.actor.person_id,
    Tie.ASSIGNED: lambda met, _rule: met.ticket.assignee_id == met.actor.person_id,
    Tie.WORKED: lambda met, _rule: met.actor.person_id in met.ticket.workers,
    Tie.PROPOSED: lambda met, _rule: _proposed(met, met.ticket.declining),
    Tie.LOWERING: lambda met, _rule: _proposed(met, met.ticket.lowering),
    Tie.OFFICE: lambda met, rule: met.ticket.owner_id in met.actor.units(*rule.roles),
    Tie.SCHOOL: lambda met, _rule: met.ticket.school_id == met.actor.school_id,
    Tie.CLIMBED: _climbed,
    Tie.GRANTED: _granted,
}
