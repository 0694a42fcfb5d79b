"""The pages for what came after filing: adding, withdrawing, correcting, declining; and for callers and exercises."""

from uuid import uuid4

from backend.incidents.models import ReportAmendment
from backend.workflow.models import Ticket
from backend.workflow.states import State
from tests.browser import SignIn
from tests.portal.conftest import filed
from tests.portal.test_report_page import form_fields
from tests.portal.test_ticket_pages import act, text_of
from tests.world import World


def test_a_reporter_adds_and_withdraws(world: World, signed_in: SignIn) -> None:
    report = filed(world.alice, world)
    client = signed_in(world.alice)
    empty = client.post(f"/reports/{report.id}/amend", {"token": str(uuid4()), "text": " "})
    assert empty.status_code == 422
    assert "Please write what you would like to add." in empty.content.decode()
    body = {"token": str(uuid4()), "text": "Two more desks."}
    for _tap in range(2):
        assert client.post(f"/reports/{report.id}/amend", body).status_code == 302
    assert ReportAmendment.objects.count() == 1
    for member, path in ((world.alice, f"/reports/{report.id}"), (world.bob, f"/tickets/{report.ticket_id}")):
        assert "Two more desks." in signed_in(member).get(path).content.decode()
    assert client.post(f"/reports/{report.id}/withdraw", {"token": str(uuid4()), "text": ""}).status_code == 302
    assert Ticket.objects.get().state == State.CLOSED
    assert "You withdrew it." in client.get(f"/reports/{report.id}").content.decode()
    late = client.post(f"/reports/{report.id}/amend", {"token": str(uuid4()), "text": "One <more>."})
    assert late.status_code == 409
    assert "This is not open any more." in late.content.decode()


def test_a_sealed_report_is_changed_by_its_reporter_alone(world: World, signed_in: SignIn) -> None:
    report = filed(world.alice, world, "C02", "Somebody is being bullied.")
    body = {"token": str(uuid4()), "text": "Again today."}
    for other in (world.erin, world.dan, world.mallory):
        assert signed_in(other).post(f"/reports/{report.id}/amend", body).status_code == 404
    assert signed_in(world.alice).post(f"/reports/{report.id}/amend", body).status_code == 302
    assert "Again today." in signed_in(world.erin).get(f"/tickets/{report.ticket_id}").content.decode()


def test_filing_for_somebody_else_keeps_what_was_typed(world: World, signed_in: SignIn) -> None:
    client = signed_in(world.alice)
    refused = client.post("/report", form_fields(client, world, caller_contact="138 0000 0000"))
    assert refused.status_code == 422
    assert 'value="138 0000 0000"' in refused.content.decode()
    assert "Please give the name too." in refused.content.decode()
    fields = form_fields(client, world, caller_name="Granny Wang", caller_contact="138 0000 0000")
    assert client.post("/report", fields).status_code == 302
    ticket = Ticket.objects.get()
    assert "Granny Wang · 138 0000 0000" in signed_in(world.cleo).get(f"/tickets/{ticket.id}").content.decode()


def test_an_exercise_is_marked_on_every_page(world: World, signed_in: SignIn) -> None:
    assert 'name="exercise"' not in signed_in(world.alice).get("/report").content.decode()
    client = signed_in(world.cleo)
    assert client.post("/report", form_fields(client, world, exercise="on")).status_code == 302
    ticket = Ticket.objects.get()
    for path in ("/tickets", f"/tickets/{ticket.id}", "/reports", "/"):
        assert "chip-exercise" in client.get(path).content.decode(), path
    alice = signed_in(world.alice)
    assert alice.post("/report", form_fields(alice, world, exercise="on")).status_code in {302, 403}
    assert Ticket.objects.filter(is_exercise=True).count() == 1


def test_correcting_a_ticket(world: World, signed_in: SignIn) -> None:
    ticket = filed(world.alice, world).ticket
    client = signed_in(world.bob)
    wrong = act(client, ticket, "reclassify", note="It burns.", severity="P9")
    assert wrong.status_code == 422
    assert "It burns.</textarea>" in wrong.content.decode()
    nothing = act(client, ticket, "reclassify", note="It burns.")
    assert nothing.status_code == 400
    assert act(client, ticket, "reclassify", note="It burns.", severity="P1").status_code == 302
    ticket.refresh_from_db()
    assert ticket.severity == "P1"
    words = text_of(client.get(f"/tickets/{ticket.id}").content)
    assert "Urgency: Important → Urgent" in words
    gone = act(client, ticket, "reclassify", note="A child was hurt.", confidentiality="K2")
    assert gone["Location"] == "/tickets"
    assert client.get(f"/tickets/{ticket.id}").status_code == 404


def test_declining_takes_two(world: World, signed_in: SignIn) -> None:
    ticket = filed(world.alice, world).ticket
    assert act(signed_in(world.bob), ticket, "propose-decline", note="Nothing there.").status_code == 302
    ticket.refresh_from_db()
    page = text_of(signed_in(world.cleo).get(f"/tickets/{ticket.id}").content)
    assert "Bob proposes to decline this." in page
    assert act(signed_in(world.cleo), ticket, "confirm-decline").status_code == 302
    ticket.refresh_from_db()
    assert ticket.state == State.DECLINED
    assert "proposes to decline this" not in text_of(signed_in(world.cleo).get(f"/tickets/{ticket.id}").content)
