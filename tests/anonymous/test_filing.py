"""Filing without a name: who may, what it costs, that it stands once, and that it names nobody."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from backend.anonymous.models import TrackingCode
from backend.incidents.models import Report
from backend.workflow.models import TicketEvent
from tests.anonymous.voice import Voice, forget, opens
from tests.incidents.test_costs import statements
from tests.world import World

MOST_TO_FILE = 8


def test_a_report_stands_once_and_is_nobodys(world: World) -> None:
    voice, key = Voice(), str(uuid4())
    assert (voice.file(world).status_code, voice.file(world).data["code"]) == (404, "anonymous_not_taken")
    opens(world)
    voice.file(world)
    with CaptureQueriesContext(connection) as captured:
        filed = voice.file(world, key=key)
    assert filed.status_code == 201, filed.data
    assert len(statements(captured)) <= MOST_TO_FILE, "\n".join(statements(captured))
    code = filed.data["tracking_code"]
    assert [len(group) for group in code.split(" ")] == [4, 4, 4, 4]
    again = voice.file(world, key=key.upper())
    assert (again.status_code, again.data) == (201, filed.data)
    changed = voice.file(world, key=key, description="Something else.")
    assert (changed.status_code, changed.data["code"]) == (422, "idempotency_key_reused")
    report = Report.objects.select_related("ticket").get(ticket__reference=filed.data["reference"])
    assert (report.reporter_id, report.ticket.reporter_id, report.reporter_mode) == (None, None, "anonymous")
    assert TicketEvent.objects.get(ticket=report.ticket, kind="opened").payload.body["anonymous"] is True
    assert code.replace(" ", "") not in str(list(TrackingCode.objects.values()))
    shown = world.dan.client.get(f"tickets/{report.ticket_id}").data
    assert shown["reporter"] is None


def test_who_says_who_they_are_is_refused(world: World) -> None:
    opens(world)
    voice = Voice()
    voice.http.credentials(HTTP_AUTHORIZATION=f"Token {world.alice.client.token}")
    assert voice.file(world).data["code"] == "still_signed_in"
    voice.http.credentials()
    voice.http.force_login(world.alice.user)
    assert voice.file(world).data["code"] == "still_signed_in"
    assert not Report.objects.exists()


def test_each_refusal_says_what_is_wrong(world: World) -> None:
    opens(world)
    voice = Voice()
    elsewhere = str(next(iter(world.elsewhere.places.values())).id) if world.elsewhere.places else str(uuid4())
    for changes, code, pointer in (
        ({"category": "Z99"}, "unknown_category", "/category"),
        ({"place": elsewhere}, "unknown_place", "/place"),
        ({"occurred_at": (world.now + timedelta(days=1)).isoformat()}, "in_the_future", "/occurred_at"),
        ({"description": " "}, "blank", "/description"),
        ({"reporter": "alice"}, "unknown_field", "/reporter"),
    ):
        refused = voice.file(world, **changes)
        assert refused.status_code == 400
        assert [(each["code"], each["pointer"]) for each in refused.data["errors"]] == [(code, pointer)]
    assert voice.file(world, key="not-random-12345678").data["code"] == "anonymous_key_invalid"
    assert voice.file(world, school="no-such-school").data["code"] == "anonymous_not_taken"


def test_a_source_and_a_school_have_their_share_of_an_hour(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    opens(world)
    monkeypatch.setattr("backend.anonymous.limits.OF_SOURCE", 2)
    monkeypatch.setattr("backend.anonymous.limits.OF_SCHOOL", 3)
    one, other = Voice(), Voice("198.51.100.9")
    assert [one.file(world).status_code for _time in range(3)] == [201, 201, 429]
    refused = one.file(world)
    assert (refused.data["code"], 0 < int(refused.headers["Retry-After"]) <= 3600) == ("anonymous_too_many", True)
    # What the source was refused counts for nobody else.
    assert [other.file(world).status_code for _time in range(2)] == [201, 429]
    forget()


def test_which_schools_take_them_and_what_can_be_reported_there(world: World) -> None:
    voice = Voice()
    one = f"/api/v1/anonymous/schools/{world.school.code}"
    assert voice.http.get("/api/v1/anonymous/schools").data == []
    assert (voice.http.get(one).status_code, voice.http.get(one).data["code"]) == (404, "anonymous_not_taken")
    opens(world)
    assert [row["code"] for row in voice.http.get("/api/v1/anonymous/schools").data] == [world.school.code]
    shown = voice.http.get(one).data
    assert (shown["police"], "F02" in {row["code"] for row in shown["categories"]}) == ("110", True)
    assert {row["id"] for row in shown["places"]} == {str(place.id) for place in world.home.places.values()}
    assert world.home.places["stairwell"].token not in str(shown)
    assert world.bob.person.name not in str(shown)
