"""Powers over people ask for a fresh proof, on pages and over the API; a lost second factor is reset by others."""

import re
import time
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from backend.accounts.models import SignIn, User
from backend.accounts.opening import PROVED_AT
from backend.common.models import OutboxMessage
from backend.duty.models import Absence
from backend.organisation.models import Appointment, PendingPower, Person, School
from backend.organisation.roles import Role
from backend.rulebook.models import SchoolRulebook
from tests.accounts.factors import app_add
from tests.administration.conftest import address, form_of, staffed
from tests.browser import SignIn as SignedIn
from tests.organisation.powers import told, waiting
from tests.setup.test_pages import RULES
from tests.workflow.steps import file_ticket
from tests.world import PASSWORD, Member, World

HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)">')
ASKED = "Is it you?"
DAY = timedelta(days=1)


@pytest.fixture
def school(world: World) -> World:
    file_ticket(world, routed=True)
    return staffed(world)


@pytest.fixture
def stale(school: World, signed_in: SignedIn) -> Client:
    """The administrator, whose password was typed eleven minutes ago."""
    return aged(signed_in(school.ada))


def aged(client: Client) -> Client:
    session = client.session
    session[PROVED_AT] = time.time() - 660
    session.save()
    return client


def appointing(client: Client, world: World, member: Member) -> tuple[str, dict[str, str]]:
    """Return the page of a person and its form with a new post."""
    path = address("organisation.Person", member.person)
    sent = form_of(client, path)
    number = int(sent["appointments-INITIAL_FORMS"])
    post = Appointment.objects.get(person=world.bob.person).post
    sent["appointments-TOTAL_FORMS"] = str(number + 1)
    row = {"post": str(post.pk), "starts_at_0": "2026-01-01", "starts_at_1": "08:00"}
    return path, sent | {f"appointments-{number}-{name}": value for name, value in row.items()}


def has_post(world: World, member: Member) -> bool:
    return Appointment.objects.filter(person=member.person, post__role=Role.OFFICE_HEAD).exists()


def test_appointing_asks_first_keeps_what_was_typed_and_is_done_at_once(school: World, stale: Client) -> None:
    path, sent = appointing(stale, school, school.alice)
    asked = stale.post(path, sent)
    page = asked.content.decode()
    assert asked.status_code == 403
    assert ASKED in page
    assert not has_post(school, school.alice)
    kept = dict(HIDDEN.findall(page))
    assert {name: value for name, value in kept.items() if name in sent} == {
        name: str(value) for name, value in sent.items()
    }
    wrong = stale.post(path, {**kept, "prove_password": "wrong"})
    assert "User name or password is not right." in wrong.content.decode()
    assert not has_post(school, school.alice)
    assert "Please type your password" in stale.post(path, {**kept, "prove_password": ""}).content.decode()
    assert stale.post(path, {**kept, "prove_password": PASSWORD}).status_code == 302
    assert has_post(school, school.alice)
    assert stale.post(path, sent).status_code != 403


def test_a_code_of_the_app_proves_it_too(school: World, signed_in: SignedIn) -> None:
    client = signed_in(school.ada)
    app, codes = app_add(client)
    path, sent = appointing(client, school, school.alice)
    aged(client)
    assert "Or a code of your app" in client.post(path, sent).content.decode()
    assert client.post(path, {**sent, "prove_code": "000000"}).status_code == 403
    assert client.post(path, {**sent, "prove_code": app.code()}).status_code == 302
    assert has_post(school, school.alice)
    del codes


def test_guessing_there_has_to_wait(school: World, stale: Client) -> None:
    path, sent = appointing(stale, school, school.alice)
    answers = [stale.post(path, {**sent, "prove_password": "wrong"}) for _try in range(6)]
    assert "Too many wrong passwords from here." in answers[-1].content.decode()
    assert answers[-1]["Retry-After"]


def post_page(world: World) -> str:
    return address("organisation.Post", Appointment.objects.get(person=world.bob.person).post)


def test_every_door_to_powers_on_the_pages_asks(school: World, signed_in: SignedIn) -> None:
    ada, dan = aged(signed_in(school.ada)), aged(signed_in(school.dan))
    doors = [
        (ada, address("accounts.User", school.bob.user)),
        (ada, post_page(school)),
        (ada, "/admin/organisation/person/add/"),
        (ada, f"{post_page(school)[: -len('change/')]}delete/"),
        (ada, address("duty.DutyShift", school.school.shifts.get())),
        (ada, address("duty.DutyShift", school.school.shifts.get(), "delete")),
        (ada, "/admin/duty/dutyshift/add/"),
        (ada, address("organisation.School", school.school)),
        (ada, address("rulebook.SchoolRulebook", SchoolRulebook.objects.get(school=school.school))),
        (ada, "/staff/invite"),
        (ada, f"/staff/{school.school.id}/link"),
        (ada, f"/people/{school.bob.person.id}/leave"),
        (ada, "/account/factors/codes"),
        (ada, "/account/factors/app/remove"),
        (dan, f"/power-changes/{school.school.id}/confirm"),
        (dan, f"/tickets/{school.school.id}/actions/confirm-lowering"),
        (dan, f"/tickets/{school.school.id}/actions/propose-lowering"),
        (dan, f"/tickets/{school.school.id}/actions/propose-disclosure"),
        (dan, f"/tickets/{school.school.id}/actions/disclose-name"),
    ]
    for client, path in doors:
        answer = client.post(path, {"x": "1"})
        assert (answer.status_code, ASKED in answer.content.decode()) == (403, True), path
    assert ASKED in ada.post("/staff/import", {"list": "x"}).content.decode()
    assert ASKED not in ada.post("/setup/workbook", {"workbook": "x"}).content.decode()
    assert ASKED not in ada.post("/setup/invitations").content.decode()
    School.objects.filter(id=school.school.id).update(live_at=school.now)
    assert ASKED in ada.post("/setup/workbook", {"workbook": "x"}).content.decode()
    assert ASKED in ada.post("/setup/invitations").content.decode()
    assert ASKED in ada.post("/setup/rules", RULES | {"confirmed": "1"}).content.decode()
    assert ASKED not in ada.get("/staff/import").content.decode()
    assert ASKED not in dan.post(f"/tickets/{school.school.id}/actions/comment", {}).content.decode()


def test_over_the_api_a_token_of_ten_minutes_ago_is_no_proof(school: World) -> None:
    nina = Person.objects.create(school=school.school, name="Nina", staff_number="nina")
    path = f"people/{nina.id}/invite"
    assert school.ada.client.post(path).data["code"] == "no_address"
    SignIn.objects.update(started_at=school.now - timedelta(minutes=11))
    answer = school.ada.client.post(path)
    assert (answer.status_code, answer.data["code"]) == (403, "proof_needed")
    assert school.dan.client.get("power-changes").status_code == 200
    confirming = school.dan.client.post(f"power-changes/{school.school.id}/confirm")
    assert confirming.data["code"] == "proof_needed"
    leaving = school.ada.client.post(f"people/{school.bob.person.id}/leaving")
    assert leaving.data["code"] == "proof_needed"
    lowering = school.dan.client.act(school.school.id, "confirm-lowering", match=1)
    assert lowering.data["code"] == "proof_needed"
    assert school.alice.client.post("reports", school.report_body()).status_code == 201


def test_duty_and_absence_of_others_need_a_fresh_token_and_ones_own_do_not(school: World) -> None:
    shift = school.school.shifts.get()
    slot = shift.slots.get()
    later = {"starts_at": (school.now + DAY).isoformat(), "ends_at": (school.now + 2 * DAY).isoformat()}
    away = Absence.objects.create(person=school.bob.person, starts_at=school.now + DAY, ends_at=school.now + 2 * DAY)
    SignIn.objects.update(started_at=school.now - timedelta(minutes=11))
    one, swap = f"rosters/{shift.id}", f"rosters/{shift.id}/slots/{slot.id}/swap"
    given = {"taker": str(school.cleo.person.id), "note": "Keys are with the guard."}
    http, match = school.cleo.client.http, {"If-Match": '"v1"'}
    refused = [
        school.cleo.client.post("rosters", {}),
        http.patch(f"/api/v1/{one}", {}, format="json", headers=match),
        http.delete(f"/api/v1/{one}", headers=match),
        school.cleo.client.post(swap, given, match=1),
        school.cleo.client.post("absences", later | {"person": str(school.bob.person.id)}),
        http.delete(f"/api/v1/absences/{away.pk}"),
    ]
    assert [(answer.status_code, answer.data["code"]) for answer in refused] == [(403, "proof_needed")] * 6
    assert school.alice.client.post(swap, given, match=1).data["code"] == "not_roster_keeper"
    assert school.bob.client.http.delete(f"/api/v1/absences/{away.pk}").status_code == 204
    assert school.cleo.client.post("absences", later).status_code == 201
    assert school.vera.client.post(swap, given, match=1).status_code == 200
    assert school.dan.client.post(swap[: -len("swap")] + "take-over", {"note": "She is ill."}).status_code == 200


def reset(client: Client, member: Member) -> str:
    path = address("accounts.User", member.user)
    answer = client.post(path, {**form_of(client, path), "accounts_user_factor_reset": "1"}, follow=True)
    return answer.content.decode()


def test_a_lost_factor_is_reset_by_an_administrator_and_told(school: World, signed_in: SignedIn) -> None:
    bob = signed_in(school.bob)
    app_add(bob)
    reset(signed_in(school.ada), school.bob)
    assert User.objects.get(pk=school.bob.user.pk).second_factor_at is None
    assert school.bob.client.get("me").status_code == 401
    news = OutboxMessage.objects.filter(topic="account.news", payload__user=school.bob.user.pk)
    assert [row.payload["what"] for row in news.order_by("id")] == ["factor_added", "factors_reset"]
    assert told(school)["bob"] == ["factor_reset done"]
    assert Client().post("/sign-in", {"username": "bob", "password": PASSWORD})["Location"] == "/"


def test_that_of_who_reads_sealed_tickets_needs_a_second_person(school: World, signed_in: SignedIn) -> None:
    app_add(signed_in(school.erin))
    assert "waits for a second person" in reset(signed_in(school.ada), school.erin)
    assert User.objects.get(pk=school.erin.user.pk).second_factor_at is not None
    pending = waiting()
    assert (pending.kind, PendingPower.objects.count()) == ("factor_reset", 1)
    assert school.dan.client.post(f"power-changes/{pending.id}/confirm").status_code == 200
    assert User.objects.get(pk=school.erin.user.pk).second_factor_at is None
    assert "factor_reset confirmed" in told(school)["erin"]


def test_nobody_resets_their_own(school: World, signed_in: SignedIn) -> None:
    ada = signed_in(school.ada)
    app_add(ada)
    assert "This is your own account." in reset(ada, school.ada)
    assert User.objects.get(pk=school.ada.user.pk).second_factor_at is not None


def test_the_only_administrator_is_helped_by_a_command(school: World, signed_in: SignedIn) -> None:
    app_add(signed_in(school.ada))
    said = StringIO()
    call_command("second_factor_reset", "ADA", stdout=said)
    assert "ada signs in with the password alone" in said.getvalue()
    assert User.objects.get(pk=school.ada.user.pk).second_factor_at is None
    app_add(signed_in(school.erin))
    call_command("second_factor_reset", "erin", stdout=said)
    assert "It waits for a second person" in said.getvalue()
    with pytest.raises(CommandError):
        call_command("second_factor_reset", "nobody")


def test_a_command_sets_a_password_as_every_other_door_does(school: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Django's own told nobody, took any common password from whoever insisted, and let every token live on."""
    said = StringIO()

    def command(name: str, typed: str) -> None:
        monkeypatch.setattr("sys.stdin", StringIO(f"{typed}\n"))
        call_command("changepassword", name, stdout=said)

    with pytest.raises(CommandError, match="too common"):
        command("ada", "password123")
    assert school.ada.client.get("me").status_code == 200
    command("ADA", "four-rather-long-words")
    assert "ada has a new password and is signed out everywhere" in said.getvalue()
    assert school.ada.client.get("me").status_code == 401
    assert OutboxMessage.objects.filter(topic="account.news", payload__what="password").count() == 1
    news = OutboxMessage.objects.filter(topic="people.power_changed").latest("created_at").payload
    assert (news["what"], news["whom"], news["by"]) == ("password_changed", "Ada", "")
    with pytest.raises(CommandError, match="sets their own password"):
        command("erin", "four-rather-long-words")
