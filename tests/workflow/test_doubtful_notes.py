"""“Approved” with words that say otherwise is asked about once, and never refused in silence."""

from uuid import uuid4

import pytest

from backend.workflow.doubtful_words import CHINESE, ENGLISH, is_doubtful
from backend.workflow.models import Ticket
from backend.workflow.states import State
from tests.browser import SignIn
from tests.workflow.steps import ticket_in
from tests.world import World

STILL_LEAKS = "看过了，水管还漏。"


def test_every_phrase_is_found_however_it_is_written() -> None:
    for phrase in (*CHINESE, *ENGLISH):
        assert is_doubtful(f"Looked at it: {phrase.upper()}."), phrase
        assert is_doubtful(f"门 {phrase.replace(chr(39), chr(0x2019))} 12".replace(" ", chr(0x3000))), phrase


@pytest.mark.parametrize(
    "note",
    [
        "现场核实，确已解决。",
        "没有问题，可以使用。",
        "不再漏水。",
        "Checked on the spot: solved.",
        "",
        "A distillery.",
        "The instillation.",
    ],
)
def test_a_note_that_says_it_is_solved_is_taken(note: str) -> None:
    assert not is_doubtful(note)


def test_the_api_asks_once_for_one_ticket_and_for_many(world: World) -> None:
    ticket_id = ticket_in(world, State.RESOLVED)
    asked = world.cleo.client.act(ticket_id, "verify", note=STILL_LEAKS)
    assert (asked.status_code, asked.data["code"], asked.data["errors"][0]["pointer"]) == (
        *(409, "note_doubtful"),
        "/note",
    )
    assert world.alice.client.act(ticket_id, "confirm", note="Still blocked").data["code"] == "note_doubtful"
    item = {"ticket": str(ticket_id), "version": Ticket.objects.get(id=ticket_id).version}
    body = {"action": "verify", "items": [item], "note": STILL_LEAKS}
    (outcome,) = world.cleo.client.post("tickets/bulk", body).data["items"]
    assert outcome["problem"]["code"] == "note_doubtful"
    meant = world.cleo.client.act(ticket_id, "verify", note=STILL_LEAKS, although_doubtful=True)
    assert meant.data["state"] == "closed"


def test_the_page_asks_once_and_keeps_what_was_typed(world: World, signed_in: SignIn) -> None:
    ticket_id, cleo = ticket_in(world, State.RESOLVED), signed_in(world.cleo)
    page = cleo.get(f"/tickets/{ticket_id}").content.decode()
    assert "I am sure that it is solved" not in page
    body = {"token": str(uuid4()), "version": Ticket.objects.get(id=ticket_id).version, "note": STILL_LEAKS}
    asked = cleo.post(f"/tickets/{ticket_id}/actions/verify", body)
    page = asked.content.decode()
    assert asked.status_code == 409
    assert "I am sure that it is solved" in page
    assert page.count(STILL_LEAKS) == 1
    sure = {**body, "token": str(uuid4()), "although_doubtful": "on"}
    assert cleo.post(f"/tickets/{ticket_id}/actions/verify", sure).status_code == 302
    assert Ticket.objects.get(id=ticket_id).state == "closed"
