"""Questions: to the reporter, and by a link that works once to somebody outside who sees nothing else."""

import re
from typing import Any
from uuid import UUID

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.test import Client

from backend.common.clock import database_now
from backend.files.models import Upload
from backend.incidents.models import Report
from backend.organisation.models import Appointment
from backend.workflow.models import OutsideQuestion, Ticket, TicketEvent, TicketPart
from backend.workflow.states import State
from tests.browser import SignIn
from tests.deadlines.conftest import at_once
from tests.workflow.steps import DAY, STRICT, file_ticket, ticket_in
from tests.world import World

ASKED = "Which parts of the lift did you replace, and when?"


def ask(world: World, ticket_id: UUID, who: str = "bob", **words: Any) -> str:
    answer = world.members[who].client.act(ticket_id, "ask-question", note=ASKED, **words)
    assert answer.status_code == 200, answer.data
    part: str = next(row["id"] for row in answer.data["parts"] if not row["outcome"])
    return part


def link(world: World, ticket_id: UUID, part: str, who: str = "bob") -> str:
    made = world.members[who].client.post(f"tickets/{ticket_id}/questions/{part}/link")
    assert made.status_code == 201, made.data
    path: str = "/" + made.data["address"].split("/", 3)[3]
    return path


def test_somebody_outside_answers_once_and_sees_the_question_alone(world: World, signed_in: SignIn) -> None:
    ticket_id = ticket_in(world, State.IN_PROGRESS)
    part = ask(world, ticket_id, whom="Ming Lifts")
    path = link(world, ticket_id, part)
    assert path.rpartition("/")[2] not in str(OutsideQuestion.objects.values_list().get())
    ticket = Ticket.objects.get(id=ticket_id)
    opened = Client(headers={"accept-language": "en"}).get(path)
    text = opened.content.decode()
    assert (opened.status_code, opened["Referrer-Policy"]) == (200, "same-origin")
    assert "no-store" in opened["Cache-Control"]
    assert ASKED in text
    assert world.school.name_en in text
    for hidden in (ticket.reference, ticket.description, str(ticket_id), "Bob", "Alice", "Stairwell"):
        assert hidden not in text, hidden
    outside = Client(headers={"accept-language": "en"})
    empty = outside.post(path, {"words": ""})
    assert empty.status_code == 400
    assert "Please write your answer" in empty.content.decode()
    photo = SimpleUploadedFile("lift.jpg", b"\xff\xd8\xff not a whole photo", "image/jpeg")
    sent = outside.post(path, {"words": "The rollers.", "day": "2026-11-20", "files": photo})
    assert sent.status_code == 200
    assert Upload.objects.get().sender_id == OutsideQuestion.objects.get().id
    answered = TicketPart.objects.get()
    assert (answered.outcome, answered.answer, str(answered.outside.answered_on)) == (
        "done",
        "The rollers.",
        "2026-11-20",
    )
    event = TicketEvent.objects.select_related("payload").get(ticket=ticket_id, kind="answered-by-link")
    assert (event.actor_id, event.payload.body["note"]) == (None, "The rollers.")
    for again in (outside.get(path), outside.post(path, {"words": "Once more."})):
        assert again.status_code == 410
    page = signed_in(world.bob).get(f"/tickets/{ticket_id}").content.decode()
    assert "The rollers." in page
    assert "Ming Lifts" in page
    for command in ("tickets_audit", "deadlines_audit", "ledger_verify"):
        call_command(command)


def test_a_link_is_replaced_withdrawn_and_too_old(world: World, signed_in: SignIn) -> None:
    ticket_id = ticket_in(world, State.IN_PROGRESS)
    part = ask(world, ticket_id, whom="A parent")
    first, outside = link(world, ticket_id, part), Client()
    shown = signed_in(world.bob).post(f"/tickets/{ticket_id}/questions/{part}/link")
    second = re.search(r"/answer/[\w-]+", shown.content.decode())
    assert second
    assert [outside.get(path).status_code for path in (first, second[0])] == [410, 200]
    assert world.bob.client.http.delete(f"/api/v1/tickets/{ticket_id}/questions/{part}/link").status_code == 204
    assert outside.get(second[0]).status_code == 410
    ended, away = link(world, ticket_id, part), f"/tickets/{ticket_id}/questions/{part}/link/end"
    assert (signed_in(world.mallory).post(away).status_code, outside.get(ended).status_code) == (404, 200)
    assert "The link does not work any more." in signed_in(world.bob).post(away, follow=True).content.decode()
    assert outside.get(ended).status_code == 410
    third = link(world, ticket_id, part)
    OutsideQuestion.objects.update(expires_at=database_now() - DAY)
    assert outside.get(third).status_code == 410
    fourth = link(world, ticket_id, part)
    assert world.bob.client.act(ticket_id, "withdraw-question").status_code == 200
    assert outside.get(fourth).status_code == 410
    assert world.bob.client.post(f"tickets/{ticket_id}/questions/{part}/link").status_code == 404


def test_only_whoever_works_on_it_makes_links_and_of_a_sealed_case_its_team(world: World) -> None:
    ticket_id = ticket_in(world, State.IN_PROGRESS)
    part = ask(world, ticket_id, whom="A neighbour")
    for who, status in (("cleo", 403), ("alice", 403), ("carol", 404), ("mallory", 404)):
        made = world.members[who].client.post(f"tickets/{ticket_id}/questions/{part}/link")
        assert made.status_code == status, who
    sealed = file_ticket(world, category=STRICT, routed=True)
    assert world.cleo.client.act(sealed, "ask-question", note=ASKED, whom="A parent").status_code == 404
    nobody = world.erin.client.act(sealed, "ask-question", note=ASKED)
    assert (nobody.status_code, nobody.data["code"]) == (400, "nobody_to_ask")
    Appointment.objects.filter(person=world.alice.person).update(ends_at=world.now)
    left = world.bob.client.act(ticket_id, "ask-question", note=ASKED)
    assert (left.status_code, left.data["code"]) == (400, "nobody_to_ask"), "she left, and nobody would answer"
    path = link(world, sealed, ask(world, sealed, "erin", whom="A parent"), "erin")
    assert Client().post(path, {"words": "On Friday after school."}).status_code == 200
    before = link(world, ticket_id, part)
    assert world.dan.client.act(ticket_id, "reclassify", category=STRICT, note="It is bullying.").status_code == 200
    assert Client().get(before).status_code == 410, "Bob knows that link, and nothing of the ticket any more"
    again = link(world, ticket_id, part, "erin")
    assert Client().get(again).status_code == 200


def test_the_reporter_is_asked_on_their_page_and_stays_unnamed(world: World, signed_in: SignIn) -> None:
    ticket_id = file_ticket(world, routed=True, reporter_mode="confidential")
    assert world.bob.client.act(ticket_id, "acknowledge").status_code == 200
    assert "answer-question" not in world.alice.client.get(f"tickets/{ticket_id}").data["available_actions"]
    ask(world, ticket_id, whom="Ming Lifts")
    assert "answer-question" not in world.alice.client.get(f"tickets/{ticket_id}").data["available_actions"]
    part = next(
        row["id"] for row in world.bob.client.act(ticket_id, "ask-question", note="Which door?").data["parts"][1:]
    )
    report = Report.objects.get(ticket=ticket_id)
    page = signed_in(world.alice).get(f"/reports/{report.id}").content.decode()
    assert "Answer what they ask" in page
    first = page.partition('id="timeline"')[0]
    assert "A question to you" in first
    assert "Which door?" in first
    assert ASKED not in first
    assert 'id="step-answer-question" open' in first
    assert f'value="{part}"' in page
    assert f'value="{TicketPart.objects.exclude(id=part).get().id}"' not in page
    for path in ("/", "/reports"):
        assert "A question to you" in signed_in(world.alice).get(path).content.decode()
    other = str(TicketPart.objects.exclude(id=part).get().id)
    refused = world.alice.client.act(ticket_id, "answer-question", note="The left one.", question=other)
    assert refused.status_code == 403
    answered = world.alice.client.act(ticket_id, "answer-question", note="The left one.", question=part)
    assert answered.status_code == 200, answered.data
    assert "A question to you" not in signed_in(world.alice).get("/reports").content.decode()
    seen = world.bob.client.get(f"tickets/{ticket_id}")
    assert "Alice" not in seen.content.decode()
    timeline = world.bob.client.get(f"tickets/{ticket_id}/timeline").content.decode()
    assert str(world.alice.person.id) not in timeline


def test_of_two_answers_at_once_one_counts(committed_world: World) -> None:
    world = committed_world
    ticket_id = ticket_in(world, State.IN_PROGRESS)
    path = link(world, ticket_id, ask(world, ticket_id, whom="Ming Lifts"))
    sent = [lambda words=words: int(Client().post(path, {"words": words}).status_code) for words in ("One.", "Two.")]
    assert sorted(at_once(*sent)) == [200, 410]
    assert TicketEvent.objects.filter(ticket=ticket_id, kind="answered-by-link").count() == 1


def test_whoever_opens_very_many_waits(world: World) -> None:
    outside = Client()
    answers = [outside.get("/answer/not-a-link-of-ours").status_code for _ in range(40)]
    assert (answers[0], answers[-1]) == (410, 429)


@pytest.mark.parametrize("state", [State.RESOLVED, State.CLOSED])
def test_a_question_ends_with_its_ticket(world: World, state: State) -> None:
    ticket_id = ticket_in(world, State.IN_PROGRESS)
    path = link(world, ticket_id, ask(world, ticket_id, whom="Ming Lifts"))
    for who, action in (("bob", "resolve"), ("cleo", "verify"))[: 1 if state is State.RESOLVED else 2]:
        assert world.members[who].client.act(ticket_id, action, note="Done.").status_code == 200
    assert Client().get(path).status_code == (200 if state is State.RESOLVED else 410)
