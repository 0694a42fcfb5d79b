"""Whoever holds no post any more is no staff: every door is closed but that to their own old reports (A2)."""

import re
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client as Browser
from rest_framework.response import Response

from backend.duty.models import DutyShift, DutySlot
from backend.incidents.models import Report
from backend.organisation.models import Appointment
from backend.workflow.models import Ticket
from tests.architecture.test_permissions import API, OWN_ACCOUNT, PAGES, PUBLIC_API, PUBLIC_PAGES, filled
from tests.browser import SignIn
from tests.workflow.steps import file_ticket
from tests.world import Member, World

METHODS = ("get", "post", "put", "patch", "delete")
OWN_REPORTS = {"api/v1/reports", "api/v1/reports/<uuid:report_id>"}
OWN_REPORT_PAGES = {"reports", "reports/<uuid:report_id>"}


@pytest.fixture
def report(world: World) -> Report:
    """Alice's report, from the time when she worked here."""
    file_ticket(world, routed=True)
    return Report.objects.get(reporter=world.alice.person)


def leave(world: World, member: Member) -> None:
    """Let every post of somebody end."""
    Appointment.objects.filter(person=member.person).update(ends_at=world.now)


def path_of(address: str, report: Report) -> str:
    """Return a path that fits an address, of what is really there as far as Alice may know of it."""
    known = {"report_id": report.id, "ticket_id": report.ticket_id, "place_id": report.place_id}
    for name, value in known.items():
        address = address.replace(f"<uuid:{name}>", str(value))
    return filled(address)


def operations() -> Iterator[tuple[str, str]]:
    """Return each method of each address of the API that is not open to everybody."""
    for address, view in API.items():
        if address not in PUBLIC_API | OWN_ACCOUNT:
            yield from ((address, method) for method in METHODS if hasattr(view, method))


def send(member: Member, method: str, path: str) -> Response:
    """Send an empty request with everything that a change needs."""
    headers = {"Idempotency-Key": str(uuid4()), "If-Match": '"v1"'} if method != "get" else {}
    answer: Response = getattr(member.client.http, method)(path, format="json", headers=headers)
    return answer


def codes(world: World, report: Report) -> dict[tuple[str, str], tuple[int, Any]]:
    """Return how each operation answers Alice."""
    found = {}
    for address, method in operations():
        answer = send(world.alice, method, path_of(address, report))
        found[address, method] = (answer.status_code, answer.data.get("code") if answer.status_code == 403 else None)
    return found


def test_every_operation_refuses_somebody_without_a_post(world: World, report: Report) -> None:
    before = codes(world, report)
    assert len(before) >= 40
    assert {where: what for where, what in before.items() if what == (403, "not_staff")} == {}
    leave(world, world.alice)
    after = codes(world, report)
    assert {address for (address, _method), what in after.items() if what != (403, "not_staff")} == OWN_REPORTS
    assert {where for where, what in after.items() if what == (200, None)} == {
        (address, "get") for address in OWN_REPORTS
    }


def test_old_reports_are_read_and_nothing_is_changed(world: World, report: Report) -> None:
    client = world.alice.client
    assert client.get(f"reports/{report.id}").data["available_actions"] == ["amend", "withdraw"]
    assert client.get(f"reports/{report.id}").data["ticket"] == str(report.ticket_id)
    leave(world, world.alice)
    assert client.get(f"reports/{report.id}").data["available_actions"] == []
    assert client.get(f"reports/{report.id}").data["ticket"] is None
    assert [row["ticket"] for row in client.get("reports").data["items"]] == [None]
    assert [row["id"] for row in client.get("reports").data["items"]] == [str(report.id)]
    assert client.get(f"reports/{report.id}").data["description"] == report.description
    assert client.post("reports", world.report_body()).status_code == 403
    for change, body in (("amendments", {"text": "more"}), ("withdraw", {})):
        assert client.post(f"reports/{report.id}/{change}", body).status_code == 403
    assert Report.objects.count() == 1
    assert Ticket.objects.get().version == report.ticket.version
    assert world.bob.client.get(f"reports/{report.id}").status_code == 404


def test_nobody_stays_out_whose_post_or_duty_is_in_force(world: World, report: Report) -> None:
    leave(world, world.alice)
    shift = DutyShift.objects.create(
        school=world.school, kind=DutyShift.Kind.NIGHT, starts_at=world.now, ends_at=world.now.replace(year=2100)
    )
    slot = DutySlot.objects.create(shift=shift, part=DutySlot.Part.LEADER, person=world.alice.person)
    assert world.alice.client.get("me").status_code == 200
    slot.delete()
    assert world.alice.client.get("me").status_code == 403
    appointment = Appointment.objects.filter(person=world.alice.person).get()
    Appointment.objects.create(post=appointment.post, person=world.alice.person, starts_at=world.now)
    assert world.alice.client.get("me").status_code == 200
    assert world.alice.client.post("reports", world.report_body()).status_code == 201


def test_signing_out_and_in_stays_possible(world: World) -> None:
    leave(world, world.alice)
    assert world.alice.client.http.delete("/api/v1/tokens/current").status_code == 204
    assert world.alice.client.get("reports").status_code == 401
    body = {"username": "alice", "password": world.alice.password}
    assert world.alice.client.http.post("/api/v1/tokens", body, format="json").status_code == 201


def pages() -> list[str]:
    """Return the pages for staff."""
    return sorted(address for address in set(PAGES) - PUBLIC_PAGES if not address.startswith("admin/"))


def test_every_page_tells_somebody_without_a_post_what_to_do(world: World, report: Report, signed_in: SignIn) -> None:
    client = signed_in(world.alice)
    assert client.get("/").status_code == 200
    leave(world, world.alice)
    for address in pages():
        for method in ("get", "post"):
            answer = getattr(client, method)(path_of(address, report))
            if address in OWN_REPORT_PAGES:
                assert answer.status_code == 200, address
                continue
            page = answer.content.decode()
            assert answer.status_code == 403, (address, method)
            assert "ask your school&#x27;s administrator to enter your post" in page, address
            assert 'href="/reports"' in page, address
            assert 'action="/sign-out"' in page, address
    assert client.get("/admin/").status_code == 404
    assert client.post("/sign-out").status_code == 302


def test_the_page_of_an_old_report_offers_nothing_to_send(world: World, report: Report, signed_in: SignIn) -> None:
    client = signed_in(world.alice)
    path = f"/reports/{report.id}"
    assert f'action="{path}/amend"' in client.get(path).content.decode()
    assert forms_of(client, path) - {"/settings/language", "/sign-out"}
    leave(world, world.alice)
    for page in (path, "/reports"):
        assert forms_of(client, page) == {"/settings/language", "/sign-out"}
        links = set(re.findall(r'<a [^>]*href="(/[^"]*)"', client.get(page).content.decode()))
        assert links <= {"/", "/reports", path}, page
    assert report.description in client.get(path).content.decode()


def forms_of(client: Browser, path: str) -> set[str]:
    """Return where the forms of a page lead."""
    return set(re.findall(r'action="([^"]*)"', client.get(path).content.decode()))
