"""Short questions when something is reported: optional, validated, kept word for word, and what an answer changes."""

from typing import Any
from uuid import UUID

import pytest
from django.db import DatabaseError, transaction
from rest_framework.response import Response

from backend.incidents.models import Report
from backend.workflow.models import AnsweredLead, Ticket, TicketEvent
from tests.roles import as_owner
from tests.workflow.steps import CLOSER, STRICT, file_ticket
from tests.world import World

FOOD, GAS = "D02", "F01"


def file(world: World, category: str, answers: object) -> Response:
    """File a report of a category with these answers."""
    return world.alice.client.post("reports", world.report_body(category=category, answers=answers))


def said(ticket_id: UUID, kind: str) -> dict[str, Any]:
    """Return what the event of a kind says of a ticket."""
    body: dict[str, Any] = TicketEvent.objects.get(ticket=ticket_id, kind=kind).payload.body
    return body


@pytest.mark.slow("tests/incidents/test_answers.py", after=4)
@pytest.mark.parametrize(
    ("category", "answers", "severity", "office"),
    [
        ("F02", {}, "P2", "security"),
        ("F02", {"shut-in": "unknown"}, "P2", "security"),
        ("F02", {"shut-in": "no"}, "P2", "security"),
        ("F02", {"shut-in": "yes"}, "P1", "security"),
        ("B01", {"falling": "no", "closed": "no"}, "P1", "facilities"),
        ("N02", {"hospital": "no", "head": "yes"}, "P2", "health-room"),
        ("N02", {"head": "yes", "hospital": "yes"}, "P1", "health-room"),
        (GAS, {"gas": "yes"}, "P1", "facilities"),
        (GAS, {"gas": "no"}, "P1", "security"),
        (CLOSER, {"hurt": "yes", "outsiders": "yes"}, "P1", "security"),
        (STRICT, {"hurt": "yes"}, "P1", "student-protection"),
    ],
)
def test_an_answer_raises_the_severity_or_changes_the_office(
    world: World, category: str, answers: dict[str, str], severity: str, office: str
) -> None:
    ticket = Ticket.objects.select_related("owner").get(
        id=file_ticket(world, category=category, answers=answers, routed=True)
    )
    assert (ticket.severity, ticket.owner.code) == (severity, office)
    assert Report.objects.get().answers == answers


def test_answers_are_shown_to_the_reporter_and_to_those_who_see_the_ticket(world: World) -> None:
    filed = file(world, "N02", {"head": "unknown", "hospital": "yes"})
    expected = [
        {
            "question": "hospital",
            "question_label": "Does anybody have to go to hospital?",
            "answer": "yes",
            "answer_label": "Yes",
        },
        {
            "question": "head",
            "question_label": "Was it the head, the neck or an eye?",
            "answer": "unknown",
            "answer_label": "Not sure",
        },
    ]
    ticket = Ticket.objects.get()
    assert filed.data["answers"] == expected
    assert world.alice.client.get(f"reports/{filed.data['id']}").data["answers"] == expected
    (behind,) = world.dan.client.get(f"tickets/{ticket.id}/reports").data
    assert behind["answers"] == expected
    for who in ("carol", "mallory"):
        assert world.members[who].client.get(f"tickets/{ticket.id}/reports").status_code == 404


def test_a_sealed_report_shows_its_answers_to_the_case_team_alone(world: World) -> None:
    ticket_id = file_ticket(world, category=STRICT, answers={"hurt": "yes"}, routed=True)
    timeline = world.erin.client.get(f"tickets/{ticket_id}/timeline").data
    assert timeline[0]["details"]["answers"] == {"hurt": "yes"}
    for who in ("bob", "alice", "mallory"):
        for path in ("timeline", "reports"):
            assert world.members[who].client.get(f"tickets/{ticket_id}/{path}").status_code == 404


def test_the_ledger_says_what_raised_it_and_what_led_it_to_another_office(world: World) -> None:
    ticket_id = file_ticket(world, category=CLOSER, answers={"hurt": "yes", "outsiders": "yes"}, routed=True)
    opened = said(ticket_id, "opened")
    assert (opened["severity"], opened["raised_from"], opened["raised_by"]) == ("P1", "P2", "hurt")
    assert said(ticket_id, "route")["led_by"] == "outsiders"
    plain = file_ticket(world, category=CLOSER, answers={"hurt": "no"}, routed=True)
    assert said(plain, "opened").keys().isdisjoint({"raised_from", "raised_by"})
    assert "led_by" not in said(plain, "route")


@pytest.mark.slow("tests/incidents/test_answers.py", after=3)
@pytest.mark.parametrize(
    ("answers", "pointer", "code"),
    [
        ({"shut-in": "perhaps"}, "/answers/shut-in", "unknown_answer"),
        ({"shut-in": ""}, "/answers/shut-in", "blank"),
        ({"a/b": "yes"}, "/answers/a~1b", "unknown_question"),
        ({"hurt": "yes"}, "/answers/hurt", "unknown_question"),
        ({"x" * 10_000: "yes"}, f"/answers/{'x' * 99}…", "unknown_question"),
        ({"shut-in": ["yes"]}, "/answers/shut-in", "invalid"),
        (["yes"], "/answers", "not_a_dict"),
        ("yes", "/answers", "not_a_dict"),
    ],
)
def test_an_answer_that_is_none_is_refused_with_its_pointer(
    world: World, answers: object, pointer: str, code: str
) -> None:
    refused = file(world, "F02", answers)
    assert refused.status_code == 400, refused.data
    assert [(error["pointer"], error["code"]) for error in refused.data["errors"]] == [(pointer, code)]
    assert not Ticket.objects.exists()


def test_another_category_leaves_what_was_answered_and_the_office_follows_the_category(world: World) -> None:
    ticket_id = file_ticket(world, category=FOOD, answers={"ill": "yes"}, routed=True)
    assert AnsweredLead.objects.get().lead == "health-room"
    for category, office in (("F02", "security"), (FOOD, "health-room")):
        done = world.dan.client.act(ticket_id, "reclassify", category=category, note="Looked at it.")
        assert (done.status_code, done.data["owner"]["code"], done.data["severity"]) == (200, office, "P1")
    (behind,) = world.dan.client.get(f"tickets/{ticket_id}/reports").data
    assert (behind["category"], [each["answer"] for each in behind["answers"]]) == (FOOD, ["yes"])


def test_an_office_that_the_school_has_not_leaves_the_ticket_with_that_of_the_category(world: World) -> None:
    with as_owner():
        world.home.units["security"].code = "guards"
        world.home.units["security"].save()
    ticket_id = file_ticket(world, category=CLOSER, answers={"outsiders": "yes"}, routed=True)
    assert Ticket.objects.select_related("owner").get(id=ticket_id).owner.code == "student-affairs"
    assert "led_by" not in said(ticket_id, "route")


def test_the_office_that_an_answer_names_never_changes(world: World) -> None:
    file_ticket(world, category=GAS, answers={"gas": "yes"})
    with pytest.raises(DatabaseError), as_owner(), transaction.atomic():
        AnsweredLead.objects.update(lead="security")
    with pytest.raises(DatabaseError), as_owner(), transaction.atomic():
        AnsweredLead.objects.all().delete()
