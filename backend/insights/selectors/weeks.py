"""The numbers of a week that is over as everybody at a school may read them: by office, never by person."""

from dataclasses import asdict
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Count, Exists, OuterRef, Q

from backend.insights.selectors.extents import Reach, reach_of_everybody
from backend.insights.selectors.figures import confidential_within, figures_within
from backend.insights.selectors.promises import Kept, promises_within
from backend.insights.shapes import WEEK, Narrowing, Part, Period, month_of
from backend.insights.veiling import rounded_down, sum_shown
from backend.organisation.models import School
from backend.rounds.selectors.in_time import rounds_in_time
from backend.rulebook.ruleset import Confidentiality
from backend.workflow.lessons import lessons_published
from backend.workflow.models import NEVER_DUE, Ticket, TicketParticipant

COUNTED = ("filed", "incidents", "hazards", "near_misses", "overdue", "reopened", "repeats", "open")
"""The numbers of what was filed in the week, by the names of the figures."""


def numbers_of(*, school: School, week: date, now: datetime) -> dict[str, Any]:
    """Count a week, in a fixed number of statements.

    What concerns anybody is counted for nobody: whoever it concerns reads the bulletin too.
    """
    reach, last = reach_of_everybody(school=school), week + WEEK - timedelta(days=1)
    period, narrowing = Period(week, last), Narrowing(school=school.id)
    figures = figures_within(reach=reach, period=period, narrowing=narrowing, now=now)
    promises = promises_within(
        reach=reach, period=month_of(year=week.year, month=week.month), narrowing=narrowing, now=now
    )
    return {
        **{name: getattr(figures.total, name) for name in COUNTED},
        "solved": figures.total.resolve.count,
        "parts": [_part(part) for part in figures.parts],
        "promises": {one.value: sum_shown([part.counts[one] for part in promises]).count for one in Kept},
        "rounds": asdict(rounds_in_time(school_id=school.id, first=week, last=last, now=now)),
        "confidential": _confidential(reach, week, now),
        "next": _due(school, now),
    }


def _part(part: Part) -> dict[str, Any]:
    named = {"office": part.of.key, "name_zh": part.of.name_zh, "name_en": part.of.name_en}
    return {**named, "filed": part.tally.filed, "overdue": part.tally.overdue, "open": part.tally.open}


def _confidential(reach: Reach, week: date, now: datetime) -> dict[str, Any]:
    """Count the month before that of the week, in steps: a number that moved with a week would tell of single ones."""
    before = week.replace(day=1) - timedelta(days=1)
    (month,) = confidential_within(reach=reach, period=Period(before, before), now=now)
    count = month.total.shown.count
    return {"month": month.month.isoformat(), "count": None if count is None else rounded_down(count)}


def _due(school: School, now: datetime) -> list[dict[str, Any]]:
    """Return by office what of the open reports is overdue now, and what is due in the coming week."""
    concerned = TicketParticipant.objects.filter(ticket=OuterRef("pk"))
    open_now = Ticket.objects.filter(school=school, next_due_at__lt=NEVER_DUE, is_exercise=False)
    told = open_now.filter(~Exists(concerned), seal=Confidentiality.K0)
    counted = told.values("owner", "owner__name_zh", "owner__name_en").annotate(
        late=Count("id", filter=Q(next_due_at__lt=now)),
        soon=Count("id", filter=Q(next_due_at__gte=now, next_due_at__lt=now + WEEK)),
    )
    return [
        {
            "office": str(row["owner"]),
            "name_zh": row["owner__name_zh"],
            "name_en": row["owner__name_en"],
            "late": row["late"],
            "soon": row["soon"],
        }
        for row in counted.order_by("-late", "-soon", "owner__code")
        if row["late"] or row["soon"]
    ]


def lessons_of_week(*, school: School, week: date) -> list[UUID]:
    """Return the ids of the lessons that were published in a week, by the school's clock."""
    zone = ZoneInfo(school.time_zone)
    since, until = (datetime.combine(day, time(), zone) for day in (week, week + WEEK))
    return [lesson.id for lesson in lessons_published(school_id=school.id, since=since, until=until)]
