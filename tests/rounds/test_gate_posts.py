"""The posts at the gate: said to be manned before school begins, and told of within minutes where nobody says it."""

from backend.rounds.models import Round
from tests.rounds.conftest import at
from tests.rounds.test_answering import WELL, say
from tests.rounds.test_missing import told
from tests.rounds.test_turns import held, turn
from tests.world import World


def test_a_post_that_nobody_says_is_manned_is_told_within_minutes_and_an_empty_one_is_a_finding(
    live_world: World,
) -> None:
    held(live_world, "GATE_ARRIVAL")
    row = turn(live_world, "07:15")
    assert (row.assignee, Round.objects.filter(school=live_world.school, day=row.day).count()) == (
        live_world.ben.person,
        1,
    )
    told(at(live_world, "07:30"))
    missed = told(at(live_world, "07:35"))
    assert {notice.params["what"] for name in ("bob", "vera") for notice in missed[name]} == {"missed"}
    empty = {"said": "to_report", "items": [{"item": "emergency", "ok": False}]}
    said = say(live_world.ben.client, row, empty)
    assert (said.status_code, said.data["said"]) == (200, "to_report")
    (found,) = (item for item in said.data["checklist"] if item["key"] == "emergency")
    assert (found["category"], found["is_starred"]) == ("S05", True)
    assert say(live_world.bob.client, row, WELL).data["code"] in {"round_answered", "not_asked"}
