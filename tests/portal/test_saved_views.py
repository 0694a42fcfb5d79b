"""Views of the list of tickets that somebody keeps: their own alone, bounded, checked, and kind about what is gone."""

import re
from html import unescape
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from backend.portal.models import SavedView
from backend.portal.saved_views import address_of
from tests.browser import SignIn
from tests.portal.conftest import filed, take
from tests.portal.test_ticket_filter import listed
from tests.roles import as_owner
from tests.world import World


def test_a_view_is_kept_listed_and_removed_by_its_owner_alone(world: World) -> None:
    office = str(world.home.units["facilities"].id)
    body = {"name": "Lights", "tab": "all", "filters": {"office": [office], "severity": ["P1", "P2"]}}
    kept = world.cleo.client.post("me/views", body)
    assert kept.status_code == 201, kept.data
    assert kept.data == {"id": kept.data["id"], "q": "", **body}
    assert world.cleo.client.get("me/views").data["items"] == [kept.data]
    address = f"/api/v1/me/views/{kept.data['id']}"
    for other in (world.bob, world.mallory):
        assert other.client.get("me/views").data["items"] == []
        assert other.client.http.delete(address).status_code == 404
    assert world.cleo.client.http.delete(address).status_code == 204
    assert not SavedView.objects.exists()


def test_a_filtered_list_is_kept_opened_named_anew_and_removed_on_its_pages(world: World, signed_in: SignIn) -> None:
    ticket = filed(world.alice, world, "B06", "A lamp is broken.").ticket
    cleo, office = signed_in(world.cleo), str(world.home.units["facilities"].id)
    filtered = cleo.get(f"/tickets?tab=all&office={office}").content.decode()
    assert f'name="office" value="{office}"' in filtered.split('action="/tickets/views"')[1]
    sent = {"name": "Lights", "tab": "all", "q": "", "office": office}
    kept = cleo.post("/tickets/views", sent)
    assert kept["Location"] == f"/tickets?tab=all&office={office}"
    page = cleo.get(kept["Location"]).content.decode()
    assert f'href="/tickets?tab=all&amp;office={office}" aria-current="page"><span>Lights</span> <b>1</b></a>' in page
    assert ticket.reference in page
    again = cleo.post("/tickets/views", sent)
    assert again.status_code == 422
    assert "You have a view of this name already." in again.content.decode()
    assert f'name="office" value="{office}"' in again.content.decode()
    view = SavedView.objects.get()
    assert "Please give it a name." in cleo.post(f"/tickets/views/{view.id}", {"name": " "}).content.decode()
    assert cleo.post(f"/tickets/views/{view.id}", {"name": "Lamps"})["Location"] == "/tickets/views"
    assert "Lamps" in cleo.get("/tickets/views").content.decode()
    mallory = signed_in(world.mallory)
    assert mallory.post(f"/tickets/views/{view.id}", {"name": "Mine"}).status_code == 404
    assert mallory.post(f"/tickets/views/{view.id}/remove").status_code == 404
    assert "Lamps" not in mallory.get("/tickets").content.decode()
    assert signed_in(world.alice).get("/tickets/views").status_code == 403
    with as_owner():
        SavedView.objects.update(filters={"office": [str(uuid4())]})
    assert "is not there any more" in cleo.get(f"/tickets?{address_of(SavedView.objects.get())}").content.decode()
    assert cleo.post(f"/tickets/views/{view.id}/remove")["Location"] == "/tickets/views"
    assert "You have saved no view yet." in cleo.get("/tickets/views").content.decode()


def test_each_view_says_how_many_tickets_its_list_holds(
    world: World, signed_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A view was a name: whether anything was in it one learned by opening it."""
    for category in ("F02", "F02", "B06", "N02"):
        filed(world.alice, world, category)
    take(world.carol, filed(world.alice, world, "B06").ticket, "acknowledge")
    building, facilities = world.home.places["teaching-building"].id, world.home.units["facilities"]
    for name, filters in {
        "office": {"office": [str(facilities.id)]},
        "code": {"office": ["facilities"]},
        "within": {"place": [str(building)], "category": ["B06"]},
        "elsewhere": {"place": [str(uuid4())]},
        "severe": {"severity": ["P1", "P2"], "state": ["routed"]},
        "early": {"due_until": ["2026-01-01"]},
        "everything": {},
    }.items():
        body = {"name": name, "tab": "all", "filters": {} if name == "elsewhere" else filters}
        view = world.cleo.client.post("me/views", body).data["id"]
        with as_owner():
            SavedView.objects.filter(id=view).update(filters=filters)
    assert world.cleo.client.post("me/views", {"name": "words", "tab": "all", "q": "课桌"}).status_code == 201
    client = signed_in(world.cleo)
    with CaptureQueriesContext(connection) as statements:
        page = client.get("/tickets?tab=all&severity=P2").content.decode()
    assert len(statements) <= 12
    row = r'<a class="chip" href="([^"]+)"><span>([^<]+)</span>(?: <b>([^<]+)</b>)?</a>'
    counts = {name: count for _address, name, count in re.findall(row, page)}
    lists = {
        name: listed(client.get(unescape(address)).content.decode()) for address, name, _c in re.findall(row, page)
    }
    assert counts.pop("words") == ""
    assert (counts.pop("elsewhere"), counts["early"], counts["everything"], counts["within"]) == ("0", "0", "5", "2")
    assert counts == {name: str(len(lists[name])) for name in counts}
    monkeypatch.setattr("backend.portal.inbox_counts.LOOKED_AT", 1)
    page = client.get("/tickets?tab=all&severity=P2").content.decode()
    few = {name: count for _address, name, count in re.findall(row, page)}
    assert few["everything"].endswith("+"), "there are more than were looked at"
    assert few["early"] == ""


def test_what_cannot_be_kept_is_refused_with_a_code_and_a_pointer(world: World) -> None:
    client = world.cleo.client
    assert client.post("me/views", {"name": "Lights", "q": "lamp"}).status_code == 201
    theirs = str(world.home.units["facilities"].id)
    for poster, body, status, code, pointer in (
        (client, {"name": "Lights"}, 409, "view_name_taken", "/name"),
        (client, {"name": "L" * 41}, 400, "max_length", "/name"),
        (client, {"name": "A", "tab": "urgent"}, 400, "invalid_choice", "/tab"),
        (client, {"name": "A", "filters": {"reporter": ["x"]}}, 400, "filter_wrong", "/filters/reporter"),
        (client, {"name": "A", "filters": {"severity": ["P9"]}}, 400, "filter_wrong", "/filters/severity"),
        (client, {"name": "A", "filters": {"place": [str(uuid4())]}}, 400, "filter_wrong", "/filters/place"),
        (world.mallory.client, {"name": "A", "filters": {"office": [theirs]}}, 400, "filter_wrong", "/filters/office"),
    ):
        answer = poster.post("me/views", body)
        assert answer.status_code == status, (body, answer.data)
        found = answer.data.get("errors") or [answer.data]
        assert (code, pointer) in {(error["code"], error.get("pointer")) for error in found}, answer.data
    for number in range(19):
        assert client.post("me/views", {"name": f"View {number}"}).status_code == 201
    full = client.post("me/views", {"name": "One more"})
    assert (full.status_code, full.data["code"]) == (409, "too_many_views")
