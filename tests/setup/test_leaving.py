"""Leaving: one act with a preview ends posts, account and sign-ins, and gives tickets and duty to others."""

from pathlib import Path

import pytest
from knox.models import AuthToken

from backend.accounts.models import User
from backend.common.clock import database_now
from backend.duty.models import Absence, DutyShift, DutySlot, DutySwap
from backend.notifications.models import Notice
from backend.notifications.tasks import send_to_address, tell_powers
from backend.organisation.models import Appointment, PendingPower, Post, School
from backend.organisation.roles import Role
from backend.organisation.services.appointing import appointment_put
from backend.rounds.models import Round
from backend.setup.services.leaving import people_leave
from backend.workflow.models import Ticket, TicketEvent
from backend.workflow.states import State
from tests.browser import SignIn
from tests.notifications.hands import work
from tests.notifications.test_telling import mails, post_office, text_of, work_all
from tests.rounds.conftest import opened
from tests.workflow.steps import HOUR, STRICT, TOLD, file_ticket, ticket_in
from tests.world import Member, World, appoint, member_add

__all__ = ["post_office"]


@pytest.fixture
def ada(world: World) -> Member:
    """An administrator of the cast's school."""
    return member_add(world, "ada", [(Role.ADMINISTRATOR, None, False)], site=world.home)


@pytest.fixture
def seeing(world: World, ada: Member) -> Member:
    """The same, who is the safety coordinator too, and may therefore see the school's ordinary tickets."""
    appoint(ada.person, Role.COORDINATOR, None, world.now)
    return ada


def shift_of(world: World, *people: Member, starts: float = 24) -> DutyShift:
    """Plan a shift that these people lead."""
    shift = DutyShift.objects.create(
        school=world.school,
        kind=DutyShift.Kind.WEEK,
        starts_at=world.now + starts * HOUR,
        ends_at=world.now + (starts + 8) * HOUR,
    )
    for member in people:
        DutySlot.objects.create(shift=shift, person=member.person, part=DutySlot.Part.LEADER)
    return shift


def leave(ada: Member, member: Member, **body: object) -> dict[str, object]:
    """Let somebody leave over HTTP; return what ended."""
    done = ada.client.post(f"people/{member.person.id}/leaving", body)
    assert done.status_code == 200, done.data
    answer: dict[str, object] = done.data
    return answer


def test_the_preview_names_what_ends_and_who_is_there_then_and_changes_nothing(world: World, seeing: Member) -> None:
    ticket_id = ticket_in(world, State.IN_PROGRESS)
    shift_of(world, world.bob)
    seen = seeing.client.get(f"people/{world.bob.person.id}/leaving").data
    assert [(row["role"], [one["name"] for one in row["then"]]) for row in seen["posts"]] == [("office_head", ["Ben"])]
    (ticket,) = seen["tickets"]
    assert (ticket["id"], [one["name"] for one in ticket["then"]]) == (str(ticket_id), ["Ben"])
    assert len(seen["duties"]) == 1
    assert (seen["sign_ins"], seen["has_account"]) == (1, True)
    assert Appointment.objects.get(person=world.bob.person).ends_at is None


def test_everything_ends_at_once(world: World, seeing: Member) -> None:
    ticket_id = ticket_in(world, State.IN_PROGRESS)
    future = appoint(world.bob.person, Role.HANDLER, world.home.units["facilities"], world.now + 48 * HOUR)
    assert leave(seeing, world.bob) == {"posts": 2, "tickets": 1, "taken_over": 0, "free": 0}
    for held in Appointment.objects.filter(person=world.bob.person):
        assert held.ends_at is not None
        assert held.ends_at <= database_now()
    future.refresh_from_db()
    assert future.starts_at < database_now()
    account = User.objects.get(pk=world.bob.user.pk)
    assert (account.is_active, account.has_usable_password()) == (False, False)
    assert not AuthToken.objects.filter(user=account).exists()
    assert world.bob.client.get("me").status_code == 401
    assert Ticket.objects.get(id=ticket_id).assignee is None
    work(TOLD)
    assert Notice.objects.filter(ticket=ticket_id, kind="assignee-left").get().person == world.ben.person
    (line,) = TicketEvent.objects.filter(ticket=ticket_id, kind="assignee-left")
    assert line.actor_id is None
    assert world.ben.client.act(ticket_id, "resolve", note="Done.").status_code == 200


def test_many_leave_at_once_and_what_they_had_in_hand_goes_on(world: World, ada: Member) -> None:
    ticket_id = ticket_in(world, State.IN_PROGRESS)
    Ticket.objects.filter(id=ticket_id).update(assignee=world.ben.person)
    gone = [world.ben, world.carol]
    people_leave(by=ada.actor, people=[member.person for member in gone], now=database_now())
    assert Ticket.objects.get(id=ticket_id).assignee is None
    assert not Appointment.objects.filter(person__in=[member.person for member in gone], ends_at=None).exists()
    assert [member.client.get("me").status_code for member in (*gone, world.bob)] == [401, 401, 200]
    accounts = User.objects.filter(person__in=[member.person for member in gone])
    assert not any(account.is_active or account.has_usable_password() for account in accounts)


def test_rounds_that_wait_for_them_are_asked_of_whoever_is_reached_then(
    world: World, ada: Member, signed_in: SignIn
) -> None:
    """They stayed asked of somebody without an account, and stood on nobody's page until they were missed."""
    School.objects.update(live_at=world.now)
    rounds = [opened(world, office) for office in ("security", "facilities")]
    Round.objects.filter(id=rounds[1].id).update(assignee=world.bob.person)
    seen = ada.client.get(f"people/{world.bob.person.id}/leaving").data["rounds"]
    assert {row["office"]: row["then"]["name"] for row in seen} == {
        str(world.home.units["security"].id): "Ben",
        str(world.home.units["facilities"].id): "Carol",
    }
    page = signed_in(ada).get(f"/people/{world.bob.person.id}/leave").content.decode()
    assert "Rounds that wait for an answer" in page
    assert rounds[0].assignee == world.bob.person
    leave(ada, world.bob)
    assert [Round.objects.get(id=row.id).assignee for row in rounds] == [world.ben.person, world.carol.person]


def test_a_power_that_waits_for_a_second_person_is_not_given_after_they_left(world: World, ada: Member) -> None:
    file_ticket(world, routed=True)
    post = Post.objects.get(role=Role.PROTECTION_LEAD, school=world.school)
    wanted = Appointment(post=post, person=world.bob.person, starts_at=world.now)
    assert appointment_put(by=ada.actor, appointment=wanted, now=database_now())
    leave(ada, world.bob)
    pending = PendingPower.objects.get()
    assert (pending.outcome, pending.decided_by) == ("lapsed", None)
    refused = world.dan.client.post(f"power-changes/{pending.id}/confirm")
    assert (refused.status_code, refused.data["code"]) == (409, "power_decided")
    assert not Appointment.objects.filter(person=world.bob.person, ends_at=None).exists()


def test_a_session_ends_and_stays_ended_when_the_account_is_opened_again(
    world: World, ada: Member, signed_in: SignIn
) -> None:
    page = signed_in(world.bob)
    leave(ada, world.bob)
    assert page.get("/tickets").status_code == 302
    User.objects.filter(pk=world.bob.user.pk).update(is_active=True)
    assert page.get("/tickets").status_code == 302


def test_a_sealed_ticket_is_passed_on_and_the_administrator_sees_nothing_of_it(world: World, ada: Member) -> None:
    eve = member_add(world, "eve", [(Role.PROTECTION_LEAD, None, True)], site=world.home)
    ticket_id = file_ticket(world, category=STRICT, routed=True)
    assert world.erin.client.act(ticket_id, "acknowledge").status_code == 200
    assert Ticket.objects.get(id=ticket_id).assignee == world.erin.person
    seen = ada.client.get(f"people/{world.erin.person.id}/leaving").data
    assert seen["tickets"] == []
    assert leave(ada, world.erin)["tickets"] == 0
    assert Ticket.objects.get(id=ticket_id).assignee is None
    work(TOLD)
    assert Notice.objects.get(ticket=ticket_id, kind="assignee-left").person == eve.person


@pytest.mark.parametrize("is_concerned", [False, True])
def test_a_ticket_that_the_administrator_may_not_see_is_passed_on_and_not_shown_to_them(
    world: World, ada: Member, signed_in: SignIn, *, is_concerned: bool
) -> None:
    if is_concerned:
        appoint(ada.person, Role.COORDINATOR, None, world.now)
    ticket_id = file_ticket(world, routed=True, persons_concerned=[str(ada.person.id)] if is_concerned else [])
    assert world.bob.client.act(ticket_id, "acknowledge").status_code == 200
    ticket = Ticket.objects.get(id=ticket_id)
    assert (ticket.assignee, ticket.confidentiality) == (world.bob.person, "K0")
    assert ada.client.get(f"people/{world.bob.person.id}/leaving").data["tickets"] == []
    page = signed_in(ada).get(f"/people/{world.bob.person.id}/leave").content.decode()
    assert ticket.reference not in page
    assert leave(ada, world.bob)["tickets"] == 0
    ticket.refresh_from_db()
    assert ticket.assignee is None


def test_a_colleague_takes_over_the_duty_as_far_as_they_can(world: World, ada: Member) -> None:
    free_then, away_then, now_on = (
        shift_of(world, world.vera, starts=24),
        shift_of(world, world.vera, starts=72),
        shift_of(world, world.vera, starts=-1),
    )
    Absence.objects.create(person=world.dan.person, starts_at=world.now + 70 * HOUR, ends_at=world.now + 90 * HOUR)
    done = leave(ada, world.vera, taker=str(world.dan.person.id))
    assert (done["taken_over"], done["free"]) == (2, 1)
    assert free_then.slots.get().person == now_on.slots.get().person == world.dan.person
    assert not away_then.slots.exists()
    assert DutySwap.objects.filter(given_by=world.vera.person).count() == 2


def test_without_a_colleague_the_duty_is_free_and_what_began_stays_on_record(world: World, ada: Member) -> None:
    ahead, now_on = shift_of(world, world.vera), shift_of(world, world.vera, starts=-1)
    leave(ada, world.vera)
    assert not ahead.slots.exists()
    assert now_on.slots.get().person == world.vera.person


def test_mail_stops_at_once(world: World, ada: Member, post_office: Path) -> None:
    ticket_id = file_ticket(world, routed=True)
    work(TOLD)
    leave(ada, world.alice)
    leave(ada, world.ben)
    assert world.bob.client.act(ticket_id, "acknowledge").status_code == 200
    work_all()
    tell_powers()
    send_to_address()
    work("notice.deliver")
    assert mails(post_office, "alice") == mails(post_office, "ben") == []


def test_somebody_with_power_hears_once_at_their_own_address_and_those_who_watch_hear_too(
    world: World, ada: Member, post_office: Path
) -> None:
    leave(ada, world.cleo)
    send_to_address()
    tell_powers()
    work("notice.deliver")
    (mail,) = mails(post_office, "cleo")
    assert "Cleo at Qinghe School was closed" in text_of(mail)
    assert len(mails(post_office, "dan")) == len(mails(post_office, "erin")) == 1
    told = Notice.objects.filter(person=world.dan.person).values_list("params__what", flat=True)
    assert set(told) == {"post_ended", "sign_in_closed"}


@pytest.mark.parametrize(
    ("who", "whom", "refusal"),
    [
        ("bob", "ben", (403, "not_administrator")),
        ("cleo", "ben", (403, "not_administrator")),
        ("ada", "mallory", (404, "not_found")),
        ("mallory", "ben", (404, "not_found")),
        ("ada", "ada", (409, "leaving_oneself")),
    ],
)
@pytest.mark.usefixtures("ada")
def test_only_an_administrator_lets_somebody_else_leave(
    world: World, who: str, whom: str, refusal: tuple[int, str]
) -> None:
    address = f"people/{world.members[whom].person.id}/leaving"
    refused = world.members[who].client.post(address, {})
    assert (refused.status_code, refused.data["code"]) == refusal
    assert world.members[who].client.get(address).status_code == (200 if who == whom else refusal[0])
    assert Appointment.objects.filter(person=world.members[whom].person, ends_at=None).exists()


def test_a_taker_from_elsewhere_changes_nothing(world: World, ada: Member) -> None:
    shift_of(world, world.vera)
    body = {"taker": str(world.mallory.person.id)}
    refused = ada.client.post(f"people/{world.vera.person.id}/leaving", body)
    assert (refused.status_code, refused.data["code"]) == (400, "not_a_colleague")
    assert User.objects.get(pk=world.vera.user.pk).is_active


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_the_page_shows_the_preview_and_does_it(world: World, seeing: Member, signed_in: SignIn, language: str) -> None:
    ticket_id = ticket_in(world, State.IN_PROGRESS)
    shift_of(world, world.bob)
    address = f"/people/{world.bob.person.id}/leave"
    client = signed_in(seeing, language)
    page = client.get(address).content.decode()
    for words in (Ticket.objects.get(id=ticket_id).reference, "Ben", "Cleo · cleo"):
        assert words in page
    done = client.post(address, {"taker": str(world.cleo.person.id)}, follow=True)
    text = done.content.decode()
    assert {"en": "Bob has left", "zh-hans": "Bob已离职"}[language] in text
    assert {"en": "Nothing is left to end", "zh-hans": "没有需要结束的事项"}[language] in text
    assert DutySlot.objects.get().person == world.cleo.person
    assert signed_in(world.cleo).get(address).status_code == 403
    assert client.get(f"/people/{world.mallory.person.id}/leave").status_code == 404


def test_the_administration_leads_to_it_from_the_person(world: World, ada: Member, signed_in: SignIn) -> None:
    page = signed_in(ada).get(f"/admin/organisation/person/{world.bob.person.id}/change/").content.decode()
    assert f'href="/people/{world.bob.person.id}/leave"' in page
