"""The pages of what has to be told outside, as whoever leads uses them, without scripts."""

from django.test import Client

from backend.outside.models import OutsideDuty, OutsideWord
from tests.outside.test_duties import file
from tests.portal.papers import paper_of, texts_of
from tests.world import World


def signed_in(world: World, who: str) -> Client:
    """Sign somebody in to the pages, in English."""
    client = Client(headers={"Accept-Language": "en"})
    client.force_login(world.members[who].user)
    return client


def test_whoever_leads_sees_whom_to_call_notes_it_and_draws_the_report(world: World) -> None:
    ticket = file(world, "H02", description="三名学生呕吐。")
    dan = signed_in(world, "dan")
    assert "Centre for disease control" in dan.get("/").content.decode()
    assert "are to be made" in dan.get("/today").content.decode()
    page = dan.get(f"/tickets/{ticket.id}").content.decode()
    assert "To be told outside" in page
    dan.post("/outside-numbers", {"recipient": "disease-control", "phone": "010-12320"})
    assert "010-12320" in dan.get("/outside-numbers").content.decode()
    path = f"/tickets/{ticket.id}/outside"
    shown = dan.get(path).content.decode()
    assert "tel:010-12320" in shown
    assert "The law allows it until" in shown
    duty = OutsideDuty.objects.get(ticket=ticket, recipient="disease-control")
    wrong = dan.post(f"{path}/{duty.id}", {"kind": "told", "words": "Three of one class."})
    assert (wrong.status_code, "Three of one class." in wrong.content.decode()) == (400, True)
    early = dan.post(f"{path}/{duty.id}", {"kind": "told", "whom": "Desk", "at": "2001-01-01T08:00"})
    assert "before it happened" in early.content.decode()
    dan.post(f"{path}/{duty.id}", {"kind": "told", "whom": "Duty desk", "way": "phone"})
    assert OutsideWord.objects.get().whom == "Duty desk"
    follow = OutsideDuty.objects.get(ticket=ticket, tell="control-again")
    form = dan.get(f"{path}/{follow.id}/form").content.decode()
    assert "三名学生呕吐。" in form
    assert "Not known here, please write it in:" in form
    paper = dan.get(f"{path}/{follow.id}/form.pdf")
    assert "Casualties" in "".join(texts_of(paper_of(paper)))
    api = world.dan.client.get(f"tickets/{ticket.id}/outside-duties/{follow.id}/paper")
    assert (api.status_code, api["Content-Type"]) == (200, "application/pdf")
    dan.post(path, {"clock": "R2"})
    police = OutsideDuty.objects.get(ticket=ticket, recipient="police")
    dan.post(f"{path}/{police.id}", {"kind": "not_applicable", "words": "No crime."})
    assert "Does not apply" in dan.get(path).content.decode()
    assert "Not told" not in dan.get(f"/tickets/{ticket.id}").content.decode()
    alice = signed_in(world, "alice").get(path).content.decode()
    assert "Duty desk" not in alice
    assert signed_in(world, "mallory").get(path).status_code == 404


def test_a_confidential_report_is_left_for_a_person_to_write(world: World) -> None:
    filed = world.alice.client.post("reports", world.report_body(category="C01", place=None, description="小王说的。"))
    erin = signed_in(world, "erin")
    duty = OutsideDuty.objects.filter(ticket__reference=filed.data["reference"]).first()
    assert duty is not None
    form = erin.get(f"/tickets/{duty.ticket_id}/outside/{duty.id}/form").content.decode()
    assert "小王" not in form
    assert "Confidential: write no more than they need" in form
