"""The cause is looked for once what was most urgent, or came back, is closed; a lesson is approved, then published."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.core.management import call_command

from backend.common.clock import database_now
from backend.deadlines.models import Timer
from backend.deadlines.services import fire_due
from backend.workflow.models import NEVER_DUE, CauseReview, Ticket, TicketEvent, TicketPart
from backend.workflow.owed import tickets_owed_by
from backend.workflow.services.erasing import event_payloads_erase
from backend.workflow.states import State
from tests.browser import SignIn
from tests.roles import as_owner
from tests.workflow.steps import STRICT, URGENT, escalations, file_ticket, ticket_in
from tests.world import World

FOUND: dict[str, Any] = {
    "note": "The heater stood beside the curtain.",
    "cause": "equipment",
    "corrective": "The heater is gone.",
    "preventive": "No heaters in classrooms.",
    "lesson": "Heaters of one's own do not belong into a classroom.",
}


def audited() -> None:
    for command in ("deadlines_audit", "tickets_audit", "ledger_verify"):
        call_command(command)


def closed_fire(world: World) -> UUID:
    return ticket_in(world, State.CLOSED, category=URGENT)


def owed(world: World, who: str, ticket_id: UUID) -> list[str]:
    data = world.members[who].client.get(f"tickets/{ticket_id}").data
    return [row["action"] for row in data["obligations"]]


def test_a_fire_is_reviewed_and_its_lesson_published_without_names(world: World, signed_in: SignIn) -> None:
    ticket_id = closed_fire(world)
    assert owed(world, "bob", ticket_id) == ["review-cause"]
    assert Ticket.objects.get(id=ticket_id).next_due_at == NEVER_DUE
    audited()
    page = signed_in(world.bob)
    assert "say by" in page.get(f"/tickets/{ticket_id}").content.decode()
    assert str(ticket_id) in page.get("/tickets?tab=mine").content.decode()
    assert f"/tickets/{ticket_id}" in signed_in(world.cleo).get("/tickets?tab=unreviewed").content.decode()
    for missing in ("cause", "corrective", "preventive", "note"):
        without = {name: words for name, words in FOUND.items() if name != missing}
        refused = world.bob.client.act(ticket_id, "review-cause", **without)
        assert (refused.status_code, refused.data["errors"][0]["pointer"]) == (400, f"/{missing}")
    found = world.bob.client.act(ticket_id, "review-cause", **FOUND)
    assert found.status_code == 200, found.data
    review = found.data["review"]
    assert (review["cause"], review["why"], review["approved_at"]) == ("equipment", FOUND["note"], None)
    shown = page.get(f"/tickets/{ticket_id}").content.decode()
    assert all(words in shown for words in (FOUND["note"], FOUND["preventive"], "The lesson is not published yet."))
    assert world.alice.client.get("lessons").data == []
    assert world.cleo.client.act(ticket_id, "publish-lesson").status_code == 403
    assert "publish-lesson" in world.dan.client.get(f"tickets/{ticket_id}").data["available_actions"]
    shorter = "No heaters of one's own in classrooms."
    named = world.dan.client.act(ticket_id, "publish-lesson", published_as="Ｃarol has no heaters in classrooms.")
    assert (named.data["code"], named.data["errors"][0]["pointer"]) == ("names_somebody", "/published_as")
    assert world.dan.client.act(ticket_id, "publish-lesson", published_as=shorter).status_code == 200
    assert world.dan.client.act(ticket_id, "publish-lesson").status_code == 409
    (lesson,) = world.alice.client.get("lessons").data
    assert set(lesson) == {"id", "cause", "lesson", "published_at"}
    assert (lesson["cause"], lesson["lesson"]) == ("equipment", shorter)
    assert world.mallory.client.get("lessons").data == []
    assert "No heaters of one" in signed_in(world.alice).get("/lessons").content.decode()
    assert "设备或建筑" in signed_in(world.alice, "zh-hans").get("/lessons").content.decode()
    assert owed(world, "bob", ticket_id) == []
    assert world.dan.client.act(ticket_id, "reclassify", category=STRICT, note="Bullying.").status_code == 200
    assert world.alice.client.get("lessons").data == [], "it waits for another approval, which the case team gives"
    assert world.erin.client.act(ticket_id, "publish-lesson").status_code == 200
    assert len(world.alice.client.get("lessons").data) == 1
    audited()


def test_one_that_nobody_writes_climbs_once_per_rung(world: World) -> None:
    ticket_id = closed_fire(world)
    timer = Timer.objects.get(subject_id=ticket_id, clock="review")
    for _ in range(2):
        fire_due(now=timer.due_at + timedelta(seconds=1))
    assert [row["rung"] for row in escalations(ticket_id) if row["clock"] == "review"] == [1]
    audited()


def test_it_is_asked_once_also_of_what_came_back_and_of_nothing_else(world: World) -> None:
    first = ticket_in(world, State.CLOSED)
    assert not TicketPart.objects.exists()
    again = file_ticket(world, routed=True)
    assert world.dan.client.act(again, "reclassify", note="Not so urgent.", severity="P3").status_code == 200
    for action in ("acknowledge", "start", "resolve"):
        assert world.bob.client.act(again, action, note="Done.").status_code == 200
    assert world.alice.client.act(again, "confirm").status_code == 200
    assert owed(world, "bob", again) == ["review-cause"]
    world.cleo.client.act(again, "reopen", note="Blocked again.")
    assert "review-cause" in world.bob.client.get(f"tickets/{again}").data["available_actions"]
    world.bob.client.act(again, "resolve", note="Done.")
    world.cleo.client.act(again, "verify", note="Looked.")
    assert TicketPart.objects.filter(kind="review").count() == 1
    assert owed(world, "bob", first) == []
    audited()


@pytest.mark.parametrize(
    ("who", "status"), [("ben", 200), ("cleo", 200), ("vera", 200), ("alice", 403), ("carol", 404), ("mallory", 404)]
)
def test_the_office_and_those_above_review_it(world: World, who: str, status: int) -> None:
    ticket_id = closed_fire(world)
    assert world.members[who].client.act(ticket_id, "review-cause", **FOUND).status_code == status


def test_of_a_sealed_case_its_lead_finds_the_cause_and_somebody_else_publishes(world: World, signed_in: SignIn) -> None:
    ticket_id = file_ticket(world, category=STRICT, routed=True)
    Ticket.objects.filter(id=ticket_id).update(severity="P1")
    for action in ("acknowledge", "start", "resolve"):
        assert world.erin.client.act(ticket_id, action, note="Done.").status_code == 200
    assert world.dan.client.act(ticket_id, "verify", note="Looked.").status_code == 200
    (part,) = world.erin.client.get(f"tickets/{ticket_id}").data["parts"]
    assert (part["office"], part["role"]) == (None, "protection_lead")
    assert world.cleo.client.act(ticket_id, "review-cause", **FOUND).status_code == 404
    assert world.erin.client.act(ticket_id, "review-cause", **FOUND).status_code == 200
    assert "publish-lesson" not in world.erin.client.get(f"tickets/{ticket_id}").data["available_actions"]
    assert "publish-lesson" not in signed_in(world.erin).get(f"/tickets/{ticket_id}").content.decode()
    alone = world.erin.client.act(ticket_id, "publish-lesson")
    assert (alone.status_code, alone.data["code"]) == (403, "reviewer_cannot_publish"), (
        "nobody saw that it names nobody"
    )
    assert world.dan.client.act(ticket_id, "publish-lesson").status_code == 200
    assert len(world.alice.client.get("lessons").data) == 1
    audited()


def test_a_cause_is_asked_of_the_case_lead_once_its_ticket_is_sealed_and_of_the_office_when_it_is_not(
    world: World,
) -> None:
    """It was withdrawn, and nobody was asked any more."""
    ticket_id = closed_fire(world)
    assert (
        world.dan.client.act(ticket_id, "reclassify", note="Somebody lit it.", confidentiality="K2").status_code == 200
    )
    assert (owed(world, "erin", ticket_id), world.bob.client.get(f"tickets/{ticket_id}").status_code) == (
        ["review-cause"],
        404,
    )
    assert ticket_id in {row.id for row in tickets_owed_by(actor=world.erin.actor)}
    audited()
    assert (
        world.erin.client.act(ticket_id, "propose-lowering", note="Nobody did.", confidentiality="K0").status_code
        == 200
    )
    assert world.dan.client.act(ticket_id, "confirm-lowering").status_code == 200
    assert owed(world, "bob", ticket_id) == ["review-cause"]
    assert world.bob.client.act(ticket_id, "review-cause", **FOUND).status_code == 200
    audited()


def test_whoever_owes_a_review_can_do_it_after_a_handover_and_a_merge(world: World) -> None:
    """The former office owed it and could not; on a merged ticket nobody could."""
    earlier, ticket_id = closed_fire(world), closed_fire(world)
    facilities = str(world.home.units["facilities"].id)
    assert world.cleo.client.act(ticket_id, "reopen", note="It smokes again.").status_code == 200
    assert world.cleo.client.act(ticket_id, "assign-office", office=facilities, note="Yours.").status_code == 200
    assert world.bob.client.get(f"tickets/{ticket_id}").status_code == 404
    assert "review-cause" in owed(world, "carol", ticket_id)
    assert world.cleo.client.act(earlier, "reopen", note="Here too.").status_code == 200
    merged = world.dan.client.act(ticket_id, "merge", into=str(earlier), note="One fire.")
    assert merged.status_code == 200, merged.data
    assert owed(world, "carol", ticket_id) == ["review-cause"]
    assert world.carol.client.act(ticket_id, "review-cause", **FOUND).status_code == 200
    audited()


def test_a_review_of_a_merged_ticket_is_the_case_leads_once_the_earlier_one_is_sealed(world: World) -> None:
    """Its office owed it, and knew of it no more."""
    earlier, ticket_id = closed_fire(world), closed_fire(world)
    for one in (earlier, ticket_id):
        assert world.cleo.client.act(one, "reopen", note="It smokes again.").status_code == 200
    assert world.dan.client.act(ticket_id, "merge", into=str(earlier), note="One fire.").status_code == 200
    sealed = world.dan.client.act(earlier, "reclassify", note="Somebody lit it.", confidentiality="K2")
    assert sealed.status_code == 200, sealed.data
    assert world.bob.client.get(f"tickets/{ticket_id}").status_code == 404
    assert owed(world, "erin", ticket_id) == ["review-cause"]
    assert world.erin.client.act(ticket_id, "review-cause", **FOUND).status_code == 200
    audited()


def test_its_words_are_erased_with_their_events(world: World) -> None:
    ticket_id = closed_fire(world)
    world.bob.client.act(ticket_id, "review-cause", **FOUND)
    sequences = list(
        TicketEvent.objects.filter(ticket=ticket_id, kind="review-cause").values_list("sequence", flat=True)
    )
    with as_owner():
        reference = Ticket.objects.get(id=ticket_id).reference
        event_payloads_erase(reference=reference, sequences=sequences, now=database_now())
    assert CauseReview.objects.values_list("why", "corrective", "preventive", "lesson").get() == ("", "", "", "")


def test_what_has_still_to_be_done_becomes_a_ticket_that_the_review_shows(world: World, signed_in: SignIn) -> None:
    """The link led to an empty form, and nobody could say what had come of a review."""
    ticket_id = closed_fire(world)
    assert world.bob.client.act(ticket_id, "review-cause", **FOUND).status_code == 200
    page, address = signed_in(world.bob), f"/report?earlier=follows:{ticket_id}"
    assert f'href="{address}"' in page.get(f"/tickets/{ticket_id}").content.decode()
    form, reference = page.get(address).content.decode(), Ticket.objects.get(id=ticket_id).reference
    assert f'value="follows:{ticket_id}"' in form
    assert reference in form
    hidden = signed_in(world.mallory).get(address).content.decode()
    assert reference not in hidden
    sent = {"category": "B06", "occurred_at": "2026-01-05T08:00", "description": "New sockets.", "token": "t" * 32}
    filed = page.post("/report", {**sent, "earlier": f"follows:{ticket_id}"})
    assert filed.status_code == 302, filed.content.decode()
    second = Ticket.objects.get(description="New sockets.")
    for language, words in (("en", "Reported from this review:"), ("zh-hans", "由这次分析提出的报告：")):
        shown = signed_in(world.bob if language == "en" else world.dan, language).get(f"/tickets/{ticket_id}")
        assert words in shown.content.decode()
    review = signed_in(world.dan).get(f"/tickets/{ticket_id}").content.decode().partition('id="review"')[2]
    assert second.reference in review.partition("</section>")[0]
