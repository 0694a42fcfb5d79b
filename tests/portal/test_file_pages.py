"""Photos and documents on the pages, by forms alone: with a report, with a step, on the ticket, and removed again."""

import re
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from backend.common.clock import database_now
from backend.files.models import Upload
from backend.incidents.models import Report
from backend.workflow.models import Attachment, Ticket
from backend.workflow.states import State
from tests.browser import SignIn
from tests.files.sending import kept, picture, work
from tests.portal.conftest import filed, take
from tests.portal.test_ticket_pages import act
from tests.workflow.steps import file_ticket
from tests.world import World

pytestmark = pytest.mark.usefixtures("file_store")


def file(name: str = "photo.jpg", content: bytes = b"") -> SimpleUploadedFile:
    """Return a file as a browser sends it."""
    return SimpleUploadedFile(name, content or picture())


def page_of(client: Client, address: str) -> str:
    """Return a page's source."""
    return client.get(address).content.decode()


def pictures_in(page: str) -> list[str]:
    """Return the addresses of the thumbnails of a page."""
    return re.findall(r'<img src="(/api/v1/files/[^"]+)"', page)


def report_with_photos(client: Client, world: World, category: str, *photos: SimpleUploadedFile) -> str:
    """Send the form of a report with photos; return the address of its receipt."""
    body: dict[str, Any] = {
        "category": category,
        "place": str(world.home.places["stairwell"].id),
        "occurred_at": database_now().strftime("%Y-%m-%dT%H:%M"),
        "description": "It is blocked.",
        "token": str(uuid4()),
        "photo": list(photos),
    }
    answer = client.post("/report", body)
    assert answer.status_code == 302, answer.content.decode()
    return str(answer.headers["Location"])


def test_a_report_brings_its_photos(world: World, signed_in: SignIn) -> None:
    alice = signed_in(world.alice)
    assert 'name="photo"' in page_of(alice, "/report")
    receipt = report_with_photos(alice, world, "F02", file(), file("notes.svg", b"<svg/>"))
    assert "is being looked at" in page_of(alice, receipt)
    work()
    page = page_of(alice, receipt)
    (thumbnail,) = pictures_in(page)
    assert thumbnail.endswith("/content?size=small")
    assert "notes.svg" in page
    assert "This kind of file is not taken." in page
    answer: Any = alice.get(thumbnail)
    assert b"".join(answer.streaming_content).startswith(b"\xff\xd8")
    ticket = Ticket.objects.get()
    assert pictures_in(page_of(signed_in(world.dan), f"/tickets/{ticket.id}")) == [thumbnail]


def test_a_sealed_report_says_that_its_photo_arrived_and_shows_none(world: World, signed_in: SignIn) -> None:
    receipt = report_with_photos(signed_in(world.alice), world, "C02", file("corridor.jpg"))
    work()
    page = page_of(signed_in(world.alice), receipt)
    assert "corridor.jpg" in page
    assert "Arrived." in page
    assert pictures_in(page) == []
    assert len(pictures_in(page_of(signed_in(world.erin), f"/tickets/{Ticket.objects.get().id}"))) == 1
    report = Report.objects.get()
    more = signed_in(world.alice).post(f"/reports/{report.id}/files", {"file": file(content=picture(size=(9, 9)))})
    assert more.headers["Location"] == f"/reports/{report.id}#files"
    assert Upload.objects.count() == 2


def test_a_step_brings_a_photo_of_what_was_done(world: World, signed_in: SignIn) -> None:
    ticket, bob = filed(world.alice, world).ticket, signed_in(world.bob)
    for action in ("acknowledge", "record-interim-control", "start"):
        take(world.bob, ticket, action, "Closed off.")
    ticket.refresh_from_db()
    page = page_of(bob, f"/tickets/{ticket.id}")
    assert 'id="resolve-files"' in page
    assert 'id="comment-files"' not in page
    assert act(bob, ticket, "resolve", note="Cleared.", file=file()).status_code == 302
    work()
    assert Attachment.objects.get().purpose == "evidence"
    assert "What was done" in page_of(signed_in(world.alice), f"/tickets/{ticket.id}")
    assert "Bob added a file: photo.jpg." in page_of(bob, f"/tickets/{ticket.id}")


def test_files_are_added_and_removed_by_forms(world: World, signed_in: SignIn) -> None:
    ticket = filed(world.alice, world).ticket
    address, bob, alice = f"/tickets/{ticket.id}", signed_in(world.bob), signed_in(world.alice)
    nothing = bob.post(f"{address}/files", follow=True)
    assert "Please choose a file first." in nothing.content.decode()
    sent = [file(), SimpleUploadedFile("empty.txt", b""), file("计划.txt", "二楼".encode()), file()]
    added = bob.post(f"{address}/files", {"file": sent}, follow=True).content.decode()
    assert "empty.txt was not added. The file is empty." in added
    assert "Your files have arrived." in added
    work()
    page = page_of(bob, address)
    assert len(pictures_in(page)) == 1
    assert "计划.txt" in page
    own = re.search(r'action="(/files/[^"]+/remove)"', page)
    assert own
    assert "Remove a file" not in page_of(alice, address)
    assert "for an hour" in alice.post(own[1], follow=True).content.decode()
    assert "The file was removed." in bob.post(own[1], follow=True).content.decode()
    work()
    assert len(kept()) == (1 if len(pictures_in(page_of(bob, address))) == 0 else 2)
    assert alice.get(own[1]).status_code == 404
    for method in (bob.get, bob.post):
        assert method(f"/tickets/{uuid4()}/files").status_code == 404
    assert signed_in(world.mallory).post(f"{address}/files", {"file": file()}).status_code == 404


def test_a_reporter_who_fixed_it_already_proves_it_with_a_photo(world: World, signed_in: SignIn) -> None:
    ticket_id = file_ticket(world, category="F03", routed=True)
    address = f"/reports/{Report.objects.get(ticket=ticket_id).id}"
    alice = signed_in(world.alice)
    shown = page_of(alice, address)
    assert "I have fixed it already" in shown
    assert '<option value="engineered"' in shown
    words = {"note": "Filled it anew.", "control": "engineered", "version": Ticket.objects.get().version}
    refused = alice.post(f"{address}/actions/fix-at-once", {**words, "token": str(uuid4())})
    assert "A photo of what was done belongs with this" in refused.content.decode()
    done = alice.post(f"{address}/actions/fix-at-once", {**words, "token": str(uuid4()), "file": file()})
    assert (done.status_code, Ticket.objects.get().state) == (302, State.RESOLVED)
