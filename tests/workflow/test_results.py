"""The result of a report, published without names: for its reporter, and unless confidential for the school's staff."""

import pytest
from django.utils.html import escape

from backend.incidents.models import Report
from backend.workflow.models import PublishedResult
from backend.workflow.states import State
from tests.browser import SignIn
from tests.portal.papers import paper_of, texts_of
from tests.workflow.steps import file_ticket, ticket_in
from tests.world import World

WHAT, FIX = "The exit on the second floor was blocked.", "The desks were carried away; a line marks what stays free."


def read(world: World, who: str) -> list[str]:
    return [row["what"] for row in world.members[who].client.get("results").data["items"]]


def test_it_is_read_by_the_reporter_and_the_staff_of_the_school_while_it_counts(
    world: World, signed_in: SignIn
) -> None:
    ticket_id = ticket_in(world, State.CLOSED)
    done = world.cleo.client.act(ticket_id, "publish-result", what=WHAT, note="Cleared.")
    assert done.status_code == 200, done.data
    again = world.dan.client.act(ticket_id, "publish-result", what=WHAT, note=FIX)
    assert again.data["result"]["fix"] == FIX
    report = Report.objects.get(ticket=ticket_id)
    assert world.alice.client.get(f"reports/{report.id}").data["result"]["what"] == WHAT
    page = signed_in(world.alice)
    assert escape(FIX) in page.get(f"/reports/{report.id}").content.decode()
    (slip,) = texts_of(paper_of(page.get(f"/reports/{report.id}/slip.pdf")))
    assert "a line marks what stays free." in " ".join(slip.split())
    for who in ("alice", "carol", "erin"):
        assert read(world, who) == [WHAT], who
    assert escape(FIX) in signed_in(world.carol).get("/results").content.decode()
    for who in ("mallory", "olga"):
        assert read(world, who) == [], who
    assert world.alice.client.act(ticket_id, "reopen", note="It is blocked again.").status_code == 200
    assert read(world, "carol") == []
    assert world.alice.client.get(f"reports/{report.id}").data["result"] is None


def test_of_a_confidential_one_only_the_reporter_reads_it_and_of_a_strictly_confidential_one_nobody(
    world: World,
) -> None:
    ticket_id = ticket_in(world, State.CLOSED)
    closer = world.cleo.client.act(ticket_id, "reclassify", note="A quarrel.", confidentiality="K1")
    assert closer.status_code == 200, closer.data
    done = world.cleo.client.act(ticket_id, "publish-result", what="A quarrel.", note="Both were heard.")
    assert done.status_code == 200, done.data
    report = Report.objects.get(ticket=ticket_id)
    assert world.alice.client.get(f"reports/{report.id}").data["result"]["what"] == "A quarrel."
    assert read(world, "carol") == []
    raised = world.cleo.client.act(ticket_id, "reclassify", note="A child is afraid.", confidentiality="K2")
    assert raised.status_code == 200, raised.data
    assert world.alice.client.get(f"reports/{report.id}").data["result"] is None
    assert world.dan.client.get(f"tickets/{ticket_id}").data["result"] is None
    refused = world.dan.client.act(ticket_id, "publish-result", what="A quarrel.", note="Both were heard.")
    assert (refused.status_code, refused.data["code"]) == (409, "stays_unpublished")


def test_whom_it_concerns_does_not_find_it(world: World) -> None:
    concerned = [str(world.carol.person.id)]
    ticket_id = ticket_in(world, State.CLOSED, persons_concerned=concerned)
    assert world.cleo.client.act(ticket_id, "publish-result", what=WHAT, note=FIX).status_code == 200
    assert (read(world, "carol"), read(world, "ben")) == ([], [WHAT])


@pytest.mark.parametrize(
    ("words", "pointer"),
    [
        ({"what": WHAT, "note": "Bob cleared it."}, "/note"),
        ({"what": "ALICE saw it.", "note": FIX}, "/what"),
        ({"what": WHAT, "note": ""}, "/note"),
        ({"what": "", "note": FIX}, "/what"),
    ],
)
def test_names_and_gaps_are_refused(world: World, words: dict[str, str], pointer: str) -> None:
    ticket_id = ticket_in(world, State.CLOSED)
    refused = world.cleo.client.act(ticket_id, "publish-result", match=None, **words)
    assert refused.status_code in {400, 409}
    assert refused.data["errors"][0]["pointer"] == pointer
    assert not PublishedResult.objects.exists()


def test_a_word_that_is_no_name_is_taken_on_purpose(world: World) -> None:
    ticket_id = ticket_in(world, State.CLOSED)
    words = {"what": "The bobbin was bare.", "note": "Bob is what we call the lift."}
    assert world.cleo.client.act(ticket_id, "publish-result", match=None, **words).data["code"] == "names_somebody"
    assert (
        world.cleo.client.act(ticket_id, "publish-result", match=None, although_named=True, **words).status_code == 200
    )


def test_what_was_withdrawn_came_to_nothing(world: World) -> None:
    ticket_id = file_ticket(world, routed=True)
    assert world.alice.client.act(ticket_id, "withdraw").status_code == 200
    assert world.cleo.client.act(ticket_id, "publish-result", what=WHAT, note=FIX).status_code == 409
