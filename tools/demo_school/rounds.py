"""The rounds of a demo day: morning checks, daily reports and a patrol, whose windows last seconds."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from backend.deadlines.services import timers_arm
from backend.organisation.models import School
from backend.rounds.models import Round
from backend.rounds.selectors.making import units_asked
from backend.rounds.services.making import timer_of
from backend.rulebook.models import RulebookVersion
from backend.rulebook.round_rules import RoundPlan, RoundPlans
from backend.rulebook.selectors import ruleset_get

PLANS = ("MORNING_CHECK", "DAILY_REPORT", "PATROL")
ROUTE = ("main-gate", "boiler-room", "dormitory")
TURNS = 3
SIGN_IN_SECONDS = 20.0
"""So long it takes at most until the people of the day are there; a slow machine makes them late, and nothing else."""
OPEN_SHARE, LATE_SHARE = 0.35, 0.05


def rounds_content(content: Mapping[str, Any]) -> dict[str, Any]:
    """Return a rulebook with the plans of the day alone, its patrol over some places of the school."""
    plans = {code: dict(content["rounds"]["plans"][code]) for code in PLANS}
    plans["PATROL"] = {**plans["PATROL"], "route": list(ROUTE), "switched_off": False}
    return {**content, "rounds": {**content["rounds"], "plans": plans}}


def rounds_lay_out(*, school: School, version: RulebookVersion, day_seconds: float, now: datetime) -> list[str]:
    """Plan the rounds of the day, which is too short for times of the clock; return their ids."""
    plans = ruleset_get(version.pk).round_plans
    rows = list(_rows(school, version, plans, day_seconds, now))
    Round.objects.bulk_create(rows)
    timers_arm(drafts=[timer_of(row, plans[row.plan]) for row in rows], now=now)
    return [str(row.id) for row in rows]


def _rows(
    school: School, version: RulebookVersion, plans: RoundPlans, day_seconds: float, now: datetime
) -> Iterator[Round]:
    units = units_asked(school=school)
    due_at = now + timedelta(seconds=SIGN_IN_SECONDS + OPEN_SHARE * day_seconds)
    for plan in plans.values():
        for unit_id in plan.asks(units):
            for turn in range(_turns(plan)):
                yield Round(
                    school=school,
                    rulebook=version,
                    plan=plan.code,
                    unit_id=unit_id,
                    day=now.astimezone(ZoneInfo(school.time_zone)).date(),
                    turn=turn,
                    asked=plan.asked,
                    opens_at=now + timedelta(seconds=1 + turn),
                    due_at=due_at,
                    late_at=due_at + timedelta(seconds=1 + LATE_SHARE * day_seconds),
                )


def _turns(plan: RoundPlan) -> int:
    return TURNS if plan.goes_over_places else 1
