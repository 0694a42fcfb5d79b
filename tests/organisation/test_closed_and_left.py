"""Closed accounts and people who have left: nobody's rung, on no list, no roster and in no mail; the check says so."""

from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from django.db import connection
from django.utils import timezone

from backend.accounts.models import User
from backend.common.clock import database_now
from backend.common.models import OutboxMessage
from backend.duty.models import DutyShift, DutySlot
from backend.duty.selectors import directory_load
from backend.notifications.models import Delivery, Notice
from backend.organisation.models import Appointment, ContactChannel, PendingPower, Person, Power
from backend.organisation.roles import Role
from backend.organisation.selectors.powers import keepers_load
from backend.organisation.selectors.reachable import may_be_reached, may_be_reached_sql
from backend.organisation.services.invitations import people_invite
from backend.rulebook.selectors import active_version_id, coverage_get, ruleset_get
from tests.notifications.hands import work
from tests.notifications.test_telling import mails, post_office, told, work_all
from tests.workflow.steps import HOUR, file_ticket, fire_after
from tests.world import Member, World, appoint, member_add

__all__ = ["post_office"]
GOING = ["closed", "left"]


def go(world: World, member: Member, how: str) -> None:
    """Let somebody go: the account is closed, or every post ends."""
    if how == "closed":
        User.objects.filter(pk=member.user.pk).update(is_active=False)
    else:
        Appointment.objects.filter(person=member.person).update(ends_at=world.now - timedelta(minutes=1))


def reached(world: World, role: Role, unit: str | None = None) -> set[str]:
    """Return who is reached in a role now."""
    unit_id = world.home.units[unit].id if unit else None
    directory = directory_load(school_ids=[world.school.id], now=database_now())
    people = directory.reach(role=role, school_id=world.school.id, unit_id=unit_id).people
    return {name for name, member in world.members.items() if member.person.id in people}


@pytest.mark.parametrize("how", GOING)
def test_the_only_head_of_an_office_is_passed_over_once_gone(world: World, how: str) -> None:
    assert reached(world, Role.OFFICE_HEAD, "facilities") == {"carol"}
    go(world, world.carol, how)
    assert reached(world, Role.OFFICE_HEAD, "facilities") == {"vera"}


@pytest.mark.parametrize("how", GOING)
def test_a_new_ticket_and_its_deadlines_go_past_people_who_are_gone(world: World, how: str) -> None:
    go(world, world.bob, how)
    ticket_id = file_ticket(world, routed=True)
    fire_after(ticket_id, HOUR)
    work("ticket.changed:notices")
    assert "bob" not in told(world, ticket_id, "route") | told(world, ticket_id, "escalated")
    assert told(world, ticket_id, "route") == {"ben"}


@pytest.mark.parametrize("how", GOING)
def test_the_check_finds_a_closed_account_as_it_finds_a_vacancy(world: World, how: str) -> None:
    version_id = active_version_id(school_id=world.school.id)
    assert version_id is not None
    go(world, world.olga, how)
    coverage = coverage_get(school=world.school, ruleset=ruleset_get(version_id), since=database_now())
    words = {"closed": "Olga: account closed", "left": "nobody holds this post"}[how]
    assert any(words in finding.text_en for finding in coverage.findings)
    if how == "closed":
        assert any("Olga：账号已停用" in finding.text_zh for finding in coverage.findings)


@pytest.mark.parametrize("how", GOING)
def test_whoever_leads_a_shift_is_passed_over_once_gone(world: World, how: str) -> None:
    dora = member_add(world, "dora", [(Role.REPORTER, "student-affairs", False)], site=world.home)
    span = {"starts_at": world.now - HOUR, "ends_at": world.now + HOUR}
    shift = DutyShift.objects.create(school=world.school, kind=DutyShift.Kind.WEEK, **span)
    DutySlot.objects.create(shift=shift, person=dora.person, part=DutySlot.Part.LEADER)
    assert reached(world, Role.DUTY_LEADER) == {"dora"}
    go(world, dora, how)
    assert reached(world, Role.DUTY_LEADER) == {"vera"}


def test_a_leader_who_leaves_within_a_shift_leads_until_then(world: World) -> None:
    dora = member_add(world, "dora", [(Role.REPORTER, "student-affairs", False)], site=world.home)
    span = {"starts_at": world.now, "ends_at": world.now + 4 * HOUR}
    shift = DutyShift.objects.create(school=world.school, kind=DutyShift.Kind.WEEK, **span)
    DutySlot.objects.create(shift=shift, person=dora.person, part=DutySlot.Part.LEADER)
    Appointment.objects.filter(person=dora.person).update(ends_at=world.now + HOUR)
    for passed, who in ((0.5, dora), (2, world.vera)):
        directory = directory_load(school_ids=[world.school.id], now=world.now + passed * HOUR)
        found = directory.reach(role=Role.DUTY_LEADER, school_id=world.school.id, unit_id=None)
        assert found.people == (who.person.id,)


@pytest.mark.parametrize("how", GOING)
def test_lists_offer_nobody_who_is_gone(world: World, how: str) -> None:
    ticket_id = file_ticket(world, routed=True)
    go(world, world.ben, how)
    people = world.bob.client.get("people").data["items"]
    assert str(world.ben.person.id) not in {row["id"] for row in people}
    refused = world.bob.client.act(ticket_id, "assign", assignee=str(world.ben.person.id))
    assert (refused.status_code, refused.data["code"]) == (400, "assignee_outside_office")
    body = {
        "kind": "week",
        "starts_at": (world.now + HOUR).isoformat(),
        "ends_at": (world.now + 2 * HOUR).isoformat(),
        "slots": [{"person": str(world.ben.person.id), "part": "leader"}],
    }
    refused = world.cleo.client.post("rosters", body)
    assert (refused.status_code, refused.data["code"]) == (400, "not_a_colleague")


@pytest.mark.parametrize("how", GOING)
def test_nobody_who_is_gone_is_mailed_about_their_report(world: World, post_office: Path, how: str) -> None:
    ticket_id = file_ticket(world, routed=True)
    go(world, world.alice, how)
    world.bob.client.act(ticket_id, "acknowledge")
    work_all()
    assert mails(post_office, "alice") == []


@pytest.mark.parametrize("how", GOING)
def test_what_waits_for_somebody_who_goes_reaches_the_next_person_instead(
    world: World, post_office: Path, how: str
) -> None:
    ticket_id = file_ticket(world, routed=True)
    work("ticket.changed:notices")
    for member in (world.bob, world.ben):
        go(world, member, how)
    work("notice.deliver")
    work("notice.unreached")
    work("notice.deliver")
    assert mails(post_office, "bob") == mails(post_office, "ben") == []
    assert set(Delivery.objects.filter(notice__person=world.bob.person).values_list("status", flat=True)) == {"skipped"}
    assert len(mails(post_office, "vera")) == 1
    assert Notice.objects.get(person=world.vera.person, ticket=ticket_id).instead_of in {
        world.bob.person,
        world.ben.person,
    }


def test_a_closed_account_confirms_no_power(world: World) -> None:
    def confirmers() -> set[UUID]:
        keepers = keepers_load(school_ids=[world.school.id], bureau_ids=[], now=database_now())
        pending = PendingPower(kind=Power.POST, school=world.school, person=world.carol.person)
        return keepers.confirmers(pending)[0] | keepers.witnesses(school_id=world.school.id, bureau_id=None)

    assert world.dan.person.id in confirmers()
    go(world, world.dan, "closed")
    assert world.dan.person.id not in confirmers()


def test_both_forms_of_the_rule_say_the_same_of_everybody(world: World) -> None:
    go(world, world.bob, "closed")
    go(world, world.ben, "left")
    Person.objects.create(school=world.school, name="New", staff_number="new")
    now = timezone.now()
    composed = set(Person.objects.filter(may_be_reached(at=now)).values_list("id", flat=True))
    rule = may_be_reached_sql("person.id", "%s")
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT person.id FROM organisation_person AS person WHERE {rule}", [now])  # noqa: S608
        written_out = {row[0] for row in cursor.fetchall()}
    assert composed == written_out
    everybody = set(Person.objects.values_list("id", flat=True))
    assert everybody - composed == {world.bob.person.id, world.ben.person.id}


def test_an_invitation_reaches_newcomers_but_nobody_who_left(world: World) -> None:
    ada = member_add(world, "ada", [(Role.ADMINISTRATOR, None, False)], site=world.home)
    for name, ends_at in (("new", None), ("gone", world.now - HOUR)):
        person = Person.objects.create(school=world.school, name=name, staff_number=name)
        ContactChannel.objects.create(person=person, address=f"{name}@school.example")
        if ends_at:
            appointment = appoint(person, Role.REPORTER, world.home.units["security"], world.now - 2 * HOUR)
            Appointment.objects.filter(pk=appointment.pk).update(ends_at=ends_at)
    assert people_invite(actor=ada.actor, now=database_now()).mails == 1
    assert [row.payload for row in OutboxMessage.objects.filter(topic="person.invited")] == [
        {"channel": ContactChannel.objects.get(address="new@school.example").pk, "confirmed": False}
    ]
