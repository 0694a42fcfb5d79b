"""Daily reports that fall due within seconds, laid out beside those that the calendar brings."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from backend.deadlines.services import timers_arm
from backend.organisation.models import School, Unit
from backend.rounds.models import Round
from backend.rounds.services.making import timer_of
from backend.rulebook.selectors import active_version_id, ruleset_get

PLAN = "DAILY_REPORT"
LATE_AFTER = timedelta(seconds=1)


def rounds_lay_out(*, school_code: str, turn: int, seconds: Sequence[float], now: datetime) -> list[dict[str, Any]]:
    """Ask every office for reports that are due after so many seconds each, numbered from a turn on."""
    school = School.objects.get(code=school_code)
    version_id = active_version_id(school_id=school.id)
    if version_id is None:
        raise LookupError(f"school {school_code} has no rules")
    plan, day = ruleset_get(version_id).round_plans[PLAN], now.astimezone(ZoneInfo(school.time_zone)).date()
    rows = [
        Round(
            school=school,
            rulebook_id=version_id,
            plan=PLAN,
            unit=unit,
            day=day,
            turn=turn + number,
            asked=plan.asked,
            opens_at=now,
            due_at=now + timedelta(seconds=due),
            late_at=now + timedelta(seconds=due) + LATE_AFTER,
        )
        for unit in Unit.objects.filter(school=school, kind=Unit.Kind.OFFICE).order_by("code")
        for number, due in enumerate(seconds)
    ]
    Round.objects.bulk_create(rows)
    timers_arm(drafts=[timer_of(row, plan) for row in rows], now=now)
    return [{"id": str(row.id), "office": row.unit.code if row.unit else "", "turn": row.turn} for row in rows]
