"""The page of one ticket: the words first, then the one step that comes next, and what happens next in every state."""

import re

import pytest
from django.test import Client

from backend.common.clock import database_now
from backend.portal.step_groups import HEADINGS
from backend.workflow.actions import BY_NAME
from backend.workflow.models import Ticket
from backend.workflow.states import State
from tests.browser import SignIn
from tests.portal.conftest import filed, take
from tests.portal.test_ticket_pages import act, text_of
from tests.workflow.steps import act_at, file_ticket, ticket_in
from tests.world import World

FIRST = r'class="step-first">.*?/actions/([a-z-]+)"'


def page_of(client: Client, ticket_id: object) -> str:
    """Return the page of a ticket."""
    return client.get(f"/tickets/{ticket_id}").content.decode()


def first_step(page: str) -> str | None:
    """Return the action of the one big button."""
    found = re.search(FIRST, page, re.DOTALL)
    return found[1] if found else None


def test_what_was_reported_stands_before_every_button(world: World, signed_in: SignIn) -> None:
    """F5: at 360 px the words stood below eight buttons."""
    ticket = filed(world.alice, world).ticket
    page = page_of(signed_in(world.bob), ticket.id)
    order = [
        page.index(part)
        for part in (
            "Stairwell, second floor",
            ticket.description,
            'class="step-first"',
            "actions/comment",
            'id="clocks"',
            'id="timeline"',
            'id="about"',
        )
    ]
    assert order == sorted(order)
    assert page.count('class="primary wide"') == 1


def test_the_next_step_is_never_one_that_would_be_refused(world: World, signed_in: SignIn) -> None:
    """F14: "start" stood there as the main button, and answered that the place has to be made safe first."""
    ticket = filed(world.alice, world).ticket
    bob = signed_in(world.bob)
    steps: tuple[tuple[str, dict[str, object]], ...] = (
        ("acknowledge", {}),
        ("record-interim-control", {"note": "A guard stands there."}),
        ("start", {}),
        ("resolve", {"note": "The desks are gone."}),
    )
    for action, said in steps:
        page = page_of(bob, ticket.id)
        assert first_step(page) == action
        missing = "First record how the place was made safe" in page
        assert missing == (action == "record-interim-control")
        ticket.refresh_from_db()
        assert act(bob, ticket, action, **said).status_code == 302
    ticket.refresh_from_db()
    page = page_of(bob, ticket.id)
    assert first_step(page) is None, "whoever worked on it does not check it"
    assert first_step(page_of(signed_in(world.cleo), ticket.id)) == "verify"


def test_whoever_worked_on_it_reads_why_they_do_not_check_it(world: World, signed_in: SignIn) -> None:
    ticket = filed(world.alice, world, "N03", "A shelf nearly fell.").ticket
    for action in ("acknowledge", "start", "resolve"):
        take(world.bob, ticket, action, "Screwed to the wall.")
    Ticket.objects.filter(id=ticket.id).update(workers=[world.cleo.person.id])
    page = page_of(signed_in(world.cleo), ticket.id)
    assert first_step(page) is None
    assert "somebody else has to verify it" in page


def test_what_somebody_owes_comes_before_what_they_may_do_for_others(world: World, signed_in: SignIn) -> None:
    ticket_id = file_ticket(world, routed=True)
    world.bob.client.act(ticket_id, "propose-decline", note="Nothing there.")
    assert first_step(page_of(signed_in(world.cleo), ticket_id)) == "confirm-decline"
    assert first_step(page_of(signed_in(world.ben), ticket_id)) == "acknowledge"


def test_both_answers_to_an_offer_stand_before_the_other_steps(world: World, signed_in: SignIn) -> None:
    """Whoever is asked saw "take it over" alone, and found the refusal two taps further on."""
    ticket_id = file_ticket(world, routed=True)
    facilities = world.home.units["facilities"]
    world.bob.client.act(ticket_id, "offer", office=str(facilities.id), note="The handrail is theirs.")
    page = page_of(signed_in(world.carol), ticket_id)
    assert first_step(page) == "accept-offer"
    assert page.index("actions/accept-offer") < page.index("actions/refuse-offer") < page.index('class="more"')
    assert page.count("actions/refuse-offer") == page.count("actions/accept-offer")
    assert f"offered it to {facilities.name}:" in text_of(page.encode())
    assert "step-or-not" not in page_of(signed_in(world.bob), ticket_id)


@pytest.mark.slow("tests/portal/test_next_step.py", after=4)
@pytest.mark.parametrize(
    ("state", "sentence"),
    [
        (State.RECEIVED, "Safety office: confirm by .* that it has been seen."),
        (State.ROUTED, "Security office: confirm by .* that it has been seen."),
        (State.ACKNOWLEDGED, "You: start work on it by .*"),
        (State.IN_PROGRESS, "You: report progress by .*"),
        (State.WAITING, "Waiting for Ming Lifts since .*, at most until .*"),
        (State.RESOLVED, "Safety coordinator: check by .* whether it is really solved."),
        (State.CLOSED, "It was checked and closed. Until .* it can be reopened if the problem comes back."),
        (State.DECLINED, "It was declined. Until .* the reporter can say that they see it differently."),
    ],
)
def test_what_happens_next_stands_in_words_in_every_state(
    world: World, signed_in: SignIn, state: State, sentence: str
) -> None:
    ticket_id = ticket_in(world, state)
    reader = world.cleo if state is State.RECEIVED else world.bob
    words = text_of(page_of(signed_in(reader), ticket_id).encode()).split("What happens next")[1]
    assert re.match(rf".{{0,160}}?{sentence}", words), words[:300]


def test_a_report_taken_back_says_so(world: World, signed_in: SignIn) -> None:
    ticket_id = file_ticket(world, routed=True)
    act_at(world.alice, ticket_id, "withdraw", database_now())
    assert "The reporter withdrew it." in page_of(signed_in(world.bob), ticket_id)


def test_the_law_is_folded_and_below_all_else(world: World, signed_in: SignIn) -> None:
    ticket_id = file_ticket(world, category="F01", routed=True)
    page = page_of(signed_in(world.bob), ticket_id)
    folded = page.index('<details class="more"><summary>Reports to authorities')
    assert folded > page.index('id="timeline"')


def test_many_steps_stand_under_headings_and_none_is_lost(world: World, signed_in: SignIn) -> None:
    ticket_id = ticket_in(world, State.IN_PROGRESS)
    offered = set(world.bob.client.get(f"tickets/{ticket_id}").data["available_actions"])
    page = page_of(signed_in(world.bob), ticket_id)
    assert re.findall(r'class="step-group">(.*?)</h3>', page) == [
        "Work on it",
        "Ask and tell",
        "Other offices",
        "Correct or connect",
    ]
    shown = re.findall(r"/actions/([a-z-]+)\"|\?form=([a-z-]+)", page)
    assert {one or other for one, other in shown} == offered
    other_offices = page.partition("Other offices")[2].partition("Correct or connect")[0]
    assert "?form=offer" in other_offices
    assert "step-group" not in page_of(signed_in(world.ben), ticket_in(world, State.DECLINED))


def test_every_heading_is_for_steps_that_there_are() -> None:
    named = [action for _heading, actions in HEADINGS for action in actions]
    assert len(named) == len(set(named))
    assert set(named) <= set(BY_NAME)
