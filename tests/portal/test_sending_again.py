"""A report that is sent again, was typed before somebody signed in again, or was reported already."""

import re
import secrets
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils.timezone import localtime

from backend.common.clock import database_now
from backend.common.models import IdempotencyRecord
from backend.incidents.models import Report
from backend.workflow.models import Ticket
from tests.browser import SignIn
from tests.portal.conftest import filed, take
from tests.portal.test_report_page import form_fields
from tests.world import PASSWORD, World


def test_going_back_and_sending_the_same_words_again_is_the_same_report(world: World, signed_in: SignIn) -> None:
    """The form that was loaded anew had a new token and made a second report (F12)."""
    client = signed_in(world.alice)
    first = client.post("/report", form_fields(client, world))
    second = client.post("/report", form_fields(client, world, occurred_at=form_fields(client, world)["occurred_at"]))
    assert first["Location"] == second["Location"]
    assert Report.objects.count() == 1


@pytest.mark.parametrize("changes", [{"reporter_mode": "confidential"}, {"place": ""}, {"caller_name": "Granny Wang"}])
def test_what_is_not_the_same_is_a_report_of_its_own(
    world: World, signed_in: SignIn, changes: dict[str, object]
) -> None:
    client = signed_in(world.alice)
    fields = form_fields(client, world)
    assert client.post("/report", fields).status_code == 302
    assert client.post("/report", {**fields, **changes}).status_code == 302
    assert Report.objects.count() == 2


def test_a_form_that_comes_again_after_days_opens_no_second_report(world: World, signed_in: SignIn) -> None:
    """A phone sends until it hears that its report arrived; what was remembered of it was gone after two days."""
    client = signed_in(world.alice)
    fields = form_fields(client, world)
    first = client.post("/report", fields)
    IdempotencyRecord.objects.all().delete()
    assert client.post("/report", fields)["Location"] == first["Location"]
    assert Report.objects.count() == 1


def test_the_same_words_later_or_from_somebody_else_are_another_report(world: World, signed_in: SignIn) -> None:
    for member in (world.alice, world.bob):
        client = signed_in(member)
        assert client.post("/report", form_fields(client, world)).status_code == 302
    IdempotencyRecord.objects.update(created_at=database_now() - timedelta(minutes=11))
    assert client.post("/report", form_fields(client, world)).status_code == 302
    assert Report.objects.count() == 3


def test_the_same_words_about_other_days_are_reports_of_their_own(world: World, signed_in: SignIn) -> None:
    """Three days entered one after the other were one report, with a receipt for each."""
    client = signed_in(world.alice)
    for days in (0, 1, 2):
        at = localtime(world.now - timedelta(days=days, minutes=5)).strftime("%Y-%m-%dT%H:%M")
        assert client.post("/report", form_fields(client, world, occurred_at=at)).status_code == 302
    assert len(set(Report.objects.values_list("occurred_at", "ticket"))) == 3


def test_what_was_withdrawn_can_be_reported_again_at_once(world: World, signed_in: SignIn) -> None:
    client = signed_in(world.alice)
    first = client.post("/report", form_fields(client, world))["Location"]
    withdraw = f"{first.removesuffix('?sent=1')}/withdraw"
    assert client.post(withdraw, {"token": "of-another-form", "text": ""}).status_code == 302
    assert client.post("/report", form_fields(client, world))["Location"] != first
    assert Report.objects.count() == 2


def test_whoever_signed_in_again_gets_the_form_back_with_what_was_typed(world: World) -> None:
    """The page said to go back and load the form again, which emptied it (F4)."""
    client = Client(enforce_csrf_checks=True, headers={"accept-language": "en"})
    client.force_login(world.alice.user, backend="django.contrib.auth.backends.ModelBackend")
    fields = form_fields(client, world, description="The door on the second floor is locked.")
    again = client.post("/report", {**fields, "csrfmiddlewaretoken": "of-another-sign-in"})
    page = again.content.decode()
    assert (again.status_code, Report.objects.count()) == (403, 0)
    assert "The door on the second floor is locked.</textarea>" in page
    assert f'name="token" value="{fields["token"]}"' in page
    assert "Please send it once more." in page
    fresh = client.cookies["csrftoken"].value
    assert client.post("/report", {**fields, "csrfmiddlewaretoken": fresh}).status_code == 302
    assert Report.objects.count() == 1


def test_a_report_sent_after_the_session_ended_leads_back_to_its_form(world: World, signed_in: SignIn) -> None:
    """One landed on the home page after signing in (F3)."""
    client = signed_in(world.alice)
    fields = form_fields(client, world)
    client.post("/sign-out")
    answer = client.post("/report", fields)
    assert answer["Location"] == "/sign-in?next=/report"
    answer = client.post("/sign-in", {"username": "alice", "password": PASSWORD, "next": "/report"})
    assert answer["Location"] == "/report"


@pytest.mark.slow("tests/portal/test_sending_again.py", after=2)
@pytest.mark.parametrize("how", ["signed out", "signed in again"])
@pytest.mark.parametrize("where", ["ticket", "report", "amend", "bulk"])
def test_words_sent_when_the_sign_in_was_over_are_kept_and_sent_once(world: World, how: str, where: str) -> None:
    """Only the form of a report came back; a comment was gone, or left on a page that lost it."""
    report = filed(world.alice, world)
    member = world.bob if where in {"ticket", "bulk"} else world.alice
    path, field = {
        "ticket": (f"/tickets/{report.ticket_id}/actions/comment?place=x", "note"),
        "bulk": ("/tickets?tab=office", "note"),
        "report": (f"/reports/{report.id}/actions/comment", "note"),
        "amend": (f"/reports/{report.id}/amend", "text"),
    }[where]
    client = Client(enforce_csrf_checks=True, headers={"accept-language": "en"})
    client.get("/sign-in")
    version = report.ticket.version
    typed = {"token": "of-this-form", "version": version, "action": "comment", "pick": f"{report.ticket_id}:{version}"}
    words = {**typed, field: "The key is with <the porter>."}
    for is_signed_in in [False, True] if how == "signed out" else [True]:
        stale = "x" * 32 if is_signed_in else client.cookies["csrftoken"].value
        if is_signed_in:
            client.force_login(member.user, backend="django.contrib.auth.backends.ModelBackend")
        page = client.post(path, {**words, "csrfmiddlewaretoken": stale})
        shown = page.content.decode()
        assert (page.status_code, f'action="{path}"' in shown) == (403, True)
        assert f'name="{field}" rows="4">The key is with &lt;the porter&gt;.</textarea>' in shown
        assert ("Sign in in a new tab" in shown) is not is_signed_in
    assert not report.ticket.events.filter(kind="comment").exists()
    kept = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', shown))
    again = {**kept, field: words[field], "csrfmiddlewaretoken": client.cookies["csrftoken"].value}
    assert [client.post(path, again).status_code for _time in range(2)] == [302, 302]
    said = report.amendments.count() if where == "amend" else report.ticket.events.filter(kind="comment").count()
    assert said == 1


@pytest.mark.parametrize(
    ("who", "action"), [("bob", "comment"), ("alice", "comment"), ("bob", "progress"), ("bob", "bulk")]
)
def test_the_same_words_from_two_forms_stand_once(world: World, signed_in: SignIn, who: str, action: str) -> None:
    """Only a report was known again; a comment, an addition or word of progress stood twice."""
    report = filed(world.alice, world)
    take(world.bob, report.ticket, "acknowledge")
    member = world.members[who]
    client, events = signed_in(member), report.ticket.events.filter(kind="comment" if action == "bulk" else action)

    def send(note: str) -> int:
        version = Ticket.objects.get(id=report.ticket_id).version
        form = {"token": secrets.token_urlsafe(), "version": version, "note": note}
        if action == "bulk":
            return client.post(
                "/tickets", {**form, "action": "comment", "pick": f"{report.ticket_id}:{version}"}
            ).status_code
        pages = "tickets" if who == "bob" else "reports"
        number = report.ticket_id if who == "bob" else report.id
        return client.post(f"/{pages}/{number}/actions/{action}", form).status_code

    assert [send("The key is here."), send("The key is here."), send("It fits.")] == [302] * 3
    assert events.count() == 2
    IdempotencyRecord.objects.update(created_at=database_now() - timedelta(minutes=11))
    assert (send("It fits."), events.count()) == (302, 3)


@pytest.mark.parametrize(
    ("who", "where"), [("bob", "comment"), ("bob", "progress"), ("bob", "bulk"), ("alice", "amend")]
)
def test_the_same_words_after_somebody_elses_are_said_once_more(
    world: World, signed_in: SignIn, who: str, where: str
) -> None:
    """“On my way” was swallowed within ten minutes although a colleague had asked meanwhile whether anybody comes."""
    report = filed(world.alice, world)
    ticket, client = report.ticket, signed_in(world.members[who])
    if who == "bob":
        take(world.bob, ticket, "acknowledge")
    path = {"bulk": "/tickets", "amend": f"/reports/{report.id}/amend"}.get(
        where, f"/tickets/{ticket.id}/actions/{where}"
    )
    said = ticket.events.filter(kind="comment" if where == "bulk" else where, actor_id=world.members[who].person.id)

    def send() -> int:
        version = Ticket.objects.get(id=ticket.id).version
        form = {"token": secrets.token_urlsafe(), "version": version, "note": "On my way.", "text": "On my way."}
        client.post(path, {**form, "action": "comment", "pick": f"{ticket.id}:{version}"})
        return said.count()

    assert [send(), send()] == [1, 1]
    take(world.cleo, ticket, "comment", "Is anybody coming?")
    assert [send(), send()] == [2, 2]


def test_the_same_addition_from_two_forms_stands_once(world: World, signed_in: SignIn) -> None:
    report, client = filed(world.alice, world), signed_in(world.alice)
    for token, text in (("a", "It smells."), ("b", "It smells."), ("c", "It smells more.")):
        assert client.post(f"/reports/{report.id}/amend", {"token": token, "text": text}).status_code == 302
    assert [row.text for row in report.amendments.order_by("added_at")] == ["It smells.", "It smells more."]


def test_what_somebody_undid_meanwhile_can_be_done_again_with_the_same_words(world: World, signed_in: SignIn) -> None:
    report, client = filed(world.alice, world), signed_in(world.bob)
    take(world.bob, report.ticket, "acknowledge")
    for token, assignee in (("a", world.ben), ("b", world.bob), ("c", world.ben)):
        version = Ticket.objects.get(id=report.ticket_id).version
        form = {"token": token, "version": version, "assignee": str(assignee.person.id)}
        assert client.post(f"/tickets/{report.ticket_id}/actions/assign", form).status_code == 302
    assert Ticket.objects.get(id=report.ticket_id).assignee == world.ben.person


def test_a_form_from_another_site_is_not_offered_again(world: World) -> None:
    report = filed(world.alice, world)
    client = Client(enforce_csrf_checks=True, headers={"accept-language": "en", "origin": "https://elsewhere.example"})
    client.force_login(world.bob.user, backend="django.contrib.auth.backends.ModelBackend")
    answer = client.post(f"/tickets/{report.ticket_id}/actions/comment", {"note": "Their words.", "token": "theirs"})
    assert answer.status_code == 403
    assert "Their words." not in answer.content.decode()


def alike(client: Client, world: World, category: str = "F02", place: str = "stairwell") -> str:
    """Ask what is open of a category at a place."""
    query = {"category": category, "place": str(world.home.places[place].id)}
    return client.get("/report/alike", query).content.decode()


def test_what_was_reported_here_today_is_offered_to_those_who_may_know_of_it(world: World, signed_in: SignIn) -> None:
    report = filed(world.alice, world, ago=timedelta(hours=2))
    assert f'href="/reports/{report.id}"' in alike(signed_in(world.alice), world)
    bob = signed_in(world.bob)
    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert f'href="/tickets/{report.ticket_id}"' in alike(bob, world)
    assert sum('FROM "workflow_ticket"' in query["sql"] for query in queries) == 1
    for elsewhere in (alike(bob, world, place="teaching-building"), alike(bob, world, "F03")):
        assert elsewhere.strip() == ""
    for member in (world.carol, world.mallory):
        assert alike(signed_in(member), world).strip() == ""
    assert bob.get("/report/alike?category=F02&place=x").content.decode().strip() == ""


def test_what_is_confidential_old_or_concerns_the_reader_is_not_offered(world: World, signed_in: SignIn) -> None:
    filed(world.alice, world, "S02")
    filed(world.alice, world, ago=timedelta(hours=25))
    filed(world.carol, world, concerned=world.bob)
    assert alike(signed_in(world.alice), world, "S02").strip() == ""
    assert alike(signed_in(world.alice), world).strip() == ""
    assert alike(signed_in(world.bob), world).strip() == ""
    assert alike(signed_in(world.dan), world).count("href=") == 1


def test_what_was_used_last_is_offered_first(world: World, signed_in: SignIn) -> None:
    filed(world.alice, world, "F02")
    filed(world.alice, world, "B06", ago=timedelta(days=1))
    page = signed_in(world.alice).get("/report").content.decode()
    used = page[page.index('data-used="category"') : page.index('class="groups"')]
    assert used.index('value="F02"') < used.index('value="B06"')
    place = world.home.places["stairwell"].id
    assert f'<button type="button" class="secondary" value="{place}"' in page
    assert "data-used" not in signed_in(world.bob).get("/report").content.decode()


def test_the_finder_gets_the_words_of_both_languages(world: World, signed_in: SignIn) -> None:
    words = signed_in(world.alice).get("/report/words").json()
    assert len(words) == 40
    assert {"冒烟", "smoke", "Fire, smoke or gas leak", "配电箱冒烟，有糊味"} <= set(words["F01"])


def test_colleagues_are_listed_when_asked_for_and_nothing_typed_is_lost_by_it(world: World, signed_in: SignIn) -> None:
    """A list of everybody on every form weighed more than the form."""
    client = signed_in(world.alice)
    dan = f'name="persons_concerned" value="{world.dan.person.id}"'
    assert dan not in client.get("/report").content.decode()
    listed = client.get("/report/colleagues").content.decode()
    assert dan in listed
    assert "Alice" not in listed
    assert "Mallory" not in listed
    fields = form_fields(client, world, persons_concerned=[str(world.dan.person.id)], reporter_mode="confidential")
    page = client.post("/report/colleagues", fields).content.decode()
    assert f"{dan} checked" in page
    assert 'value="F02" checked' in page
    assert f"{fields['description']}</textarea>" in page
    assert 'value="confidential" checked' in page
    assert f'name="token" value="{fields["token"]}"' in page
    assert "Please check" not in page
    assert Report.objects.count() == 0
