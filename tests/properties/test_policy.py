"""Sight of a ticket, decided three times: as the database reads it, as Python does, and as the rules say in words."""

from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from backend.common.clock import database_now
from backend.organisation.models import Appointment, Person, Post
from backend.organisation.roles import UNIT_ROLES, Role
from backend.workflow.models import DeclineProposal, Ticket, TicketGrant, TicketPart, TicketParticipant
from backend.workflow.policy import Part, opened_to
from backend.workflow.sight import tickets_known
from tests.roles import as_owner
from tests.workflow.steps import file_ticket
from tests.world import Site, World

DAY = timedelta(days=1)
PEOPLE = ("alice", "bob", "carol", "dan", "erin", "cleo", "vera", "olga", "mallory")
OFFICES = ("security", "facilities", "student-protection")
AT_SCHOOL = sorted(set(Role) - {Role.BUREAU_OFFICER})
TERMS = {"now": (-2, None), "until tomorrow": (-2, 1), "over": (-2, -1), "not yet": (1, None)}


@dataclass(frozen=True)
class Held:
    """A post somebody holds for a time."""

    person: str
    role: Role
    office: str
    term: str


@dataclass(frozen=True)
class Grant:
    """A ticket opened to somebody in a role, and perhaps closed again; a former one is from before any term of now."""

    person: str
    role: Role
    withdrawn: bool
    former: bool


@dataclass(frozen=True)
class Situation:
    """A ticket, whose school is Alice's, and everything that decides who may know of it."""

    confidentiality: str
    owner: str
    level: int
    reporter: str
    assignee: str | None
    workers: frozenset[str]
    proposer: str | None
    concerned: frozenset[str]
    grants: frozenset[Grant]
    asked: tuple[str, str, bool] | None
    posts: frozenset[Held] = field(default=frozenset())


def posts() -> st.SearchStrategy[Held]:
    """Return any post of anybody, in force or not."""
    return st.builds(
        Held,
        person=st.sampled_from(PEOPLE),
        role=st.sampled_from(AT_SCHOOL),
        office=st.sampled_from(OFFICES),
        term=st.sampled_from(sorted(TERMS)),
    ).map(lambda held: Held(held.person, Role.BUREAU_OFFICER, "", held.term) if held.person == "olga" else held)


def situations() -> st.SearchStrategy[Situation]:
    """Return any situation."""
    person = st.sampled_from(PEOPLE)
    somebody = st.none() | person
    grants = st.builds(
        Grant, person=person, role=st.sampled_from(sorted(Role)), withdrawn=st.booleans(), former=st.booleans()
    )
    return st.builds(
        Situation,
        confidentiality=st.sampled_from(("K0", "K1", "K2")),
        owner=st.sampled_from(OFFICES),
        level=st.integers(0, 2),
        reporter=person,
        assignee=somebody,
        workers=st.frozensets(person, max_size=2),
        proposer=somebody,
        concerned=st.frozensets(person, max_size=2),
        grants=st.frozensets(grants, max_size=3),
        asked=st.none() | st.tuples(st.sampled_from(("offer", "subtask")), st.sampled_from(OFFICES), st.booleans()),
        posts=st.frozensets(posts(), max_size=8),
    )


def may_know(situation: Situation, who: str) -> bool:
    """Say in plain words whether somebody may know of the ticket; written from the design, not from the code."""
    if who in situation.concerned:
        return False
    if situation.reporter == who and situation.confidentiality != "K2":
        return True
    held = {
        (post.role, post.office)
        for post in situation.posts
        if post.person == who and post.term in {"now", "until tomorrow"}
    }
    called = {grant.role for grant in situation.grants if grant.person == who and not (grant.withdrawn or grant.former)}
    if held and situation.assignee == who:
        return True
    if called & {role for role, _office in held} & {Role.BOARD_CHAIR, Role.BUREAU_OFFICER}:
        return True
    return who != "mallory" and _by_post(situation, held)


def _by_post(situation: Situation, held: set[tuple[Role, str]]) -> bool:
    """Say what somebody's posts at the school, or at its bureau, open by themselves."""
    roles = {role for role, _office in held}
    if situation.confidentiality == "K2":
        return bool(roles & {Role.PROTECTION_LEAD, Role.PRINCIPAL})
    if roles & {Role.COORDINATOR, Role.DUTY_LEADER, Role.VICE_PRINCIPAL, Role.PRINCIPAL}:
        return True
    if Role.BUREAU_OFFICER in roles and situation.level > 0:
        return True
    asked = {office for _kind, office, is_answered in [situation.asked or ("", "", True)] if not is_answered}
    offices = {situation.owner} | asked
    return bool(held & {(role, office) for role in (Role.HANDLER, Role.OFFICE_HEAD) for office in offices})


def lay_out(world: World, ticket_id: UUID, situation: Situation) -> None:
    """Make the world of the test and its one ticket be as the situation says."""
    people = {name: world.members[name].person for name in PEOPLE}
    ids = {name: person.id for name, person in people.items()}
    for model in (Appointment, TicketGrant, TicketParticipant, TicketPart):
        model.objects.all().delete()
    Ticket.objects.filter(id=ticket_id).update(
        confidentiality=situation.confidentiality,
        owner=world.home.units[situation.owner],
        level=situation.level,
        part_count=int(situation.asked is not None),
        reporter=people[situation.reporter],
        assignee=people[situation.assignee] if situation.assignee else None,
        workers=sorted(ids[name] for name in situation.workers),
        declining=proposed(ticket_id, people[situation.proposer]) if situation.proposer else None,
    )
    if situation.asked:
        kind, office, is_answered = situation.asked
        TicketPart.objects.create(
            ticket_id=ticket_id,
            kind=kind,
            office=world.home.units[office],
            asked_at=world.now,
            due_at=world.now,
            outcome="refused" if is_answered else "",
            ended_at=world.now if is_answered else None,
        )
    for name in situation.concerned:
        TicketParticipant.objects.create(ticket_id=ticket_id, person=people[name], role="concerned")
    for grant in {(grant.person, grant.role): grant for grant in situation.grants}.values():
        until = world.now if grant.withdrawn else None
        TicketGrant.objects.create(
            ticket_id=ticket_id,
            person=people[grant.person],
            role=grant.role,
            reason="ladder",
            since=world.now - 3 * DAY if grant.former else world.now,
            until=until,
        )
    for number, post in enumerate(sorted(situation.posts, key=repr)):
        appoint(world, people[post.person], post, number)


def proposed(ticket_id: UUID, person: Person) -> DeclineProposal:
    """Let somebody have proposed to decline the ticket, and nobody else."""
    DeclineProposal.objects.filter(ticket=ticket_id).update(ended_at=database_now())
    return DeclineProposal.objects.create(
        ticket_id=ticket_id, proposed_by=person, proposed_at=database_now(), reason="No longer there."
    )


def appoint(world: World, person: Person, held: Held, number: int) -> None:
    """Put somebody on a post where they work, for its term."""
    site: Site = world.elsewhere if held.person == "mallory" else world.home
    unit = site.units[held.office] if held.role in UNIT_ROLES else None
    post, _new = Post.objects.get_or_create(role=held.role, school=person.school, bureau=person.bureau, unit=unit)
    begin, end = TERMS[held.term]
    Appointment.objects.create(
        post=post,
        person=person,
        starts_at=world.now + begin * DAY + timedelta(microseconds=number),
        ends_at=None if end is None else world.now + end * DAY,
    )


def effective(situation: Situation) -> Situation:
    """Return the situation as it is stored: of two grants to one person in one role the later one stands."""
    grants = {(grant.person, grant.role): grant for grant in situation.grants}
    return Situation(**{**vars(situation), "grants": frozenset(grants.values())})


@pytest.fixture
def ticket_id(world: World) -> UUID:
    """One ticket of Alice's school."""
    return file_ticket(world)


@settings(
    max_examples=120,
    deadline=None,
    phases=(Phase.generate, Phase.shrink),
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(situation=situations())
def test_all_three_readers_agree(world: World, ticket_id: UUID, situation: Situation) -> None:
    stored = effective(situation)
    with as_owner():
        lay_out(world, ticket_id, stored)
    ticket = Ticket.objects.select_related("school").get(id=ticket_id)
    for name in PEOPLE:
        actor = world.members[name].actor
        by_database = tickets_known(actor=actor).filter(id=ticket_id).count()
        by_python = name not in stored.concerned and Part.TICKET in opened_to(actor=actor, ticket=ticket)
        assert (by_database, by_python) == (int(may_know(stored, name)), may_know(stored, name)), name
