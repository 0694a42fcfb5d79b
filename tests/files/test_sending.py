"""Sending a file in parts: in any order, again where the network broke off, once in the end."""

import io
from datetime import timedelta
from uuid import UUID, uuid4

from django.test import Client as Browser
from PIL import Image
from pytest_django import Settings

from backend.common.clock import database_now
from backend.files.models import Upload
from backend.files.services import uploads_sweep
from backend.files.tasks import check
from backend.workflow.models import TicketEvent
from backend.workflow.states import State
from tests.files.sending import PART, announcement, kept, picture, put, read, send, work
from tests.workflow.steps import ticket_in
from tests.world import World


def large_picture() -> bytes:
    """Return a picture of some parts: noise packs badly."""
    written = io.BytesIO()
    Image.effect_noise((700, 500), 90).convert("RGB").save(written, "PNG")
    return written.getvalue()


def test_a_file_resumes_and_is_there_once(world: World, ticket: UUID) -> None:
    content, alice = large_picture(), world.alice.client
    key, said = str(uuid4()), announcement(content, "exit.png")
    begun = alice.post(f"tickets/{ticket}/files", said, key=key)
    assert begun.status_code == 201, begun.data
    upload, parts = begun.data["id"], begun.data["parts"]
    assert (begun.data["part_size"], begun.data["received"], parts) == (PART, [], -(-len(content) // PART))
    assert parts >= 3
    # The answer got lost; then the last part comes first, twice, and then the phone is away for an hour.
    assert alice.post(f"tickets/{ticket}/files", said, key=key).data["id"] == upload
    last = content[(parts - 1) * PART :]
    assert [put(alice, upload, parts - 1, last).status_code for _again in range(2)] == [204, 204]
    missing = alice.post(f"files/{upload}/complete")
    assert (missing.status_code, missing.data["code"]) == (409, "parts_missing")
    # Another key, days later: the same content for the same ticket is the same file.
    again = alice.post(f"tickets/{ticket}/files", said).data
    assert (again["id"], again["received"]) == (upload, [parts - 1])
    for number in range(parts - 1):
        put(alice, upload, number, content[number * PART : (number + 1) * PART])
    for _again in range(2):
        assert alice.post(f"files/{upload}/complete").status_code == 202
    assert alice.get(f"tickets/{ticket}/files").data == []
    assert alice.get(f"files/{upload}").data["state"] == "checking"
    for _again in range(2):
        work()
    assert alice.get(f"files/{upload}").data["state"] == "ready"
    (file,) = world.bob.client.get(f"tickets/{ticket}/files").data
    assert (file["id"], file["kind"], file["name"], file["purpose"]) == (upload, "picture", "exit.jpg", "report")
    assert (file["width"], file["height"], file["added_by"]["name"]) == (700, 500, "Alice")
    event = TicketEvent.objects.select_related("payload").get(ticket=ticket, kind="file-added")
    assert event.actor_id == world.alice.person.id
    assert (event.payload.body["file"], event.payload.body["sha256"]) == (upload, file["sha256"])
    assert [name.rpartition("/")[2] for name in kept()] == ["large", "small"]
    late = put(alice, upload, 0, content[:PART])
    assert late.status_code == 204
    assert alice.post(f"tickets/{ticket}/files", said).data["state"] == "ready"


def test_what_does_not_fit_is_refused(world: World, ticket: UUID, settings: Settings) -> None:
    content, alice = b"x" * (PART + 10), world.alice.client
    upload = alice.post(f"tickets/{ticket}/files", announcement(content)).data["id"]
    assert put(alice, upload, 1, b"y" * 10).status_code == 204
    for number, part, status, code in (
        (0, content[:100], 400, "part_wrong"),
        (1, b"", 400, "part_wrong"),
        (2, b"x", 400, "part_wrong"),
        (1, b"z" * 10, 409, "part_differs"),
        (0, b"x" * 600_000, 413, "body_too_large"),
    ):
        answer = put(alice, upload, number, part)
        assert (answer.status_code, answer.data["code"]) == (status, code), number
    as_json = alice.http.put(f"/api/v1/files/{upload}/parts/0", {}, format="json")
    assert as_json.status_code == 415
    settings.FILE_MAX_MEGABYTES, settings.FILES_PER_TICKET = 1, 2
    for changes, status, code, pointer in (
        ({"size": 1024 * 1024 + 1}, 413, "file_too_large", "/size"),
        ({"size": 0}, 400, "min_value", "/size"),
        ({"sha256": "AB"}, 400, "min_length", "/sha256"),
        ({"purpose": "fun"}, 400, "invalid_choice", "/purpose"),
    ):
        answer = alice.post(f"tickets/{ticket}/files", announcement(content, **changes))
        (error, *_more) = answer.data["errors"]
        assert (answer.status_code, error["code"], error["pointer"]) == (status, code, pointer)
    assert alice.post(f"tickets/{ticket}/files", announcement(b"second")).status_code == 201
    full = world.bob.client.post(f"tickets/{ticket}/files", announcement(b"third"))
    assert (full.status_code, full.data["code"]) == (409, "too_many_files")


def test_only_the_sender_sends_and_hears(world: World, ticket: UUID) -> None:
    upload = world.alice.client.post(f"tickets/{ticket}/files", announcement(b"x")).data["id"]
    for other in (world.bob, world.dan, world.mallory):
        assert other.client.get(f"files/{upload}").status_code == 404
        assert put(other.client, upload, 0, b"x").status_code == 404
        assert other.client.post(f"files/{upload}/complete").status_code == 404


def test_what_never_becomes_whole_is_swept(world: World, ticket: UUID) -> None:
    alice, content = world.alice.client, picture()
    half = alice.post(f"tickets/{ticket}/files", announcement(b"x" * (PART + 1))).data["id"]
    put(alice, half, 0, b"x" * PART)
    whole = send(alice, f"tickets/{ticket}", content)["id"]
    now = database_now()
    assert uploads_sweep(now=now + timedelta(days=2)) == 0
    assert uploads_sweep(now=now + timedelta(days=4)) == 1
    gone = alice.get(f"files/{half}").data
    assert (gone["state"], gone["reason"]) == ("refused", "file_unfinished")
    assert put(alice, half, 0, b"x" * PART).status_code == 204
    assert put(alice, half, 1, b"x").data["code"] == "upload_over"
    assert [name.split("/")[1] for name in kept()] == [whole, whole]
    uploads_sweep(now=now + timedelta(days=20))
    assert not Upload.objects.exists()
    assert len(kept()) == 2
    assert read(alice, whole)


def test_pages_use_the_same_api_with_the_token_against_forgery(world: World, ticket: UUID) -> None:
    browser = Browser(enforce_csrf_checks=True, headers={"accept-language": "en"})
    browser.force_login(world.alice.user)
    address = f"/api/v1/tickets/{ticket}/files"
    body, key = announcement(b"x"), {"idempotency-key": str(uuid4())}
    forged = browser.post(address, body, content_type="application/json", headers=key)
    assert forged.status_code == 403
    page = browser.get(f"/tickets/{ticket}")
    assert page.status_code == 200
    token = browser.cookies["csrftoken"].value
    sent = browser.post(address, body, content_type="application/json", headers={**key, "x-csrftoken": token})
    assert sent.status_code == 201, sent.content
    assert browser.get("/api/v1/me").status_code == 401


def test_a_file_is_taken_back_within_an_hour_and_later_by_a_head(world: World) -> None:
    ticket = ticket_in(world, State.ACKNOWLEDGED)
    mine, theirs = (send(world.alice.client, f"tickets/{ticket}", picture(size=(n, 9)))["id"] for n in (8, 9))
    assert world.mallory.client.post(f"files/{mine}/remove").status_code == 404
    refused = world.vera.client.post(f"files/{theirs}/remove", {"note": ""})
    assert (refused.status_code, refused.data["code"]) == (400, "required")
    assert world.alice.client.post(f"files/{mine}/remove").status_code == 204
    assert world.bob.client.post(f"files/{theirs}/remove", {"note": "Shows a child."}).status_code == 204
    assert len(kept()) == 4
    work()
    assert kept() == []
    assert world.alice.client.get(f"files/{mine}/content").status_code == 404
    assert world.bob.client.get(f"tickets/{ticket}/files").data == []
    bodies = [
        event.payload.body for event in TicketEvent.objects.filter(ticket=ticket, kind="file-removed").order_by("at")
    ]
    assert [body["note"] for body in bodies] == ["", "Shows a child."]


def test_what_was_taken_away_can_be_sent_again(world: World, ticket: UUID) -> None:
    """For a week the same photo was answered as ready, and was nowhere."""
    alice = world.alice.client
    mistaken = send(alice, f"tickets/{ticket}", picture())["id"]
    assert alice.post(f"files/{mistaken}/remove").status_code == 204
    work()
    again = send(alice, f"tickets/{ticket}", picture())["id"]
    assert [file["id"] for file in alice.get(f"tickets/{ticket}/files").data] == [again]
    assert alice.post(f"tickets/{ticket}/files", announcement(picture())).data["id"] == again


def test_files_that_are_not_with_the_ticket_yet_count(world: World, ticket: UUID, settings: Settings) -> None:
    """Between being examined and being attached a file counted nowhere, and any number more was taken."""
    settings.FILES_PER_TICKET = 2
    alice, answers = world.alice.client, []
    for side in (8, 9, 10):
        content = picture(size=(side, 9))
        begun = alice.post(f"tickets/{ticket}/files", announcement(content))
        answers.append(begun.status_code)
        if begun.status_code == 201:
            put(alice, begun.data["id"], 0, content)
            alice.post(f"files/{begun.data['id']}/complete")
            check()
    work()
    assert answers == [201, 201, 409]
    assert len(alice.get(f"tickets/{ticket}/files").data) == 2
