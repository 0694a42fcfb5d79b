"""Papers by the API: the same as the pages give, for the same people, and problem documents where they are refused."""

from datetime import timedelta

import pytest

from tests.insights.conftest import counted
from tests.portal.conftest import filed
from tests.portal.papers import paper_of, texts_of
from tests.portal.test_month_report import month_now
from tests.world import Client, Member, World


def text_of(client: Client, path: str, **query: str) -> str:
    """Return the text of a paper; its reader takes nothing but a PDF, and no cache may keep it."""
    answer = client.http.get(f"/api/v1/{path}", query, HTTP_ACCEPT="application/pdf")
    assert "no-store" in answer.headers["Cache-Control"]
    return " ".join(texts_of(paper_of(answer)))


def test_each_paper_of_the_pages_comes_by_the_api_too(world: World) -> None:
    report = filed(world.alice, world, ago=timedelta(minutes=1))
    counted()
    ticket = report.ticket
    paper = text_of(world.bob.client, f"tickets/{ticket.id}/paper")
    assert all(words in paper for words in (ticket.reference, "Drawn by Bob on", "(Asia/Shanghai)"))
    slip = text_of(world.alice.client, f"reports/{report.id}/slip")
    assert all(words in slip for words in (ticket.reference, "For the reporter", "For whoever supervises it"))
    assert "1 Reports filed" in text_of(world.dan.client, "insights/month", **month_now(world))
    stairwell = world.home.places["stairwell"]
    assert stairwell.name_en in text_of(world.cleo.client, "places/posters", place=str(stairwell.id))


def test_times_and_words_are_those_of_the_readers_school_and_language(world: World) -> None:
    report = filed(world.alice, world)
    local = report.filed_at + timedelta(hours=8)
    client = Client(world.alice.client.token, "zh-hans")
    slip = text_of(client, f"reports/{report.id}/slip")
    assert "报告人留存" in slip
    assert f"{local:%H:%M}" in slip


def test_drawing_a_confidential_ticket_is_recorded(world: World) -> None:
    ticket = filed(world.alice, world, "C02", "有学生反复围堵同学。").ticket
    assert "Name withheld" in text_of(world.erin.client, f"tickets/{ticket.id}/paper")
    (row,) = world.erin.client.get("access-log", ticket=str(ticket.id)).data["items"]
    assert (row["person"]["name"], row["is_paper"]) == ("Erin", True)


def refused(member: Member, path: str, **query: str) -> tuple[int, str]:
    """Return the status and the code of a problem document."""
    answer = member.client.http.get(f"/api/v1/{path}", query, HTTP_ACCEPT="application/pdf")
    assert answer.headers["Content-Type"] == "application/problem+json"
    return answer.status_code, answer.json()["code"]


def test_what_one_may_not_know_of_is_not_there(world: World) -> None:
    report = filed(world.alice, world, "C02", "有学生反复围堵同学。")
    missing = (404, "not_found")
    for member in (world.mallory, world.bob, world.alice):
        assert refused(member, f"tickets/{report.ticket_id}/paper") == missing
    for member in (world.mallory, world.erin):
        assert refused(member, f"reports/{report.id}/slip") == missing
    own, other = world.home.places["stairwell"], world.school
    assert refused(world.mallory, "places/posters", place=str(own.id)) == missing
    assert refused(world.mallory, "places/posters", inside=str(own.id)) == missing
    assert refused(world.mallory, "insights/month", school=str(other.id)) == missing
    assert refused(world.dan, "insights/month", month="2999-01") == missing


@pytest.mark.parametrize("path", ["insights/month", "places/posters"])
def test_who_lacks_the_permission_is_told_so(world: World, path: str) -> None:
    assert refused(world.alice, path)[0] == 403


@pytest.mark.parametrize(
    ("path", "name", "value", "code"),
    [
        ("insights/month", "month", "2026-13", "invalid"),
        ("places/posters", "place", "nothing", "invalid"),
        ("places/posters", "colour", "red", "unknown_parameter"),
    ],
)
def test_what_cannot_be_asked_for_is_named(world: World, path: str, name: str, value: str, code: str) -> None:
    answer = world.dan.client.get(path, **{name: value})
    (error,) = answer.data["errors"]
    assert (answer.status_code, error["pointer"], error["code"]) == (400, f"/{name}", code)
