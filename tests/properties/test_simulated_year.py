"""A small simulated year: the real engine and the oracle made from the documents agree on every escalation."""

from datetime import timedelta

import pytest

from tests.properties.conftest import twin_of
from tests.world import World
from tools.prove.simulate.judge import broken, disagreements
from tools.prove.simulate.year import BEGIN, Plan, Year

SMALL = Plan(tickets=35, days=25, outages=4, edits=4, absences=6)
TINY = Plan(tickets=4, days=5, outages=0, edits=0, absences=0)


def year_of(world: World, zone: str, plan: Plan) -> Year:
    """Return the year 2026 before its first event."""
    twin, stage = twin_of(world, zone)
    return Year(twin=twin, stages=[stage], plan=plan, seed=4)


@pytest.mark.slow("tests/properties/test_simulated_year.py")
@pytest.mark.parametrize("zone", ["Asia/Shanghai", "Europe/Berlin"])
def test_the_engine_fires_in_a_year_what_the_documents_say(world: World, zone: str) -> None:
    year = year_of(world, zone, SMALL)
    filed: list[int] = []
    year.run(filed=lambda: filed.append(1))
    assert [*year.twin.remarks, *disagreements(year.twin.oracle)] == []
    assert broken(year.end) == []
    assert len(filed) == SMALL.tickets
    assert year.twin.counts["answers"] > 0
    assert len(year.twin.oracle.fired) > SMALL.tickets


def test_the_judge_sees_a_single_escalation_too_many(world: World) -> None:
    year = year_of(world, "Asia/Shanghai", TINY)
    year.run(filed=lambda: None)
    assert disagreements(year.twin.oracle) == []
    key, fired = year.twin.oracle.fired.popitem()
    assert len(disagreements(year.twin.oracle)) == 1
    year.twin.oracle.fired[key] = fired._replace(due_at=fired.due_at + timedelta(minutes=1))
    assert len(disagreements(year.twin.oracle)) == 1


def test_the_twin_sees_an_office_and_an_urgency_that_no_answer_asked_for(world: World) -> None:
    twin, stage = twin_of(world, "Asia/Shanghai")
    twin.stage(stage)
    reporter, answers = stage.reporters[0], {"gas": "yes"}
    for told, remarks in ((answers, 0), ({}, 1)):
        case = twin.file(stage=stage, reporter=reporter, category="F01", answers=answers, at=BEGIN)
        case.told.answers = told
        twin.route(case=case, at=BEGIN)
        assert len(twin.remarks) == remarks
    twin.oracle.rulebook.categories["F02"] = {**twin.oracle.rulebook.categories["F02"], "questions": []}
    twin.file(stage=stage, reporter=reporter, category="F02", answers={"shut-in": "yes"}, at=BEGIN)
    assert "began as P1; the oracle says P2" in twin.remarks[-1]
