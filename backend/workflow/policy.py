"""The policy: who may know of a ticket, and what of it, as one frozen table, and the answer it gives for one ticket.

The table decides; what reads it decides nothing. For one ticket that is at hand that is done below it, and `sight.py`
makes the conditions of the database from it. Over all of it stand two vetoes: whoever a report concerns has no relation
to its ticket, and whom it concerns is opened to nobody; nor has another program to what is or ever was confidential.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum, auto

from django.db import models

from backend.organisation.actors import Actor
from backend.organisation.roles import Role
from backend.rulebook.ruleset import ClockName, Confidentiality
from backend.workflow.asked import parts_asked, reporter_is_asked
from backend.workflow.disclosing import NAME_KEEPERS, is_open_to
from backend.workflow.models import ReporterMode, Ticket
from backend.workflow.standing import asked_below, asked_by_self, promised_below, proposed_by


class Relation(models.TextChoices):
    """The ways in which an actor can stand to a ticket, several at once too."""

    SYSTEM = "system"
    REPORTER = "reporter"
    HANDLER = "handler"
    OFFICE_HEAD = "office_head"
    ASSIGNEE = "assignee"
    FIXER = "fixer"
    COORDINATOR = "coordinator"
    DUTY_LEADER = "duty_leader"
    LEADER = "leader"
    CASE_LEAD = "case_lead"
    BUREAU = "bureau"
    ASKED = "asked"
    OFFERED = "offered"
    SUPPORTING = "supporting"
    PROPOSER = "proposer"
    SEAL_PROPOSER = "seal_proposer"
    SEAL_KEEPER = "seal_keeper"
    NAME_KEEPER = "name_keeper"
    EVIDENCE_KEEPER = "evidence_keeper"
    DECIDER = "decider"
    ABOVE_PROMISE = "above_promise"
    ABOVE_ORDER = "above_order"
    ABOVE_RECOMMENDATION = "above_recommendation"
    DECISION_ASKER = "decision_asker"
    QUESTIONED = "questioned"


class Tie(Enum):
    """The connections between a person and a ticket that rows of the table ask for."""

    REPORTED = auto()
    """The person filed the report."""
    ASSIGNED = auto()
    """It is assigned to the person."""
    WORKED = auto()
    """The person worked on it at some time."""
    PROPOSED = auto()
    """The person proposed to decline it, and that is not decided."""
    LOWERING = auto()
    """The person proposed to open it to more people, and that is not decided."""
    PROMISED_BELOW = auto()
    """A date is promised, and the person stands high enough to change it."""
    ORDERED_BELOW = auto()
    """An answer is demanded, by the person or by somebody below them."""
    RECOMMENDED_BELOW = auto()
    """Something is recommended, by the person or by somebody below them, and it is not carried out or refused."""
    UNDECIDED = auto()
    """The person asked for a decision themselves, and there is none."""
    QUESTIONED = auto()
    """The person reported it, and a question to the reporter is open."""
    OFFICE = auto()
    """The role is held in the office that owns it."""
    ASKED = auto()
    """The role is held in an office of which something is asked, and that has not answered."""
    OFFERED = auto()
    """The same, where that office is to take it over."""
    SUPPORTING = auto()
    """The same, where that office is to do a part of the work."""
    SCHOOL = auto()
    """The person works at its school."""
    CLIMBED = auto()
    """The person works at the bureau of its school, and one of its deadlines was missed."""
    GRANTED = auto()
    """It was opened to the person in this role (`TicketGrant`) in the present term, and nobody closed it again."""


class Part(Enum):
    """The parts of a ticket that are opened one by one."""

    TICKET = auto()
    """That it exists, what it says and what happened to it."""
    REPORTER = auto()
    """The reporter's name."""
    CALLER = auto()
    """On whose behalf it was reported, and how to reach them."""
    INTERNAL = auto()
    """The names of those whom its ladder told."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One row: a relation, what connects the person, the roles of which one is held now, the classes, what is opened.

    Without a role the row holds also for somebody who has left.
    """

    relation: Relation
    tie: Tie
    roles: frozenset[Role]
    classes: frozenset[Confidentiality]
    opens: frozenset[Part]

    @property
    def opens_ticket(self) -> bool:
        """Whether somebody in this relation may know of the ticket."""
        return Part.TICKET in self.opens

    def is_for(self, actor: Actor) -> bool:
        """Say whether the actor holds a post now for which the row is written."""
        return not self.roles or not self.roles.isdisjoint(actor.roles)


ANY_POST = frozenset(Role)
NONE_NEEDED: frozenset[Role] = frozenset()
ALL = frozenset(Confidentiality)
SEALED = frozenset({Confidentiality.K2})
ORDINARY = ALL - SEALED
NOTHING: frozenset[Part] = frozenset()
CASE = frozenset({Part.TICKET, Part.INTERNAL})
"""The parts opened of a confidential case: everything but the reporter."""
ONLOOKER = CASE | {Part.REPORTER}
OWN = frozenset({Part.TICKET, Part.REPORTER})
WORK = ONLOOKER | {Part.CALLER}
LEADERS = frozenset({Role.VICE_PRINCIPAL, Role.PRINCIPAL})
SUPERVISION = LEADERS | {Role.COORDINATOR, Role.BOARD_CHAIR, Role.BUREAU_OFFICER}
RECOMMENDED = (ClockName.RECOMMENDATION, ClockName.IMPROVEMENT)
ABOVE_OFFICE = LEADERS | {Role.OFFICE_HEAD, Role.PROTECTION_LEAD, Role.BOARD_CHAIR}


def _held(*roles: Role) -> frozenset[Role]:
    return frozenset(roles)


RULES: tuple[Rule, ...] = (
    Rule(Relation.REPORTER, Tie.REPORTED, NONE_NEEDED, ORDINARY, OWN),
    Rule(Relation.REPORTER, Tie.REPORTED, NONE_NEEDED, SEALED, NOTHING),
    Rule(Relation.ASSIGNEE, Tie.ASSIGNED, ANY_POST, ORDINARY, WORK),
    Rule(Relation.ASSIGNEE, Tie.ASSIGNED, ANY_POST, SEALED, CASE),
    Rule(Relation.FIXER, Tie.WORKED, ANY_POST, ALL, NOTHING),
    Rule(Relation.PROPOSER, Tie.PROPOSED, ANY_POST, ALL, NOTHING),
    Rule(Relation.SEAL_PROPOSER, Tie.LOWERING, ANY_POST, ALL, NOTHING),
    Rule(Relation.SEAL_KEEPER, Tie.SCHOOL, _held(Role.PRINCIPAL), ALL, NOTHING),
    Rule(Relation.SEAL_KEEPER, Tie.SCHOOL, _held(Role.PROTECTION_LEAD), SEALED, NOTHING),
    Rule(Relation.SEAL_KEEPER, Tie.CLIMBED, _held(Role.BUREAU_OFFICER), ORDINARY, NOTHING),
    Rule(Relation.SEAL_KEEPER, Tie.GRANTED, _held(Role.BOARD_CHAIR, Role.BUREAU_OFFICER), ALL, NOTHING),
    Rule(Relation.NAME_KEEPER, Tie.SCHOOL, NAME_KEEPERS, SEALED, NOTHING),
    Rule(Relation.EVIDENCE_KEEPER, Tie.SCHOOL, _held(Role.PRINCIPAL, Role.PROTECTION_LEAD), ALL, NOTHING),
    Rule(Relation.DECIDER, Tie.SCHOOL, _held(Role.PRINCIPAL), ALL, NOTHING),
    Rule(Relation.DECIDER, Tie.CLIMBED, _held(Role.BUREAU_OFFICER), ORDINARY, NOTHING),
    Rule(Relation.DECIDER, Tie.GRANTED, _held(Role.BOARD_CHAIR, Role.BUREAU_OFFICER), ALL, NOTHING),
    Rule(Relation.ABOVE_PROMISE, Tie.PROMISED_BELOW, ABOVE_OFFICE, ALL, NOTHING),
    Rule(Relation.ABOVE_ORDER, Tie.ORDERED_BELOW, SUPERVISION, ALL, NOTHING),
    Rule(Relation.ABOVE_RECOMMENDATION, Tie.RECOMMENDED_BELOW, SUPERVISION, ALL, NOTHING),
    Rule(Relation.DECISION_ASKER, Tie.UNDECIDED, ANY_POST, ALL, NOTHING),
    Rule(Relation.QUESTIONED, Tie.QUESTIONED, ANY_POST, ORDINARY, NOTHING),
    Rule(Relation.HANDLER, Tie.OFFICE, _held(Role.HANDLER), ORDINARY, WORK),
    Rule(Relation.OFFICE_HEAD, Tie.OFFICE, _held(Role.OFFICE_HEAD), ORDINARY, WORK),
    Rule(Relation.ASKED, Tie.ASKED, _held(Role.HANDLER, Role.OFFICE_HEAD), ORDINARY, ONLOOKER),
    Rule(Relation.OFFERED, Tie.OFFERED, _held(Role.HANDLER, Role.OFFICE_HEAD), ORDINARY, NOTHING),
    Rule(Relation.SUPPORTING, Tie.SUPPORTING, _held(Role.HANDLER, Role.OFFICE_HEAD), ORDINARY, NOTHING),
    Rule(Relation.COORDINATOR, Tie.SCHOOL, _held(Role.COORDINATOR), ORDINARY, WORK),
    Rule(Relation.DUTY_LEADER, Tie.SCHOOL, _held(Role.DUTY_LEADER), ORDINARY, WORK),
    Rule(Relation.LEADER, Tie.SCHOOL, LEADERS, ORDINARY, WORK),
    Rule(Relation.LEADER, Tie.SCHOOL, _held(Role.PRINCIPAL), SEALED, CASE),
    Rule(Relation.LEADER, Tie.GRANTED, _held(Role.BOARD_CHAIR), ORDINARY, WORK),
    Rule(Relation.LEADER, Tie.GRANTED, _held(Role.BOARD_CHAIR), SEALED, CASE),
    Rule(Relation.CASE_LEAD, Tie.SCHOOL, _held(Role.PROTECTION_LEAD), SEALED, CASE),
    Rule(Relation.BUREAU, Tie.CLIMBED, _held(Role.BUREAU_OFFICER), ORDINARY, ONLOOKER),
    Rule(Relation.BUREAU, Tie.GRANTED, _held(Role.BUREAU_OFFICER), ORDINARY, ONLOOKER),
    Rule(Relation.BUREAU, Tie.GRANTED, _held(Role.BUREAU_OFFICER), SEALED, CASE),
)

BY_GRANT = frozenset(role for rule in RULES if rule.tie is Tie.GRANTED for role in rule.roles)
"""Roles outside a school's daily work: what they are told about is opened to them ticket by ticket."""

NAMING = frozenset({Part.REPORTER, Part.CALLER})
"""The parts that tell who reported it; opened to others only where the name was given openly."""


def mode_of(*, confidentiality: Confidentiality) -> ReporterMode:
    """Return how a report of this class counts where its reporter said nothing: a sealed one gives no name."""
    return ReporterMode.CONFIDENTIAL if confidentiality in SEALED else ReporterMode.NAMED


def reporter_may_open(*, confidentiality: str) -> bool:
    """Say whether a ticket of this class is opened to whoever reported it, for having reported it."""
    return any(rule.tie is Tie.REPORTED and rule.opens_ticket and confidentiality in rule.classes for rule in RULES)


def seal_keepers(*, confidentiality: str) -> tuple[Role, ...]:
    """Return the roles at a school whose holders decide who else may see a ticket of this class."""
    kept = (rule for rule in RULES if rule.relation is Relation.SEAL_KEEPER and rule.tie is Tie.SCHOOL)
    return tuple(role for rule in kept if confidentiality in rule.classes for role in sorted(rule.roles))


def needs_grant(*, role: Role, confidentiality: str, level: int) -> bool:
    """Say whether somebody told of a ticket in this role could not open it without a grant."""
    climbed = level >= 1 and any(
        rule.tie is Tie.CLIMBED and role in rule.roles and confidentiality in rule.classes for rule in RULES
    )
    return role in BY_GRANT and not climbed


OPENING = tuple(rule for rule in RULES if rule.opens_ticket)


def relations_of(*, actor: Actor, ticket: Ticket) -> frozenset[Relation]:
    """Return every way in which the actor stands to a ticket, read with its school, that does not concern them."""
    return frozenset(rule.relation for rule in _rules(actor, ticket))


def opened_to(*, actor: Actor, ticket: Ticket, at: datetime | None = None) -> frozenset[Part]:
    """Return what is opened to the actor of a ticket that does not concern them; `at`: by the grants of an instant."""
    parts = frozenset(part for rule in _rules(actor, ticket, at) for part in rule.opens)
    is_named = ticket.reporter_mode == ReporterMode.NAMED or ticket.reporter_id == actor.person_id
    is_disclosed = not is_named and Part.TICKET in parts and is_open_to(actor=actor, ticket=ticket)
    return parts if is_named else parts - NAMING | (OWN if is_disclosed else NOTHING)


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
    if actor.through and ticket.seal != Confidentiality.K0:
        return
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


def _asked(met: _Meeting, rule: Rule, *kinds: ClockName) -> bool:
    """Say whether something, or something of these kinds, is asked of an office in which the role is held."""
    offices = met.actor.units(*rule.roles)
    asked = parts_asked(met.ticket) if met.ticket.part_count else ()
    open_ = (part for part in asked if part.is_open and part.office_id in offices)
    return any(not kinds or part.kind in kinds for part in open_)


def _climbed(met: _Meeting, _rule: Rule) -> bool:
    return met.ticket.level >= 1 and met.actor.bureau_id == met.ticket.school.bureau_id


TIED: Mapping[Tie, Callable[[_Meeting, Rule], bool]] = {
    Tie.REPORTED: lambda met, _rule: met.ticket.reporter_id == met.actor.person_id,
    Tie.ASSIGNED: lambda met, _rule: met.ticket.assignee_id == met.actor.person_id,
    Tie.WORKED: lambda met, _rule: met.actor.person_id in met.ticket.workers,
    Tie.PROPOSED: lambda met, _rule: proposed_by(met.actor, met.ticket.declining),
    Tie.LOWERING: lambda met, _rule: proposed_by(met.actor, met.ticket.lowering),
    Tie.PROMISED_BELOW: lambda met, _rule: promised_below(actor=met.actor, ticket=met.ticket),
    Tie.ORDERED_BELOW: lambda met, _rule: asked_below(met.actor, met.ticket, ClockName.ORDER),
    Tie.RECOMMENDED_BELOW: lambda met, _rule: asked_below(met.actor, met.ticket, *RECOMMENDED),
    Tie.UNDECIDED: lambda met, _rule: asked_by_self(met.actor, met.ticket, ClockName.DECISION),
    Tie.QUESTIONED: lambda met, _rule: met.ticket.reporter_id == met.actor.person_id and reporter_is_asked(met.ticket),
    Tie.OFFICE: lambda met, rule: met.ticket.owner_id in met.actor.units(*rule.roles),
    Tie.ASKED: _asked,
    Tie.OFFERED: lambda met, rule: _asked(met, rule, ClockName.OFFER),
    Tie.SUPPORTING: lambda met, rule: _asked(met, rule, ClockName.SUBTASK),
    Tie.SCHOOL: lambda met, _rule: met.ticket.school_id == met.actor.school_id,
    Tie.CLIMBED: _climbed,
    Tie.GRANTED: _granted,
}
