"""Rounds over HTTP: all well in person, something to report, corrections, excuses, and who knows of them."""

from datetime import timedelta
from typing import Any

import pytest

from backend.common.clock import database_now
from backend.deadlines.models import Timer
from backend.deadlines.services import fire_due
from backend.organisation.models import Appointment
from backend.organisation.roles import Role
from backend.rounds.models import Round, RoundAnswer, RoundState
from backend.rounds.services.making import rounds_make
from tests.roles import as_owner
from tests.rounds.conftest import at, opened, round_of
from tests.world import Client, World, member_add

WELL = {"said": "all_well"}


def say(client: Client, row: Round, body: dict[str, Any], *, how: str = "answer", key: str | None = None) -> Any:
    """Answer, correct or excuse a round."""
    return client.post(f"rounds/{row.id}/{how}", body, key=key)


def test_all_well_is_one_request_and_a_person_says_it_once(live_world: World) -> None:
    row = opened(live_world)
    bob = live_world.bob.client
    first = say(bob, row, WELL, key="one-tap-of-bob")
    assert first.status_code == 200, first.data
    assert (first.data["state"], first.data["said"], first.data["is_late"]) == ("answered", "all_well", False)
    assert [(answer["number"], answer["by"]["name"]) for answer in first.data["answers"]] == [(1, "Bob")]
    assert first.data["can"] == ["correct", "link_omission"]
    again = say(bob, row, WELL, key="one-tap-of-bob")
    assert (again.json(), RoundAnswer.objects.count()) == (first.json(), 1)
    assert say(bob, row, WELL).data["code"] == "round_answered"
    assert not Timer.objects.filter(subject_id=row.id, stopped_at__isnull=True).exists()
    fire_due(now=at(live_world, "23:00"))
    assert round_of(live_world).state == RoundState.ANSWERED
    assert round_of(live_world, "facilities").state == RoundState.MISSED


def test_something_to_report_says_what_and_marks_the_lines(live_world: World) -> None:
    row = opened(live_world)
    said = {
        "said": "to_report",
        "words": "东门岗亭的对讲机坏了。",
        "items": [{"item": "no-hazard", "ok": False}, {"item": "on-duty", "ok": True}, {"item": "absent", "count": 0}],
    }
    done = say(live_world.ben.client, row, said)
    assert done.status_code == 200, done.data
    (answer,) = done.data["answers"]
    assert {line["item"]: line["ok"] for line in answer["items"]} == {
        "no-hazard": False,
        "on-duty": True,
        "absent": None,
    }
    assert RoundAnswer.objects.get().values["absent"] == 0
    assert [line["key"] for line in done.data["checklist"]] == ["on-duty", "nothing-new", "no-hazard", "absent"]


@pytest.mark.slow("tests/rounds/test_answering.py", after=3)
@pytest.mark.parametrize(
    ("body", "code", "pointer"),
    [
        ({}, "required", "/said"),
        ({"said": "peace"}, "invalid_choice", "/said"),
        ({"said": "to_report"}, "nothing_said", "/words"),
        ({**WELL, "items": [{"item": "on-duty", "ok": False}]}, "not_all_well", "/said"),
        ({**WELL, "items": [{"item": "rats", "ok": True}]}, "unknown_item", "/items/rats"),
        ({**WELL, "items": [{"item": "absent", "ok": True}]}, "wrong_value", "/items/absent"),
        ({**WELL, "items": [{"item": "on-duty", "count": 1}]}, "wrong_value", "/items/on-duty"),
        ({**WELL, "items": [{"item": "absent"}]}, "one_value", "/items/0"),
        ({**WELL, "items": [{"item": "absent", "count": 1}] * 2}, "repeated", "/items"),
        ({**WELL, "mood": "good"}, "unknown_field", "/mood"),
    ],
)
def test_what_makes_no_sense_is_refused_with_its_place(
    live_world: World, body: dict[str, Any], code: str, pointer: str
) -> None:
    refused = say(live_world.bob.client, opened(live_world), body)
    assert refused.status_code == 400
    assert refused.headers["Content-Type"] == "application/problem+json"
    found = [(error["code"], error["pointer"]) for error in refused.data.get("errors", [])]
    found = found or [(refused.data["code"], "")]
    assert [(code, pointer)] == [(one, where.removesuffix("/non_field_errors")) for one, where in found]
    assert not RoundAnswer.objects.exists()


def test_a_correction_keeps_both_and_when_it_was_first_answered(live_world: World) -> None:
    row = opened(live_world)
    bob = live_world.bob.client
    assert say(bob, row, WELL, how="correct").data["code"] == "round_not_answered"
    first = say(bob, row, WELL).data
    corrected = say(bob, row, {"said": "to_report", "words": "昨晚有人翻墙，今早才发现。"}, how="correct").data
    assert [answer["said"] for answer in corrected["answers"]] == ["all_well", "to_report"]
    assert (corrected["said"], corrected["answered_at"]) == ("to_report", first["answered_at"])


def test_a_round_is_excused_by_somebody_else_with_a_reason(live_world: World) -> None:
    row, own = opened(live_world), round_of(live_world, "safety-office")
    cleo = live_world.cleo.client
    for client in (live_world.bob.client, live_world.alice.client):
        assert say(client, row, {"reason": "我忘了"}, how="excuse").status_code in {403, 404}
    assert say(cleo, own, {"reason": "太忙"}, how="excuse").data["code"] == "not_for_excusing"
    assert say(cleo, row, {"reason": ""}, how="excuse").status_code == 400
    done = say(cleo, row, {"reason": "全处外出培训"}, how="excuse")
    assert done.status_code == 200, done.data
    assert (done.data["state"], done.data["excuse"]["by"]["name"], done.data["can"]) == ("excused", "Cleo", [])
    assert say(live_world.bob.client, row, WELL).data["code"] == "round_excused"
    assert say(live_world.dan.client, row, {"reason": "再次"}, how="excuse").data["code"] == "round_excused"
    fire_due(now=at(live_world, "23:00"))
    assert round_of(live_world).state == RoundState.EXCUSED


def test_late_is_counted_from_the_clock_and_an_engine_that_is_late_keeps_nobody_from_answering(
    live_world: World,
) -> None:
    rounds_make(now=live_world.now)
    with as_owner():
        Round.objects.filter(unit=live_world.home.units["security"]).update(
            opens_at=live_world.now - timedelta(hours=3),
            due_at=live_world.now - timedelta(hours=2),
            late_at=live_world.now - timedelta(hours=1),
        )
    row = round_of(live_world)
    assert row.state == RoundState.PLANNED
    done = say(live_world.bob.client, row, WELL)
    assert (done.data["state"], done.data["is_late"], done.data["assignee"]["name"]) == ("answered", True, "Bob")


def test_those_asked_their_office_and_the_leaders_know_of_a_round_and_nobody_else(live_world: World) -> None:
    row = opened(live_world)
    sam = member_add(live_world, "sam", [(Role.REPORTER, "security", False)], site=live_world.home)
    for name in ("bob", "ben", "sam", "dan", "vera", "cleo", "olga"):
        assert live_world.members[name].client.get(f"rounds/{row.id}").status_code == 200, name
    for name in ("alice", "carol", "mallory"):
        client = live_world.members[name].client
        assert client.get(f"rounds/{row.id}").status_code == 404, name
        assert say(client, row, WELL).status_code == 404, name
        assert str(row.id) not in {item["id"] for item in client.get("rounds").data["items"]}
    for member in (sam, live_world.dan, live_world.olga):
        assert say(member.client, row, WELL).data["code"] == "not_asked"
    assert not RoundAnswer.objects.exists()


def test_a_repeated_answer_is_not_shown_to_somebody_who_left(live_world: World) -> None:
    row = opened(live_world)
    assert say(live_world.bob.client, row, WELL, key="before-he-left").status_code == 200
    Appointment.objects.filter(person=live_world.bob.person).update(ends_at=database_now())
    assert say(live_world.bob.client, row, WELL, key="before-he-left").status_code in {403, 404}


def test_the_list_is_of_what_one_knows_and_can_be_narrowed(live_world: World) -> None:
    opened(live_world)
    bob, olga = live_world.bob.client, live_world.olga.client
    (own,) = bob.get("rounds", asked="me", day=f"{at(live_world, '12:00'):%F}").data["items"]
    assert (own["office"]["code"], own["plan_name"], own["state"]) == ("security", "Daily report", "open")
    tomorrow = {"day": f"{at(live_world, '12:00'):%F}"}
    assert len(live_world.dan.client.get("rounds", **tomorrow).data["items"]) == 6
    assert len(olga.get("rounds", **tomorrow).data["items"]) == 12
    assert len(olga.get("rounds", **tomorrow, school=str(live_world.school.id)).data["items"]) == 6
    assert live_world.dan.client.get("rounds", **tomorrow, state="missed").data["items"] == []
    assert bob.get("rounds", asked="everybody").status_code == 400
