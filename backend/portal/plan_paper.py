"""A response plan as a paper, with its annexes of the day, as its reader sees them."""

from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from backend.common.lists_in_words import listed_in_words
from backend.common.moments import day_in_words
from backend.common.typesetting import paper_typeset
from backend.organisation.actors import Actor
from backend.portal.due import moment, until
from backend.portal.plan_annexes import Annexes, ShiftLine, annexes_of
from backend.portal.plan_words import lacks_said, steps_said
from backend.portal.telephones import Answering
from backend.response.selectors.plans import PlanStanding, offices_named, plan_standing, school_of_plans

TEMPLATE = Path(__file__).with_name("papers") / "plan.typ"


def plan_pdf(*, actor: Actor, code: str, now: datetime) -> bytes:
    """Return a plan as PDF: its steps, how it stands, telephone list and rosters of this day; raise NotFound."""
    standing = plan_standing(actor=actor, code=code, now=now)
    school = school_of_plans(actor=actor)
    with timezone.override(ZoneInfo(school.time_zone)):
        annexes = annexes_of(actor=actor, school=school, now=now)
        data = {
            "school": school.name,
            "title": standing.plan.name,
            "standing": _standing(standing),
            "lacks": [str(lack) for lack in lacks_said(standing.lacks)],
            "steps": _steps(actor, standing),
            "ends": standing.plan.stand_down,
            "headings": {
                "steps": pgettext("in an emergency", "What is done"),
                "telephones": _("Annex: telephone list"),
                "roster": _("Annex: who is on duty in the next seven days"),
                "nobody": _("Nobody is on a roster."),
            },
            "telephones": _telephones(annexes),
            "roster": [_shift(line) for line in annexes.shifts],
            "drawn": _("Drawn by %(who)s on %(time)s") % {"who": actor.name, "time": moment(now)},
        }
        return paper_typeset(template=TEMPLATE, title=standing.plan.name, data=data, now=now)


def _standing(standing: PlanStanding) -> str:
    if standing.approval is None:
        return ""
    words = _("Approved by %(name)s, until %(day)s.")
    return words % {"name": standing.approval.by.name, "day": day_in_words(standing.approval.last_day)}


def _steps(actor: Actor, standing: PlanStanding) -> list[list[str]]:
    return [[step.at, step.who, step.words] for step in steps_said(standing.plan.steps, offices_named(actor=actor))]


def _telephones(annexes: Annexes) -> list[list[Any]]:
    book = annexes.book
    rows = [[row.name, row.number, ""] for row in book.numbers]
    return [*rows, *(_answering(one) for one in (*book.posts, *book.offices))]


def _shift(line: ShiftLine) -> list[str]:
    shift = line.shift
    time = f"{moment(shift.starts_at)} – {until(start=shift.starts_at, end=shift.ends_at)}"
    return [time, line.kind, listed_in_words(line.people)]


def _answering(one: Answering) -> list[str]:
    numbers = listed_in_words([row.number for row in one.numbers])
    who = listed_in_words(list(one.who)) if one.who else ""
    return [one.label, numbers, f"{who} ({one.instead})" if one.instead else who]
