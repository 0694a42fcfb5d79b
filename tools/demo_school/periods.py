"""The special period that a demo school has before it: examinations, drawn up and approved."""

from datetime import datetime, timedelta

from backend.duty.selectors import actor_get
from backend.organisation.models import Person, School
from backend.organisation.roles import Role
from backend.rounds.models import Period
from backend.rounds.selectors.periods import templates_of, today_of
from backend.rounds.services.periods import PeriodDraft, period_approve, period_draw_up

TEMPLATE, AHEAD, DAYS = "EXAMS", timedelta(days=10), timedelta(days=3)
PLACES = ("main-gate", "teaching-building", "dormitory", "gate")
WHY = "期末考试在本校举行。"


def period_lay_out(*, code: str, now: datetime) -> None:
    """Give a school a period that is coming, by its principal; one that has any keeps what it has."""
    school = School.objects.get(code=code)
    leading = Person.objects.filter(school=school, user__isnull=False, appointments__post__role=Role.PRINCIPAL)
    user_id = leading.order_by("staff_number").values_list("user_id", flat=True).first()
    actor = actor_get(user_id=user_id) if user_id else None
    if actor is None or Period.objects.filter(school=school).exists():
        return
    if TEMPLATE not in templates_of(actor=actor)[1]:
        return
    first = today_of(school, now) + AHEAD
    places = tuple(school.places.filter(code__in=PLACES).order_by("code").values_list("code", flat=True))
    draft = PeriodDraft(template=TEMPLATE, starts_on=first, ends_on=first + DAYS, places=places)
    row = period_draw_up(actor=actor, draft=draft, words=WHY, now=now)
    period_approve(actor=actor, period_id=row.id, words=WHY, now=now)
