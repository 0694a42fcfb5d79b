"""Evidence of a person's matters: who has it kept, what is kept by it, and that it ends on record."""

from http import HTTPStatus
from uuid import UUID

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.test import Client

from backend.common.clock import database_now
from backend.notary.models import Leaf
from backend.retention.models import What
from backend.retention.services import retention_run
from backend.workflow.models import PersonHold, Ticket
from tests.retention.past import ticket_of
from tests.retention.test_forgetting import LONG, verified
from tests.roles import as_owner
from tests.workflow.steps import DAY
from tests.world import World

pytestmark = pytest.mark.django_db
NUMBER = "Inquiry 12 of the bureau."


def hold(world: World, person: UUID, *, by: str = "dan") -> int:
    """Have evidence of a person's matters kept; return the number of the hold."""
    answer = world.members[by].client.post("person-holds", {"person": str(person), "reason": NUMBER})
    assert answer.status_code == HTTPStatus.CREATED, answer.data
    return int(answer.data["id"])


def test_principal_and_protection_lead_have_evidence_kept_and_nobody_else(world: World) -> None:
    carol, own = world.carol.person.id, world.dan.person.id
    for who in ("alice", "bob", "carol"):
        client = world.members[who].client
        refused = client.post("person-holds", {"person": str(carol), "reason": NUMBER})
        assert refused.data["code"] == "not_evidence_keeper"
        assert client.get("person-holds").status_code == HTTPStatus.FORBIDDEN
    for person in (own, world.members["mallory"].person.id):
        refused = world.dan.client.post("person-holds", {"person": str(person), "reason": NUMBER})
        assert refused.data["code"] == "unknown_held", "of their own matters somebody else decides"
    number = hold(world, carol)
    elsewhere = world.members["mallory"].client
    assert elsewhere.post("person-holds", {"person": str(carol), "reason": NUMBER}).data["code"] == "unknown_held"
    assert elsewhere.get("person-holds").data["items"] == []
    assert elsewhere.post(f"person-holds/{number}/end", {"reason": "It."}).status_code == HTTPStatus.NOT_FOUND
    again = world.erin.client.post("person-holds", {"person": str(carol), "reason": NUMBER})
    assert (again.status_code, again.data["code"]) == (409, "already_held")
    [seen] = world.erin.client.get("person-holds").data["items"]
    assert (seen["id"], seen["person"]["id"], seen["reason"], seen["end"]) == (number, str(carol), NUMBER, None)
    unseen = world.erin.client.post("person-holds", {"person": str(own), "reason": "It\x07."})
    assert (unseen.status_code, unseen.data["errors"][0]["code"]) == (400, "control_characters")
    hold(world, own, by="erin")
    assert len(world.erin.client.get("person-holds").data["items"]) == 2
    assert len(world.dan.client.get("person-holds").data["items"]) == 1, "nobody knows of one on themselves"
    ended = world.erin.client.post(f"person-holds/{number}/end", {"reason": "It is closed."})
    assert ended.data["end"]["reason"] == "It is closed."
    twice = world.erin.client.post(f"person-holds/{number}/end", {"reason": "It is closed."})
    assert (twice.status_code, twice.data["code"]) == (409, "hold_over")
    assert world.dan.client.post("person-holds/999/end", {"reason": "It."}).status_code == HTTPStatus.NOT_FOUND


def test_every_ticket_of_the_person_stays_and_all_of_it_is_on_record(world: World) -> None:
    now = database_now()
    about = ticket_of(world, now - 1200 * DAY, "about", persons_concerned=frozenset({world.carol.person.id}))
    other = ticket_of(world, now - 1200 * DAY, "other")
    number = hold(world, world.carol.person.id)
    assert retention_run(now=now, seconds=LONG, is_dry=True)[What.TICKETS] == 1
    retention_run(now=now, seconds=LONG)
    said = dict(Ticket.objects.values_list("id", "description"))
    assert (said[about], said[other]) == ("about", "")
    with pytest.raises(DatabaseError, match="not to be forgotten yet"), transaction.atomic():
        connection.cursor().execute("SELECT retention_tickets_forget(%s, now())", [[about]])
    with as_owner(), pytest.raises(CommandError, match="kept as evidence"):
        call_command("ledger_erase", ticket=Ticket.objects.get(id=about).reference, event=[1])
    answer = world.erin.client.post(f"person-holds/{number}/end", {"reason": "It is closed."})
    assert answer.status_code == HTTPStatus.OK
    assert "The tree holds" in verified()
    assert Leaf.objects.filter(kind="matter").count() == 2
    assert retention_run(now=now, seconds=LONG)[What.TICKETS] == 1
    with pytest.raises(DatabaseError, match=r"refused|denied"), as_owner(), transaction.atomic():
        PersonHold.objects.update(words="")


def test_what_somebody_worked_on_or_reported_is_their_matter_too(world: World) -> None:
    now = database_now()
    ticket_of(world, now - 1200 * DAY, "first")
    for person in (world.alice.person.id, world.bob.person.id):
        number = hold(world, person)
        assert retention_run(now=now, seconds=LONG, is_dry=True)[What.TICKETS] == 0
        world.dan.client.post(f"person-holds/{number}/end", {"reason": "It is closed."})
    assert retention_run(now=now, seconds=LONG, is_dry=True)[What.TICKETS] == 1


def test_the_page_keeps_and_ends(world: World) -> None:
    client = Client(headers={"Accept-Language": "en"})
    client.force_login(world.dan.user)
    assert "/person-holds" in client.get("/help/kept").content.decode()
    carol = str(world.carol.person.id)
    refused = client.post("/person-holds", {"person": carol, "reason": "", "token": "a"})
    assert (refused.status_code, "Please say why." in refused.content.decode()) == (400, True)
    long = client.post("/person-holds", {"person": carol, "reason": "w" * 1001, "token": "a"})
    assert "longer than 1000 characters" in long.content.decode()
    for _tap in range(2):
        assert client.post("/person-holds", {"person": carol, "reason": NUMBER, "token": "b"}).status_code == 302
    page = client.get("/person-holds").content.decode()
    assert (NUMBER in page, "Carol" in page) == (True, True)
    number = PersonHold.objects.get().id
    assert client.get(f"/person-holds/{number}/end").status_code == 302
    assert client.post(f"/person-holds/{number}/end", {"reason": ""}).status_code == 400
    assert client.post(f"/person-holds/{number}/end", {"reason": "Closed by the court."}).status_code == 302
    assert "Closed by the court." in client.get("/person-holds").content.decode()
    client.force_login(world.bob.user)
    assert client.get("/person-holds").status_code == HTTPStatus.FORBIDDEN
