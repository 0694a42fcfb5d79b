"""The relations of an actor to a ticket, from the ticket's columns and the posts the actor holds now. Pure."""

from collections.abc import Iterator

from backend.organisation.actors import Actor
from backend.organisation.roles import Role
from backend.rulebook.ruleset import Confidentiality
from backend.workflow.models import Ticket
from backend.workflow.states import Relation


def relations_of(*, actor: Actor, ticket: Ticket) -> frozenset[Relation]:
    """Return every way in which the actor stands to the ticket; the ticket's school is loaded with it."""
    if ticket.confidentiality == Confidentiality.K2:
        return frozenset(_case_team(actor, ticket))
    return frozenset((*_involved(actor, ticket), *_office(actor, ticket), *_above(actor, ticket)))


def _involved(actor: Actor, ticket: Ticket) -> Iterator[Relation]:
    if ticket.reporter_id == actor.person_id:
        yield Relation.REPORTER
    if ticket.assignee_id == actor.person_id:
        yield Relation.ASSIGNEE
    yield from _has_done(actor, ticket)


def _has_done(actor: Actor, ticket: Ticket) -> Iterator[Relation]:
    if ticket.fixer_id == actor.person_id:
        yield Relation.FIXER
    if ticket.decline_proposed_by_id == actor.person_id:
        yield Relation.PROPOSER


def _office(actor: Actor, ticket: Ticket) -> Iterator[Relation]:
    if ticket.owner_id in actor.units(Role.HANDLER):
        yield Relation.HANDLER
    if ticket.owner_id in actor.units(Role.OFFICE_HEAD):
        yield Relation.OFFICE_HEAD


def _above(actor: Actor, ticket: Ticket) -> Iterator[Relation]:
    if actor.school_id == ticket.school_id:
        if actor.holds(Role.COORDINATOR):
            yield Relation.COORDINATOR
        if actor.holds(Role.DUTY_LEADER):
            yield Relation.DUTY_LEADER
        if actor.holds(Role.VICE_PRINCIPAL, Role.PRINCIPAL, Role.BOARD_CHAIR):
            yield Relation.LEADER
    elif actor.holds(Role.BUREAU_OFFICER) and actor.bureau_id == ticket.school.bureau_id:
        yield Relation.BUREAU


def _case_team(actor: Actor, ticket: Ticket) -> Iterator[Relation]:
    """The reporter is no part of the team and never finds the ticket, but may still take the report back."""
    if ticket.reporter_id == actor.person_id:
        yield Relation.REPORTER
    if actor.school_id != ticket.school_id:
        if actor.person_id in ticket.paged:
            yield Relation.BUREAU
        return
    if actor.holds(Role.PROTECTION_LEAD):
        yield Relation.CASE_LEAD
    if actor.holds(Role.PRINCIPAL, Role.BOARD_CHAIR):
        yield Relation.LEADER
    if ticket.assignee_id == actor.person_id:
        yield Relation.ASSIGNEE
    yield from _has_done(actor, ticket)
