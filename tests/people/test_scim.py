"""Staff from a portal by SCIM 2.0: the rules of a bundle for one person at a time, and a foreign tester passes."""

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest
from django.test.client import ClientHandler
from knox.models import AuthToken
from pytest_django import Settings
from rest_framework.test import APIClient

from backend.administration.models import Change
from backend.common.clock import database_now
from backend.common.later import Later
from backend.integrations.models import ServiceCall
from backend.organisation.models import Appointment, ContactChannel, Person
from backend.organisation.roles import Role
from backend.organisation.scopes import Scope
from backend.people.models import PeopleSync, SourcedPerson
from backend.people.services.opening import source_open
from backend.workflow.models import Ticket, TicketEvent
from backend.workflow.states import State
from tests.integrations.programs import administrator, made
from tests.workflow.steps import ticket_in
from tests.world import World, member_add

if TYPE_CHECKING:
    import scim2_tester
    from scim2_client.engines import wsgi
else:
    scim2_tester, wsgi = Later("scim2_tester"), Later("scim2_client.engines.wsgi")  # they take seconds to import

BASE = "/api/scim/v2"
MEDIA = "application/scim+json"
USER = "urn:ietf:params:scim:schemas:core:2.0:User"
PATCH = "urn:ietf:params:scim:api:messages:2.0:PatchOp"


class Scim:
    """SCIM as a portal speaks it."""

    def __init__(self, secret: str) -> None:
        self.token = f"Bearer {secret}"
        self.http = APIClient(headers={"authorization": self.token, "accept": MEDIA, "accept-language": "en"})

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> tuple[int, dict[str, Any]]:
        """Send a request; return its status and what was answered."""
        sent = json.dumps(body) if body is not None else None
        answer = self.http.generic(
            method, f"{BASE}/{path}", sent or "", content_type=MEDIA if sent else "", headers=headers
        )
        assert not answer.content or answer.headers["Content-Type"] == MEDIA
        said = json.loads(answer.content) if answer.content else {}
        return answer.status_code, {**said, "code": str(said.get("detail", "")).rpartition(" (")[2].rstrip(")")}

    def added(self, number: int | str, **changes: object) -> dict[str, Any]:
        """Add somebody; return them."""
        status, said = self.ask("POST", "Users", user(number, **changes))
        assert status == 201, said
        return said


def user(number: int | str, **changes: object) -> dict[str, object]:
    """Return somebody as a portal writes them."""
    return {
        "schemas": [USER],
        "userName": f"N{number}",
        "externalId": f"x-{number}",
        "name": {"familyName": "林", "givenName": "晓燕"},
        "emails": [{"value": f"n{number}@portal.example", "primary": True}],
        "active": True,
        **changes,
    }


def change(**values: object) -> dict[str, object]:
    """Return a PATCH that replaces values."""
    return {
        "schemas": [PATCH],
        "Operations": [{"op": "Replace", "path": name, "value": values[name]} for name in values],
    }


@pytest.fixture
def opened(world: World) -> Callable[[], Scim]:
    """Open the staff to a program; return it."""

    def opening() -> Scim:
        told = made(world, Scope.PEOPLE_SYNC)
        source_open(actor=administrator(world).actor, account_id=UUID(told["id"]), now=database_now())
        return Scim(told["secret"])

    return opening


def test_somebody_comes_changes_leaves_and_is_back(world: World, opened: Callable[[], Scim]) -> None:
    scim = opened()
    said = scim.added(1)
    person = Person.objects.get(staff_number="N1")
    assert (said["id"], said["displayName"], said["externalId"], said["active"]) == (
        str(person.id),
        "林晓燕",
        "x-1",
        True,
    )
    assert "emails" not in said
    assert ContactChannel.objects.get(person=person).verified_at is None
    assert person.user is None
    assert Appointment.objects.get(person=person).post.role == "reporter"
    record = Change.objects.filter(object_repr="林晓燕", content_type__model="person").get()
    assert (record.actor_id, "校园门户" in str(record.additional_data)) == (None, True)
    one = f"Users/{said['id']}"
    assert scim.ask("PATCH", one, change(externalId="y-1"))[1]["externalId"] == "y-1"
    assert scim.ask("PATCH", one, change(externalId="x-1"))[1]["meta"] == said["meta"]
    status, now = scim.ask("PATCH", one, change(displayName="林小燕", userName="N77"))
    assert (status, now["displayName"], now["userName"]) == (200, "林小燕", "N77")
    version = said["meta"]["version"]
    for method, body in (("PATCH", change(active=False)), ("PUT", user(1)), ("DELETE", None)):
        status, told = scim.ask(method, one, body, **{"if-match": version})
        assert (status, told["code"], told["status"]) == (412, "user_changed", "412")
    status, _none = scim.ask("GET", one, **{"if-none-match": now["meta"]["version"]})
    assert status == 304
    assert scim.ask("PATCH", one, change(active="False"), **{"if-match": now["meta"]["version"]})[1]["active"] is False
    assert not Appointment.objects.filter(person=person, ends_at=None).exists()
    # Whoever left keeps a name that can change, and nothing else comes of it.
    assert scim.ask("PATCH", one, change(displayName="林晓燕"))[1]["displayName"] == "林晓燕"
    assert not Appointment.objects.filter(person=person, ends_at=None).exists()
    assert scim.ask("PUT", one, user(1, userName="N77"))[1]["active"] is True
    assert Appointment.objects.filter(person=person, ends_at=None).exists()
    assert scim.ask("DELETE", one)[0] == 204
    assert scim.ask("GET", one)[1]["code"] == "not_found"
    assert scim.added(1, userName="N77")["id"] == said["id"]
    assert PeopleSync.objects.filter(state="done", account__isnull=False).count() == 7
    assert ServiceCall.objects.filter(operation__contains="scim").exists()


def test_who_was_removed_and_is_made_anew_under_another_id_is_the_same_colleague(
    world: World, opened: Callable[[], Scim]
) -> None:
    scim = opened()
    before = scim.added(1)
    assert scim.ask("DELETE", f"Users/{before['id']}")[0] == 204
    status, told = scim.ask("POST", "Users", user(1, externalId="x-other", name={"formatted": "Somebody else"}))
    assert (status, told["code"]) == (409, "user_taken"), "a number that went to somebody else is looked at by people"
    again = scim.added(1, externalId="x-new", userName="n1")
    assert (again["id"], again["externalId"], again["active"]) == (before["id"], "x-new", True)
    assert SourcedPerson.objects.get(person=before["id"]).sourced_id == "x-new"


def test_a_leaver_is_out_everywhere_and_their_work_goes_on(world: World, opened: Callable[[], Scim]) -> None:
    ticket_id = ticket_in(world, State.IN_PROGRESS)
    Ticket.objects.filter(id=ticket_id).update(assignee=world.ben.person)
    scim = opened()
    ben = scim.added("ben", userName="BEN", emails=[])
    assert ben["id"] == str(world.ben.person.id)  # the one who is here already
    assert world.ben.client.get("me").status_code == 200
    assert scim.ask("PATCH", f"Users/{ben['id']}", change(active=False))[0] == 200
    assert world.ben.client.get("me").status_code == 401
    assert not AuthToken.objects.filter(user=world.ben.user).exists()
    assert Ticket.objects.get(id=ticket_id).assignee is None
    assert TicketEvent.objects.filter(ticket=ticket_id, kind="assignee-left").count() == 1


def test_what_is_guarded_or_taken_or_too_much_stays(world: World, opened: Callable[[], Scim]) -> None:
    scim = opened()
    dan = scim.added("dan", userName="dan", name={"formatted": "Dan"}, emails=[])
    one = f"Users/{dan['id']}"
    for method, body in (
        ("PATCH", change(active=False)),
        ("PATCH", change(displayName="Somebody")),
        ("DELETE", None),
    ):
        status, told = scim.ask(method, one, body)
        assert (status, told["code"]) == (403, "person_kept")
    assert world.dan.client.get("me").status_code == 200
    for body in (user(1, externalId="x-dan"), user(1, userName="DAN"), user(1, userName="alice", active=False)):
        status, told = scim.ask("POST", "Users", body)
        assert (status, told["code"], told["scimType"]) == (409, "user_taken", "uniqueness")
    assert world.alice.client.get("me").status_code == 200
    people = [scim.added(number) for number in range(10)]
    left = [scim.ask("PATCH", f"Users/{each['id']}", change(active=False)) for each in people]
    assert [status for status, _said in left] == [200] * 5 + [409] * 5
    assert left[-1][1]["code"] == "too_many_leave"
    assert SourcedPerson.objects.filter(left_at__isnull=True).count() == 6


def test_it_is_open_to_one_program_of_the_school_alone(world: World, opened: Callable[[], Scim]) -> None:
    scim = opened()
    said = scim.added(1)
    closed = Scim(made(world, Scope.PEOPLE_SYNC, name="Other")["secret"])
    assert closed.ask("GET", "Users")[1]["code"] == "people_sync_closed"
    assert Scim(made(world, Scope.TODO_READ, name="Third")["secret"]).ask("GET", "Users")[1]["code"] == "scope_missing"
    assert Scim("nothing").ask("GET", "Users")[0] == 401
    there = member_add(world, "una", [(Role.ADMINISTRATOR, None, False)], site=world.elsewhere)
    told = made(world, Scope.PEOPLE_SYNC, by=there)
    source_open(actor=there.actor, account_id=UUID(told["id"]), now=database_now())
    other = Scim(told["secret"])
    for method, body in (("GET", None), ("PATCH", change(active=False)), ("PUT", user(1)), ("DELETE", None)):
        assert other.ask(method, f"Users/{said['id']}", body)[1]["code"] == "not_found"
    assert other.ask("GET", "Users")[1]["totalResults"] == 0
    assert scim.ask("GET", "Users")[1]["totalResults"] == 1


def test_users_are_found_and_what_cannot_be_read_is_said(world: World, opened: Callable[[], Scim]) -> None:
    scim = opened()
    for number in range(3):
        scim.added(number)
    for text, found in {
        'userName eq "n1"': 1,
        f'{USER}:userName eq "N1" or externalId eq "x-2"': 2,
        '(userName sw "n") and not (userName eq "N0")': 2,
        "active eq true": 3,
        'displayName co "晓" and externalId pr': 3,
        'externalId eq "X-1"': 0,
    }.items():
        assert (text, scim.ask("GET", f"Users?filter={text}")[1]["totalResults"]) == (text, found)
    page = scim.ask("GET", "Users?startIndex=2&count=1&attributes=userName")[1]
    assert (page["totalResults"], page["itemsPerPage"], page["startIndex"]) == (3, 1, 2)
    assert set(page["Resources"][0]) == {"schemas", "id", "userName"}
    for text in ("userName", 'userName eq "', 'password eq "x"', "(" * 30, "active gt true", 'userName eq "a" nor'):
        status, told = scim.ask("GET", f"Users?filter={text}")
        assert (text, status, told["scimType"]) == (text, 400, "invalidFilter")
    one = f"Users/{SourcedPerson.objects.earliest('id').person_id}"
    for body in ({}, change(roles=[]), {"Operations": [{"op": "x", "path": "active"}]}, change(active="maybe")):
        assert scim.ask("PATCH", one, body)[1]["code"] == "scim_unreadable"
    for body in ({}, user(9, userName=7), user(9, emails=[{"value": "no"}]), user(9, externalId="y" * 200)):
        assert scim.ask("POST", "Users", body)[1]["code"] == "scim_unreadable"
    assert scim.ask("POST", "Users", user(9, externalId="scim:1"))[0] == 400
    assert scim.ask("POST", "Users", user(9, externalId="y\0"))[1]["code"] == "scim_unreadable"
    for asked in ({"filter": 5}, {"filter": ["active eq true"]}, {"count": "--5"}, {"startIndex": "-"}):
        assert scim.ask("POST", "Users/.search", asked)[1]["code"] == "scim_unreadable", asked
    assert (scim.ask("GET", "Groups")[0], scim.ask("OPTIONS", "Groups")[0]) == (404, 204)
    assert scim.ask("POST", ".search", {"filter": "active eq true"})[1]["totalResults"] == 3
    assert scim.ask("POST", "Users/.search", {"filter": "active eq true", "count": 1})[1]["totalResults"] == 3


def test_it_says_what_it_can_do(world: World, opened: Callable[[], Scim]) -> None:
    scim = opened()
    assert scim.ask("GET", "ServiceProviderConfig")[1]["patch"] == {"supported": True}
    for kind, name, schema in (("ResourceTypes", "User", "ResourceType"), ("Schemas", USER, "Schema")):
        listed = scim.ask("GET", kind)[1]
        assert [row["id"] for row in listed["Resources"]] == [name]
        assert scim.ask("GET", f"{kind}/{name}")[1]["schemas"] == [f"urn:ietf:params:scim:schemas:core:2.0:{schema}"]
        assert scim.ask("GET", f"{kind}/Nothing")[0] == 404


def in_this_transaction(environ: Any, start: Callable[[str, list[tuple[str, str]]], object]) -> list[bytes]:
    """Answer a request of the tester as Django's own client would, on the connection of the test."""
    answer: Any = ClientHandler()(environ)
    start(f"{answer.status_code} {answer.reason_phrase}", list(answer.items()))
    return [answer.content]


@pytest.mark.slow("tests/people/test_scim.py")
def test_the_foreign_tester_finds_nothing_wrong(world: World, opened: Callable[[], Scim], settings: Settings) -> None:
    settings.PEOPLE_LEAVING_PERCENT = 100  # it lets everybody leave whom it made
    token = opened().token
    address = f"{settings.PUBLIC_URL}{BASE}"
    client = wsgi.WSGISCIMClient(in_this_transaction, address, headers={"Authorization": token})
    results = scim2_tester.check_server(client)
    wrong = [
        f"{each.title}: {each.reason}"
        for each in results
        if each.status in {scim2_tester.Status.ERROR, scim2_tester.Status.CRITICAL}
    ]
    assert wrong == []
    assert sum(each.status == scim2_tester.Status.SUCCESS for each in results) > 20
