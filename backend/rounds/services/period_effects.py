"""The effect of special periods on rules, rounds and timers: worked out anew from all that are approved."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from backend.deadlines.services import TimerDraft, timers_arm, timers_stop
from backend.organisation.models import School
from backend.rounds.models import Period, PeriodAct, PeriodMeasure
from backend.rounds.period_rules import DAY, AskedOnDays, stretches_between
from backend.rounds.selectors.periods import midnight_of
from backend.rounds.services.making import school_rounds_make
from backend.rulebook.models import RulebookStretch
from backend.rulebook.period_content import Asked
from backend.rulebook.period_reading import measure_read
from backend.rulebook.selectors import DAYS_AHEAD, active_version_id, coverage_added, period_templates_get, ruleset_get
from backend.rulebook.services import RulebookReachesNobody, StretchDraft, stretches_set

SUBJECT_KIND, REVIEW, COURSE = "period", "review", "course"
STARTS, ENDS = 0, 1
"""The rungs of a period's course: it begins, and it is over."""
BEFORE_APPROVAL = (PeriodAct.Kind.DRAWN_UP, PeriodAct.Kind.APPROVED)


def period_settle(*, row: Period, now: datetime, checks: bool) -> None:
    """Bring rules, rounds and timers in step with a period that was decided about; again it changes nothing.

    With `checks` raise RulebookReachesNobody where somebody would wait for nobody.
    """
    school = School.objects.select_for_update(no_key=True).get(id=row.school_id)
    _stretches_settle(school, now, checks=checks)
    version_id = active_version_id(school_id=school.id)
    if school.live_at is not None and version_id is not None:
        school_rounds_make(school=school, version_id=version_id, now=now)
    _timers_settle(row, now)


def _stretches_settle(school: School, now: datetime, *, checks: bool) -> None:
    approved = Period.objects.filter(school=school, state=Period.State.APPROVED)
    measures = PeriodMeasure.objects.filter(period__in=approved).select_related("period").order_by("period", "number")
    asked = [
        AskedOnDays(
            Asked(measure_read(one.said), tuple(one.period.units), tuple(one.period.places)),
            one.starts_on,
            min(one.ends_on, one.period.ends_on),
        )
        for one in measures
        if one.starts_on <= one.period.ends_on
    ]
    drafts = [
        StretchDraft(midnight_of(school, first), midnight_of(school, after), every)
        for first, after, every in stretches_between(asked)
    ]
    stretches = stretches_set(school=school, drafts=drafts, now=now)
    if checks and school.live_at is not None:
        _check(school, stretches, now)


def _check(school: School, stretches: Sequence[RulebookStretch], now: datetime) -> None:
    """Raise RulebookReachesNobody for what nobody waits for as it is; a hole from before is shown elsewhere."""
    usual = active_version_id(school_id=school.id)
    for stretch in stretches if usual is not None else ():
        since = max(now, stretch.starts_at)
        until = min(stretch.ends_at, since + timedelta(days=DAYS_AHEAD))
        ruleset, before = ruleset_get(stretch.version_id), ruleset_get(usual)
        found = coverage_added(school=school, ruleset=ruleset, usual=before, since=since, until=until)
        if found.findings:
            raise RulebookReachesNobody(found)


def _timers_settle(row: Period, now: datetime) -> None:
    """Arm what is to come of a period: its review once, and its course anew until it is over."""
    is_off = row.state != Period.State.APPROVED
    stopped = None if is_off else [COURSE]
    timers_stop(subject_kind=SUBJECT_KIND, subject_id=row.id, clocks=stopped, now=now, reason="period_settled")
    if is_off:
        return
    begins, over = midnight_of(row.school, row.starts_on), midnight_of(row.school, row.ends_on + DAY)
    drafts = [TimerDraft(SUBJECT_KIND, row.id, COURSE, (begins, over), None)]
    if begins > now and not row.acts.exclude(kind__in=BEFORE_APPROVAL).exists():
        rungs = period_templates_get(row.rulebook_id)[row.template].rungs
        times = tuple(max(row.review_at + rung.after.length, now) for rung in rungs)
        drafts.append(TimerDraft(SUBJECT_KIND, row.id, REVIEW, times, None))
    timers_arm(drafts=drafts, now=now)
