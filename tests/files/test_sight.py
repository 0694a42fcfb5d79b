"""Files are seen by whoever sees their ticket now, and by nobody else; a sealed one stays in no cache."""

from typing import Any
from uuid import UUID

from backend.workflow.models import Ticket, TicketEvent
from backend.workflow.states import State
from tests.files.sending import PART, announcement, picture, put, read, send, work
from tests.workflow.steps import CLOSER, STRICT, file_ticket, ticket_in
from tests.world import Client, World


def content(client: Client, file: str, **headers: str) -> Any:
    """Ask for a content and return the answer without it."""
    answer: Any = client.http.get(f"/api/v1/files/{file}/content", headers=headers)
    b"".join(getattr(answer, "streaming_content", ()))
    return answer


def test_who_sees_the_ticket_sees_its_files(world: World, ticket: UUID) -> None:
    file = send(world.alice.client, f"tickets/{ticket}", picture())["id"]
    seen = {name: content(member.client, file).status_code for name, member in world.members.items()}
    listed = {name: member.client.get(f"tickets/{ticket}/files").status_code for name, member in world.members.items()}
    assert seen == listed
    assert {name for name, status in seen.items() if status == 200} >= {"alice", "bob", "dan", "cleo"}
    assert {seen[name] for name in ("carol", "erin", "mallory", "olga")} == {404}
    assert content(Client(None), file).status_code == 401


def test_what_is_served_cannot_run_and_is_asked_for_anew(world: World, ticket: UUID) -> None:
    alice = world.alice.client
    shown = content(alice, send(alice, f"tickets/{ticket}", picture())["id"])
    saved = content(alice, send(alice, f"tickets/{ticket}", b"It is blocked.", '计划 "a".txt')["id"])
    for answer in (shown, saved):
        policy = answer.headers["Content-Security-Policy"].split("; ")
        assert {"default-src 'none'", "sandbox"} < set(policy)
        assert not any(part.startswith("script-src") for part in policy)
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Cache-Control"] == "private, no-cache"
    assert (shown.headers["Content-Type"], saved.headers["Content-Type"]) == ("image/jpeg", "text/plain; charset=utf-8")
    assert shown.headers["Content-Disposition"].startswith("inline")
    assert saved.headers["Content-Disposition"].startswith("attachment; filename*=utf-8''%E8%AE%A1")
    known = content(alice, shown.request["PATH_INFO"].split("/")[4], if_none_match=shown.headers["ETag"])
    assert (known.status_code, known.content) == (304, b"")
    as_picture = content(alice, shown.request["PATH_INFO"].split("/")[4], accept="image/webp,image/*")
    assert as_picture.status_code == 200


def test_who_loses_sight_finishes_sending_and_learns_nothing(world: World, ticket: UUID) -> None:
    alice, bob = world.alice.client, world.bob.client
    before = send(alice, f"tickets/{ticket}", picture())["id"]
    half = b"x" * PART + picture(size=(30, 20))
    begun = alice.post(f"tickets/{ticket}/files", announcement(half)).data["id"]
    put(alice, begun, 0, half[:PART])
    raised = world.dan.client.act(ticket, "reclassify", category="C01", note="It is about a pupil.")
    assert raised.status_code == 200, raised.data
    assert [content(client, before).status_code for client in (alice, bob)] == [404, 404]
    assert [client.get(f"tickets/{ticket}/files").status_code for client in (alice, bob)] == [404, 404]
    assert alice.post(f"tickets/{ticket}/files", announcement(b"new")).status_code == 404
    assert put(alice, begun, 1, half[PART:]).status_code == 204
    assert alice.post(f"files/{begun}/complete").status_code == 202
    work()
    # Refused for its content: that is all she hears, whatever became of the ticket.
    assert set(alice.get(f"files/{begun}").data) == set(alice.get(f"files/{before}").data)
    assert alice.get(f"files/{begun}").data["reason"] == "file_kind_refused"
    (report,) = alice.get("reports").data["items"]
    assert report["ticket"] is None
    more = send(alice, f"reports/{report['id']}", picture(size=(10, 10)))
    assert more["state"] == "ready"
    assert content(alice, more["id"]).status_code == 404
    assert [row["state"] for row in alice.get(f"reports/{report['id']}/files").data] == ["ready", "refused", "ready"]
    sealed = content(world.erin.client, more["id"])
    assert sealed.status_code == 200
    assert sealed.headers["Cache-Control"] == "no-store"
    assert "ETag" not in sealed.headers
    assert [row["added_by"] for row in world.erin.client.get(f"tickets/{ticket}/files").data] == [None, None]
    opened = world.erin.client.get("access-log").data["items"]
    assert {row["person"]["name"] for row in opened} >= {"Erin"}


def test_a_reporter_whose_name_is_kept_back_is_not_told_by_a_photo(world: World) -> None:
    ticket = file_ticket(world, routed=True, reporter_mode="confidential")
    send(world.alice.client, f"tickets/{ticket}", picture())
    send(world.dan.client, f"tickets/{ticket}", picture(size=(9, 9)), purpose="evidence")
    rows = world.bob.client.get(f"tickets/{ticket}/files").data
    assert [row["added_by"] and row["added_by"]["name"] for row in rows] == [None, "Dan"]
    events = [row for row in world.bob.client.get(f"tickets/{ticket}/timeline").data if row["kind"] == "file-added"]
    assert [row["actor"] for row in events] == [None, str(world.dan.person.id)]
    assert [row["purpose"] for row in rows] == ["report", "evidence"]


def test_a_report_takes_photos_until_it_is_closed(world: World) -> None:
    for state, status in ((State.WAITING, 201), (State.CLOSED, 409), (State.DECLINED, 409)):
        reference = Ticket.objects.values_list("reference", flat=True).get(id=ticket_in(world, state))
        reports = world.alice.client.get("reports").data["items"]
        (report,) = [row["id"] for row in reports if row["reference"] == reference]
        answer = world.alice.client.post(f"reports/{report}/files", announcement(b"x"))
        assert answer.status_code == status
        assert status == 201 or answer.data["code"] == "no_longer_open"
        assert world.bob.client.post(f"reports/{report}/files", announcement(b"x")).status_code == 404
        ticket = Ticket.objects.get(reference=reference)
        for member in (world.alice, world.bob):
            answer = member.client.post(f"tickets/{ticket.id}/files", announcement(b"y", purpose="evidence"))
            assert answer.status_code == status, "both doors have one rule"
            assert status == 201 or answer.data["code"] == "no_longer_open"


def test_a_sealed_report_has_its_photo_from_the_start(world: World) -> None:
    for category, readers in ((STRICT, {"erin", "dan"}), (CLOSER, {"alice", "dan", "cleo"})):
        filed = world.alice.client.post("reports", world.report_body(category=category)).data
        file = send(world.alice.client, f"reports/{filed['id']}", picture())["id"]
        seen = {name for name, member in world.members.items() if content(member.client, file).status_code == 200}
        assert seen >= readers
        assert ("alice" in seen) is (category == CLOSER)
        assert content(world.dan.client, file).headers["Cache-Control"] == "no-store"
        assert TicketEvent.objects.filter(kind="file-added", actor_id=world.alice.person.id).exists()
        assert read(world.dan.client, file, "small")
