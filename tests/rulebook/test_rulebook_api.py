"""The rules over HTTP: for staff of the school, in their language, each version that the school uses or used."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from backend.accounts.services import token_issue
from backend.rulebook.models import SchoolRulebook
from backend.rulebook.services import rulebook_activate, rulebook_check_record
from tests.rulebook.conftest import away, load, small_content
from tests.world import Client, World


def test_categories_name_their_supporting_offices_and_reports_to_authorities(world: World) -> None:
    rows = {row["code"]: row for row in world.alice.client.get("categories").data}
    assert len(rows) == 40
    assert (rows["N01"]["support"], rows["N01"]["outside_clocks"]) == (["grade", "security"], ["R1", "R2"])
    assert rows["X05"]["note"].startswith("For events, places and things.")
    assert (rows["F01"]["group"], rows["F01"]["call"]) == ("fire", ["fire"])
    assert "冒烟" in rows["F01"]["synonyms"]["zh"]
    assert "It smells of gas in the kitchen" in rows["F01"]["examples"]["en"]
    assert rows["F01"]["do_now"]["en"][0].startswith("Leave at once")
    assert (rows["S04"]["lead"], rows["B06"]["support"], rows["B06"]["note"]) == ("grade", [], "")


def test_the_current_rulebook_is_shown_in_full(world: World) -> None:
    body = world.alice.client.get("rulebooks/current").data
    assert (body["name"], body["is_current"]) == ("cn-school", True)
    urgent = body["severities"][0]
    assert [clock["name"] for clock in urgent["clocks"]] == [
        *("acknowledge", "act", "progress", "contain", "resolve", "verify", "silence")
    ]
    act = urgent["clocks"][1]
    assert (act["within"], act["repeat_seconds"], act["repeat_tells_everyone"]) == ("15m", 900, False)
    assert act["ladder"][1] == {"after": "10m", "tell": ["principal"], "deputies": False}
    assert [clock["name"] for clock in body["bounds"]] == ["answer", "result"]
    assert [(row["category"], row["severity"]) for row in body["own_clocks"]] == [("C02", "P2")]
    assert body["quiet_hours"] == {"starts": "21:00", "ends": "07:00", "severities": ["P3", "P4"]}
    r1 = body["outside_clocks"][0]
    assert (r1["key"], r1["to"], r1["within"], r1["mark"]) == ("R1", "Education bureau", "24h", "statute")
    assert (r1["checked_on"], body["outside_clocks"][2]["within"]) == ("2026-11-23", None)


def test_the_reader_has_it_in_chinese_too(world: World) -> None:
    client = Client(token_issue(user=world.alice.user, now=world.now).token, language="zh-hans")
    assert client.get("rulebooks/current").data["outside_clocks"][0]["to"] == "教育主管部门"


def test_versions_in_use_and_used_before_are_listed_the_latest_first(world: World) -> None:
    first = SchoolRulebook.objects.get(school=world.school).version_id
    version = load(small_content(), world.now)
    rulebook_activate(school=world.school, version=version, now=world.now + timedelta(seconds=1))
    with CaptureQueriesContext(
        connection,
    ) as queries:
        rows = world.alice.client.get("rulebooks").data["items"]
    assert [(row["id"], row["is_current"]) for row in rows] == [(version.id, True), (first, False)]
    assert not any('"content"' in query["sql"] for query in queries)
    assert len(world.alice.client.get(f"rulebooks/{first}").data["categories"]) == 40
    assert len(world.alice.client.get("rulebooks/current").data["categories"]) == len(version.content["categories"])


def test_a_version_that_only_another_school_uses_is_not_found(world: World) -> None:
    version = load(small_content(), world.now)
    rulebook_activate(school=world.elsewhere.school, version=version, now=world.now)
    assert world.mallory.client.get(f"rulebooks/{version.id}").status_code == 200
    assert world.alice.client.get(f"rulebooks/{version.id}").status_code == 404
    assert world.olga.client.get("rulebooks/current").status_code == 404
    assert world.olga.client.get("rulebooks").data["items"] == []
    assert world.alice.client.get("rulebooks/999999").status_code == 404


@pytest.mark.usefixtures("world")
def test_without_signing_in_there_are_no_rules(anonymous: Client) -> None:
    for path in ("rulebooks", "rulebooks/current", "rulebooks/1", "rulebooks/check"):
        assert anonymous.get(path).status_code == 401


@pytest.mark.parametrize(
    ("name", "status"), [("cleo", 200), ("dan", 200), ("vera", 200), ("alice", 403), ("bob", 403), ("erin", 403)]
)
def test_the_last_check_is_for_those_who_keep_posts_and_rosters(small_world: World, name: str, status: int) -> None:
    away(small_world.olga.person, small_world.now + timedelta(days=3), 2)
    rulebook_check_record(school=small_world.school, now=small_world.now)
    answer = small_world.members[name].client.get("rulebooks/check")
    assert answer.status_code == status
    if status == 200:
        (finding,) = answer.data["findings"]
        assert "nobody can be reached as Bureau duty officer" in finding["text"]
        assert len(finding["times"]) == 1


def test_another_schools_check_is_not_shown_and_none_is_not_found(small_world: World) -> None:
    rulebook_check_record(school=small_world.school, now=small_world.now)
    assert small_world.mallory.client.get("rulebooks/check").status_code == 404
