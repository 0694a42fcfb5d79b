"""Answers that a school owes an authority: by a day that is watched, moved with a reason, given under a reference."""

from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.db import ProgrammingError, transaction

from backend.deadlines.services import fire_due
from backend.notifications.models import Notice
from backend.notifications.news_standing import news_standing
from backend.notifications.sentences import news_headline
from backend.notifications.tasks import tell_replies
from backend.rounds.models import OutsideReplyWord
from tests.notifications.hands import only_staff
from tests.rounds.conftest import at
from tests.rounds.test_hazards import lines, reported
from tests.rounds.test_outside_visits import keep, name
from tests.rounds.test_round_pages import browser_of
from tests.training.test_recording import held
from tests.world import World


def day(world: World, days: int) -> str:
    """Return a day to come by the school's clock."""
    return f"{at(world, '12:00', days=days):%F}"


def wanted(world: World, days: int = 9) -> tuple[str, str]:
    """Keep a visit that calls for an answer by a day; return the paths of the visit and of the answer."""
    visit = f"outside-visits/{keep(world).data['id']}"
    said = world.dan.client.post(f"{visit}/replies", {"day": day(world, days)})
    assert said.status_code == 200, said.data
    return visit, f"{visit}/replies/{said.data['replies'][0]['id']}"


def told(now: Any) -> dict[str, list[str]]:
    """Fire what is due, carry the news, and return by name what each person was told."""
    fire_due(now=now)
    tell_replies()
    found: dict[str, list[str]] = {}
    for notice in Notice.objects.filter(kind="reply.told").select_related("person").order_by("created_at", "id"):
        found.setdefault(notice.person.name, []).append(news_headline(kind=notice.kind, params=notice.params))
    return found


def owed(world: World, who: str = "dan") -> list[str]:
    """Return by when somebody owes an answer to an authority."""
    items = world.members[who].client.get("todo/all").data["items"]
    return [item["due_at"] for item in items if item["kind"] == "reply"]


@pytest.mark.parametrize("edge", ["0001-01-01", "9999-12-31"])
def test_a_day_at_the_edge_of_the_calendar_is_refused(world: World, edge: str) -> None:
    visit, reply = wanted(world)
    dan, finding = world.dan.client, {"ticket": "none", "answer_by": edge}
    said = [
        dan.post(f"{visit}/replies", {"day": edge}),
        dan.post(f"{reply}/move", {"day": edge, "reason": "Later."}),
        dan.post(f"{visit}/findings", finding),
        held(world, "bob", "alice", held_on=edge),
        held(world, "bob", "alice", counts_until=edge),
    ]
    assert [(one.status_code, one.data["errors"][0]["code"]) for one in said] == [(400, "out_of_range")] * len(said)


def test_it_is_owed_reminded_of_and_climbs_until_it_is_given(world: World) -> None:
    visit, reply = wanted(world)
    assert (len(owed(world)), owed(world, "bob"), owed(world, "mallory")) == (1, [], [])
    assert told(at(world, "07:59", days=6)) == {}
    reminded = told(at(world, "08:01", days=6))
    assert "an answer is wanted by" in next(iter(reminded.values()))[0]
    told(at(world, "08:01", days=9))
    late = told(at(world, "08:01", days=10))
    assert any("was due on" in said for every in late.values() for said in every)
    again = told(at(world, "08:01", days=14))
    assert sum(map(len, again.values())) > sum(map(len, late.values())), "the last step repeats until it is given"
    call_command("rounds_audit", stdout=StringIO())
    notices = list(Notice.objects.filter(kind="reply.told"))
    assert news_standing(notices=notices, now=world.now) == notices
    only_staff(world, world.cleo.person)
    left = {notice.person.name for notice in news_standing(notices=notices, now=world.now)}
    assert (left, "Cleo" in reminded) == ({"Dan", "Vera"}, True), "she is coordinator no more"
    body = {"day": day(world, 0), "reference": "No. 12"}
    assert world.dan.client.post(f"{reply}/answer", {"day": day(world, 0)}).status_code == 400
    given = world.dan.client.post(f"{reply}/answer", body).data["replies"][0]
    assert (given["state"], given["answered_on"], given["was_late"]) == ("answered", day(world, 0), False)
    assert owed(world) == []
    assert news_standing(notices=notices, now=world.now) == []
    assert told(at(world, "08:01", days=30)) == again
    call_command("rounds_audit", stdout=StringIO())
    assert world.vera.client.get(visit).data["replies"][0]["words"][-1]["reference"] == "No. 12"


def test_a_day_is_moved_and_an_answer_corrected_with_a_reason_and_all_of_it_stays(world: World) -> None:
    visit, reply = wanted(world)
    assert world.dan.client.post(f"{reply}/move", {"day": day(world, 20)}).status_code == 400
    moved = world.dan.client.post(f"{reply}/move", {"day": day(world, 20), "reason": "They gave us more time."})
    assert moved.data["replies"][0]["due_on"] == day(world, 20)
    assert told(at(world, "08:01", days=10)) == {}
    same = world.dan.client.post(f"{reply}/move", {"day": day(world, 20), "reason": "Once more."})
    assert (same.status_code, same.data["code"]) == (409, "same_day")
    body = {"day": day(world, 0), "reference": "No. 12"}
    world.dan.client.post(f"{reply}/answer", body)
    again = world.dan.client.post(f"{reply}/answer", {**body, "reference": "No. 21"})
    assert again.data["errors"][0]["code"] == "reason_missing"
    later = world.dan.client.post(f"{reply}/answer", {**body, "day": day(world, 1), "reason": "A slip."})
    assert later.data["errors"][0]["code"] == "answer_to_come"
    last = world.dan.client.post(f"{reply}/answer", {**body, "reference": "No. 21", "reason": "A slip."})
    said = [(word["kind"], word["day"], word["reference"]) for word in last.data["replies"][0]["words"]]
    assert said == [
        ("asked", day(world, 9), ""),
        ("moved", day(world, 20), ""),
        ("answered", day(world, 0), "No. 12"),
        ("answered", day(world, 0), "No. 21"),
    ]
    with pytest.raises(ProgrammingError), transaction.atomic():
        OutsideReplyWord.objects.update(reason="Other words.")
    assert world.bob.client.post(f"{reply}/answer", body).status_code in {403, 404}
    for who in ("mallory", "olga"):
        assert world.members[who].client.post(f"{reply}/answer", body).status_code in {403, 404}
    assert world.mallory.client.post(f"{visit}/replies", {"day": day(world, 3)}).status_code == 404
    wanted_again = world.dan.client.post(f"{reply}/move", {"day": day(world, 30), "reason": "They want more."})
    assert wanted_again.data["replies"][0]["state"] == "open"
    assert len(owed(world)) == 1
    call_command("rounds_audit", stdout=StringIO())


def test_the_day_of_a_finding_is_such_an_answer_and_the_register_shows_it_as_it_stands(world: World) -> None:
    visit = keep(world).data["id"]
    first, second = reported(world), reported(world)
    for ticket in (first, second):
        said = name(world, visit, ticket.reference, answer_by=day(world, 9))
    (reply,) = said.data["replies"]
    path = f"outside-visits/{visit}/replies/{reply['id']}"
    world.dan.client.post(f"{path}/move", {"day": day(world, 20), "reason": "They gave us more time."})
    assert lines(world, "bob")[first.reference]["answer_by"] == day(world, 20)
    assert {one["answer_by"] for one in world.dan.client.get(f"outside-visits/{visit}").data["findings"]} == {
        day(world, 20)
    }


def test_on_the_pages(world: World) -> None:
    visit, reply = wanted(world)
    dan = browser_of(world.dan)
    assert "One answer to an authority is owed." in dan.get("/today").content.decode()
    assert "Answer the authority" in dan.get("/todo").content.decode()
    assert dan.post(f"/{visit}/replies", {"kind": "asked", "day": ""}).status_code == 400
    again = dan.get(f"/{visit}/replies")
    assert (again.status_code, again["Location"]) == (302, f"/{visit}"), "loaded again, or in the other language"
    assert dan.post(f"/{visit}/replies", {"kind": "asked", "day": day(world, 30)}).status_code == 302
    refused = dan.post(f"/{reply}", {"kind": "answered", "day": day(world, 0)})
    assert (refused.status_code, "number of the letter" in refused.content.decode()) == (400, True)
    given = {"kind": "answered", "day": day(world, 0), "reference": "No. 12"}
    assert dan.post(f"/{reply}", given).status_code == 302
    assert dan.post(f"/{reply}", {"kind": "moved", "day": day(world, 12)}).status_code == 400
    assert dan.post(f"/{reply}", {"kind": "moved", "day": day(world, 12), "reason": "Again."}).status_code == 302
    shown = dan.get(f"/{visit}").content.decode()
    assert ("No. 12" in shown, "It was answered on this day" in shown) == (True, True)
    assert browser_of(world.mallory).post(f"/{reply}", given).status_code == 404
    assert browser_of(world.bob).post(f"/{reply}", given).status_code == 403
