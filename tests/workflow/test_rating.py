"""The word of a reporter on how it was handled: once per closing, for the head, and in figures of units alone."""

from uuid import UUID

import pytest

from backend.common.models import OutboxMessage
from backend.incidents.models import Report
from backend.insights.services.counting import all_count
from backend.workflow.models import TicketEvent, TicketFeedback
from backend.workflow.states import State
from tests.browser import SignIn
from tests.workflow.steps import TOLD, ticket_in
from tests.world import World


def test_it_is_one_tap_on_the_reporters_page_and_reaches_the_head(world: World, signed_in: SignIn) -> None:
    ticket_id = ticket_in(world, State.CLOSED)
    page, report = signed_in(world.alice), Report.objects.get(ticket=ticket_id)
    shown = page.get(f"/reports/{report.id}").content.decode()
    assert 'name="handled" value="badly"' in shown
    form = {"token": "a-token-of-this-form", "version": "7", "note": "Nobody told my class.", "handled": "badly"}
    form["version"] = str(world.alice.client.get(f"tickets/{ticket_id}").data["version"])
    assert page.post(f"/reports/{report.id}/actions/rate-handling", form).status_code == 302
    assert TicketFeedback.objects.values_list("handled", "words").get() == ("badly", "Nobody told my class.")
    event = TicketEvent.objects.get(ticket=ticket_id, kind="rate-handling")
    told = OutboxMessage.objects.get(topic=TOLD, payload__event=str(event.id))
    assert told.payload["people"] == [str(world.bob.person.id)]
    lines = signed_in(world.bob).get(f"/tickets/{ticket_id}").content.decode()
    assert "No, badly" in lines
    assert "Nobody told my class." in lines
    again = world.alice.client.act(ticket_id, "rate-handling", handled="well")
    assert again.status_code == 409
    world.alice.client.act(ticket_id, "reopen", note="It is back.")
    for who, action in (("bob", "resolve"), ("cleo", "verify")):
        assert world.members[who].client.act(ticket_id, action, note="Done.").status_code == 200
    assert world.alice.client.act(ticket_id, "rate-handling", handled="well").status_code == 200


@pytest.mark.parametrize(
    ("who", "handled", "status"), [("bob", "well", 403), ("mallory", "well", 404), ("alice", "", 400)]
)
def test_only_its_reporter_says_so(world: World, who: str, handled: str, status: int) -> None:
    ticket_id = ticket_in(world, State.CLOSED)
    said = {"handled": handled} if handled else {}
    assert world.members[who].client.act(ticket_id, "rate-handling", match=None, **said).status_code == status


def rated(world: World, handled: str) -> UUID:
    ticket_id = ticket_in(world, State.CLOSED)
    TicketFeedback.objects.create(ticket_id=ticket_id, said_at=world.now, handled=handled)
    return ticket_id


def test_figures_tell_of_units_in_steps_of_five(world: World, signed_in: SignIn) -> None:
    first = rated(world, "well")
    TicketFeedback.objects.bulk_create(
        TicketFeedback(ticket_id=first, said_at=world.now, handled=word) for word in ["well"] * 6 + ["badly"] * 4
    )
    all_count(now=world.now)
    (part,) = world.bob.client.get("insights/handled").data
    assert {name: part[name] for name in ("well", "partly", "badly")} == {"well": 5, "partly": None, "badly": None}
    assert part["of"]["key"] == str(world.home.units["security"].id)
    assert world.carol.client.get("insights/handled").data == []
    assert world.alice.client.get("insights/handled").status_code == 403
    figures = signed_in(world.dan).get("/figures").content.decode()
    assert "Was it well handled?" in figures
