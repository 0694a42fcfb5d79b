"""Pages by cursor, versions by ETag, limits by principal."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import redis
from django.test import Client
from rest_framework.settings import api_settings

from backend.common.models import ProcessHeartbeat
from backend.common.throttling import CACHE_CIRCUIT, counter
from tests.roles import as_owner

pytestmark = [pytest.mark.urls("tests.common.urls_probe"), pytest.mark.django_db]

START = datetime(2026, 9, 1, tzinfo=UTC)


@pytest.fixture
def beats(db: None) -> list[str]:
    """Seventy rows, the latest first; most of them share one instant, as tickets without a deadline do."""
    rows = [ProcessHeartbeat(name=f"{n:02}", beat_at=START + timedelta(microseconds=max(0, n - 60))) for n in range(70)]
    ProcessHeartbeat.objects.bulk_create(rows)
    return [row.name for row in sorted(rows, key=lambda row: (-row.beat_at.timestamp(), row.name))]


def walk(client: Client, url: str | None, direction: str) -> list[list[str]]:
    pages = []
    while url:
        page = client.get(url).json()
        pages.append([item["name"] for item in page["items"]])
        url = page[direction]
    return pages


@pytest.mark.parametrize("size", [1, 7, 35, 70, 100])
def test_pages_cover_every_row_once_both_ways(as_alice: Client, beats: list[str], size: int) -> None:
    pages = walk(as_alice, f"/api/v1/beats?page_size={size}", "next")
    assert [name for page in pages for name in page] == beats
    if len(pages) > 1:
        last = f"/api/v1/beats?page_size={size}"
        while following := as_alice.get(last).json()["next"]:
            last = following
        assert walk(as_alice, last, "previous") == pages[::-1]


def test_rows_that_come_meanwhile_move_no_page(as_alice: Client, beats: list[str]) -> None:
    first = as_alice.get("/api/v1/beats").json()
    ProcessHeartbeat.objects.create(name="newest", beat_at=START + timedelta(days=1))
    with as_owner():
        ProcessHeartbeat.objects.filter(name=beats[24]).delete()
    second = as_alice.get(first["next"]).json()
    assert [item["name"] for item in second["items"]] == beats[25:50]


def test_links_are_in_the_header_too(as_alice: Client, beats: list[str]) -> None:
    first = as_alice.get("/api/v1/beats")
    assert first.headers["Link"] == f'<{first.json()["next"]}>; rel="next"'
    assert set(first.json()) == {"items", "next", "previous"}
    second = as_alice.get(first.json()["next"])
    assert 'rel="prev"' in second.headers["Link"]


def test_empty_list_has_no_neighbours(as_alice: Client) -> None:
    response = as_alice.get("/api/v1/beats")
    assert response.json() == {"items": [], "next": None, "previous": None}
    assert "Link" not in response.headers


@pytest.mark.parametrize("cursor", ["", "abc", "W10:abc", "🔥"])
def test_foreign_cursors_are_refused(as_alice: Client, cursor: str) -> None:
    response = as_alice.get("/api/v1/beats", {"cursor": cursor})
    assert (response.status_code, response.json()["code"]) == (400, "invalid_cursor")


def test_cursor_of_another_order_is_refused(
    as_alice: Client, beats: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    url = as_alice.get("/api/v1/beats").json()["next"]
    monkeypatch.setattr("tests.common.urls_probe.BeatsView.ordering", ("name",))
    assert as_alice.get(url).json()["code"] == "invalid_cursor"


@pytest.mark.parametrize("size", ["0", "101", "-1", "many", "", "1.5", "٣"])
def test_page_size_has_bounds(as_alice: Client, size: str) -> None:
    response = as_alice.get("/api/v1/beats", {"page_size": size})
    assert (response.status_code, response.json()["code"]) == (400, "invalid_page_size")


@pytest.mark.parametrize(
    ("header", "status", "code"),
    [
        (None, 428, "precondition_required"),
        ('"v6"', 412, "stale"),
        ('W/"v7"', 200, None),
        ('W/"v6"', 412, "stale"),
        ("v7", 412, "stale"),
        ('"v7"', 200, None),
        ('"v1", "v7"', 200, None),
        ('"v7-gzip"', 200, None),
        ('"v7-zstd"', 200, None),
        ('"v6-gzip"', 412, "stale"),
        ('"v7-other"', 412, "stale"),
        ("*", 200, None),
    ],
)
def test_changes_name_the_version_they_are_about(
    as_alice: Client, header: str | None, status: int, code: str | None
) -> None:
    headers = {} if header is None else {"If-Match": header}
    response: Any = as_alice.patch("/api/v1/beats/7", headers=headers)
    assert response.status_code == status
    assert response.json().get("code") == code
    assert status != 200 or response.headers["ETag"] == '"v8"'


@pytest.fixture
def three_a_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(api_settings, "DEFAULT_THROTTLE_RATES", {"principal": "3/min", "sign_in": "3/min"})


@pytest.mark.usefixtures("three_a_minute")
def test_a_principal_is_slowed_down(as_alice: Client, broker: redis.Redis) -> None:
    answers = [as_alice.get("/api/v1/who") for _number in range(8)]
    assert [answer.status_code for answer in answers][:3] == [200] * 3
    assert answers[-1].json()["code"] == "throttled"
    assert 1 <= int(answers[-1].headers["Retry-After"]) <= 60
    assert all(earlier.status_code <= later.status_code for earlier, later in pairwise(answers))


@pytest.mark.usefixtures("three_a_minute", "broker")
def test_throttles_let_everybody_pass_without_a_cache(as_alice: Client, settings: Any) -> None:
    settings.CACHES = {
        "default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": "unix:///nowhere.sock"}
    }
    counter.cache_clear()
    assert [as_alice.get("/api/v1/who").status_code for _number in range(5)] == [200] * 5
    assert CACHE_CIRCUIT.is_open


def test_cursor_stands_in_the_address_only(as_alice: Client, beats: list[str]) -> None:
    url = as_alice.get("/api/v1/beats?page_size=5&colour=red").json()["next"]
    query = parse_qs(urlsplit(url).query)
    assert set(query) == {"page_size", "colour", "cursor"}
