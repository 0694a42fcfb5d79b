"""Previews: what an action would send to whom, with nothing changed and nothing sent."""

from typing import Any
from uuid import UUID

import pytest
from rest_framework.response import Response

from backend.common.models import OutboxMessage
from backend.notifications.models import Delivery, Notice
from backend.workflow.models import Ticket, TicketEvent
from backend.workflow.states import State
from tests.browser import SignIn
from tests.workflow.steps import STRICT, file_ticket, ticket_in
from tests.world import Member, World

KEPT = (Notice, Delivery, OutboxMessage, TicketEvent)


def preview(member: Member, ticket_id: UUID, action: str, **said: Any) -> Response:
    return member.client.post(f"tickets/{ticket_id}/actions/{action}/preview", said)


def rows() -> tuple[int, ...]:
    return tuple(model._default_manager.count() for model in KEPT)


def told(answer: Response) -> list[str | None]:
    assert answer.status_code == 200, answer.data
    return [row["person"] and row["person"]["name"] for row in answer.data]


def test_it_names_everybody_with_their_words_and_leaves_nothing_behind(world: World, signed_in: SignIn) -> None:
    ticket_id = ticket_in(world, State.IN_PROGRESS)
    before, version = rows(), Ticket.objects.get(id=ticket_id).version
    said = {"note": "Cleared.", "control": "engineered"}
    answer = preview(world.bob, ticket_id, "resolve", **said)
    assert told(answer) == ["Alice", "Cleo"]
    reporter, coordinator = answer.data
    assert (reporter["is_reporter"], coordinator["is_reporter"]) == (True, False)
    assert "dealt with" in reporter["body"] or "处理" in reporter["body"]
    assert reporter["subject"] != coordinator["subject"]
    page = signed_in(world.bob).post(
        f"/tickets/{ticket_id}/actions/resolve/preview", {**said, "version": version, "token": "a-token-of-the-form"}
    )
    text = page.content.decode()
    assert page.status_code == 200
    for words in ("Nothing is sent yet", "Alice", "Cleared.", reporter["subject"]):
        assert words in text, words
    assert (rows(), Ticket.objects.get(id=ticket_id).version) == (before, version)
    assert Ticket.objects.get(id=ticket_id).state == State.IN_PROGRESS


def test_it_is_refused_like_the_action_itself(world: World) -> None:
    ticket_id = ticket_in(world, State.IN_PROGRESS)
    for member, action, status in (
        (world.bob, "verify", 403),
        (world.cleo, "verify", 409),
        (world.carol, "comment", 404),
        (world.mallory, "comment", 404),
        (world.bob, "fly", 404),
        (world.bob, "route", 404),
    ):
        assert preview(member, ticket_id, action, note="Seen.").status_code == status, action
    missing = preview(world.bob, ticket_id, "resolve", note="")
    assert (missing.status_code, missing.data["errors"][0]["pointer"]) == (400, "/control")


@pytest.mark.parametrize(("reporter", "names"), [("alice", [None, "Bob"]), ("bob", [None, "Bob"])])
def test_a_hidden_reporter_is_not_named_and_is_not_known_by_being_missing(
    world: World, reporter: str, names: list[str | None]
) -> None:
    """Bob has it in hand, and hears of the check whether or not he reported it himself."""
    ticket_id = file_ticket(world, by=reporter, routed=True, reporter_mode="confidential")
    for action in ("acknowledge", "record-interim-control", "start", "resolve"):
        assert world.bob.client.act(ticket_id, action, note="Done.").status_code == 200
    answer = preview(world.cleo, ticket_id, "verify", note="It is free.")
    assert told(answer) == names
    assert {(row["subject"], row["body"], tuple(row["channels"])) for row in answer.data} == {("", "", ())}


def test_a_question_to_a_hidden_reporter_can_be_previewed_as_it_can_be_asked(world: World) -> None:
    ticket_id = file_ticket(world, routed=True, reporter_mode="confidential")
    assert world.bob.client.act(ticket_id, "acknowledge").status_code == 200
    assert told(preview(world.bob, ticket_id, "ask-question", note="Since when?")) == [None]
    assert world.bob.client.act(ticket_id, "ask-question", note="Since when?").status_code == 200


def test_of_a_sealed_case_only_its_team_is_told(world: World) -> None:
    ticket_id = file_ticket(world, category=STRICT, routed=True)
    assert preview(world.cleo, ticket_id, "acknowledge").status_code == 404
    assert told(preview(world.erin, ticket_id, "acknowledge")) == [None]
