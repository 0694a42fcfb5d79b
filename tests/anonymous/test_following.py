"""Following a report with its tracking code: messages both ways, photos, the steps of a reporter, and guesses."""

from io import BytesIO
from typing import Any
from uuid import UUID, uuid4

import pytest
from PIL import Image

from backend.accounts import hashing
from backend.anonymous import codes
from backend.common.clock import database_now
from backend.common.models import OutboxMessage
from backend.common.throttling import counter
from backend.files.models import Upload
from backend.notifications.models import Notice
from backend.workflow.models import Ticket, TicketEvent
from backend.workflow.services import tickets_route
from tests.anonymous.voice import Voice, forget, opens
from tests.workflow.steps import STRICT
from tests.world import World


def filed(world: World, voice: Voice, **changes: Any) -> tuple[str, UUID]:
    """File a report, have it routed, and return its code and its ticket."""
    answer = voice.file(world, **changes).data
    ticket = Ticket.objects.get(reference=answer["reference"])
    tickets_route(ticket_ids=[ticket.id], now=database_now())
    return answer["tracking_code"], ticket.id


def test_messages_go_both_ways(world: World) -> None:
    opens(world)
    voice = Voice()
    code, ticket_id = filed(world, voice)
    seen = voice.follow(code).data
    assert (seen["state"], seen["messages"], seen["available_actions"]) == ("routed", [], ["withdraw"])
    assert seen["promise"]["next"]["what"] == "acknowledge"
    asked = world.bob.client.act(ticket_id, "message-reporter", note="哪一层？")
    assert asked.status_code == 200, asked.data
    key = str(uuid4())
    for _time in range(2):
        assert voice.send(code, "messages", {"text": "二楼，靠近画室。"}, key=key).status_code == 204
    typed = f"{code[:4]}－{code[5:9]}-{code[10:]}".translate({0x30 + digit: 0xFF10 + digit for digit in range(10)})
    messages = voice.follow(typed).data["messages"]
    assert [(each["is_reporters"], each["text"]) for each in messages] == [
        (False, "哪一层？"),
        (True, "二楼，靠近画室。"),
    ]
    events = list(TicketEvent.objects.filter(ticket=ticket_id, kind="amend").select_related("payload"))
    assert [(event.actor_id, event.payload.body["anonymous"]) for event in events] == [(None, True)]
    told = OutboxMessage.objects.filter(topic="ticket.changed:notices", payload__event=str(events[0].id)).get()
    assert told.payload["people"]
    # Nobody else writes to them: neither their colleague of another office, nor another school, nor of a named report.
    assert world.mallory.client.act(ticket_id, "message-reporter", note="?").status_code == 404
    assert world.dan.client.act(ticket_id, "message-reporter", note="?").status_code == 403
    named = world.alice.client.post("reports", world.report_body()).data["ticket"]
    assert "message-reporter" not in world.dan.client.get(f"tickets/{named}").data["available_actions"]


def test_a_solved_problem_is_confirmed_or_comes_back(world: World) -> None:
    opens(world)
    voice = Voice()
    code, ticket_id = filed(world, voice)
    for action in ("acknowledge", "record-interim-control", "start"):
        assert world.bob.client.act(ticket_id, action, note="Done.").status_code == 200
    assert voice.send(code, "actions/confirm").data["code"] == "action_unavailable"
    assert world.bob.client.act(ticket_id, "resolve", note="Cleared.").status_code == 200
    assert voice.follow(code).data["available_actions"] == ["confirm", "reject-fix"]
    assert voice.send(code, "actions/reject-fix").data["errors"][0]["pointer"] == "/note"
    assert voice.send(code, "actions/reject-fix", {"note": "The desks are back."}).status_code == 204
    assert world.bob.client.act(ticket_id, "resolve", note="Cleared again.").status_code == 200
    assert voice.send(code, "actions/confirm").status_code == 204
    assert voice.send(code, "actions/verify", {"note": "Not theirs."}).data["code"] == "action_not_allowed"
    assert voice.send(code, "actions/reopen", {"note": "Again."}).status_code == 204
    ticket = Ticket.objects.get(id=ticket_id)
    assert (ticket.state, ticket.reporter_id, Notice.objects.filter(person=None).count()) == ("in_progress", None, 0)


def test_a_confidential_case_says_no_more_than_that_it_goes_on(world: World) -> None:
    opens(world)
    voice = Voice()
    code, ticket_id = filed(world, voice, category=STRICT)
    seen = voice.follow(code).data
    assert (seen["office"], seen["available_actions"], seen["can_write"]) == (None, ["withdraw"], True)
    assert voice.send(code, "messages", {"text": "She is afraid."}).status_code == 204
    assert world.erin.client.act(ticket_id, "message-reporter", note="Where is she now?").status_code == 200
    assert world.bob.client.get(f"tickets/{ticket_id}").status_code == 404
    assert [each["is_reporters"] for each in voice.follow(code).data["messages"]] == [True, False]
    assert voice.send(code, "actions/withdraw").status_code == 204
    assert voice.follow(code).data["state"] == "closed"


def test_a_photo_comes_without_the_name_of_its_file(world: World) -> None:
    opens(world)
    voice = Voice()
    code, ticket_id = filed(world, voice)
    picture = BytesIO()
    Image.new("RGB", (60, 40), "red").save(picture, "JPEG")
    path, headers = "/api/v1/anonymous/report/photos", {"Tracking-Code": code}
    for _time in range(2):
        sent = voice.http.post(path, picture.getvalue(), content_type="application/octet-stream", headers=headers)
        assert sent.status_code == 202, sent.data
    upload = Upload.objects.get()
    assert (upload.sender_id, upload.subject_id, upload.name) == (ticket_id, ticket_id, "photo.jpg")


def test_guesses_get_nowhere(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever is guessed, so many hashes are made and no more; the right code opens it from elsewhere."""
    opens(world)
    code, _ticket = filed(world, Voice("198.51.100.9"))
    hashed: list[str] = []
    digest = codes.code_digest

    def counted(code: str) -> str:
        hashed.append(code)
        return digest(code)

    monkeypatch.setattr("backend.anonymous.opening.code_digest", counted)
    voice = Voice()
    answers = [voice.follow(f"{number:016d}") for number in range(60)]
    free = [answer.status_code for answer in answers].count(404)
    assert (len(hashed), {answer.status_code for answer in answers}) == (free, {404, 429})
    # Ten are free; after them each waits longer than the one before, up to half a minute.
    assert 10 <= free < 20
    assert answers[-1].data["code"] == "too_soon"
    assert int(answers[-1].headers["Retry-After"]) >= 1
    assert Voice("198.51.100.9").follow(code).status_code == 200
    assert [voice.follow(typed).data["code"] for typed in ("", "12345", "abcd" * 4)] == ["tracking_code_invalid"] * 3
    forget()


def test_a_busy_moment_counts_no_code_as_wrong(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    opens(world)
    voice = Voice()
    code, _ticket = filed(world, voice)
    monkeypatch.setattr(hashing, "LONGEST_WAIT", 0.0)
    with hashing.OF_CODES.place():
        assert {voice.follow(code).data["code"] for _time in range(14)} == {"anonymous_busy"}
    assert voice.follow(code).status_code == 200


def test_who_waits_for_a_neighbours_guesses_has_guessed_nothing(world: World) -> None:
    opens(world)
    code, _ticket = filed(world, Voice())
    for host in range(14):
        Voice(f"2001:db8:1:{host}::1").follow(f"{host:016d}")
    before = set(counter().scan_iter("allclear:anonymous:guess:*"))
    own = Voice("2001:db8:1:ff::1")
    assert "too_soon" in [own.follow(code).data.get("code") for _time in range(14)]
    counted = set(counter().scan_iter("allclear:anonymous:guess:*")) - before
    assert [counter().get(name) for name in counted] == [b"0"]
