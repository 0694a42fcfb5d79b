"""Shifts in which nobody serves: nobody is entered, or whoever is has left or is away all the time."""

from datetime import datetime, timedelta

from django.contrib.postgres.fields import DateTimeRangeField
from django.db.models import Aggregate, BooleanField, Exists, F, Func, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Greatest

from backend.duty.models import Absence, DutyShift, DutySlot
from backend.duty.shift_rules import LED_KINDS
from backend.organisation.models import Appointment

LOOKED_AHEAD = timedelta(days=28)


class _Together(Aggregate):
    """Spans of time as one, those that touch joined."""

    function = "range_agg"
    output_field = DateTimeRangeField()


class _Covers(Func):
    """Say whether the first span of time holds the whole second one; none holds nothing."""

    template = "COALESCE(%(expressions)s, false)"
    arg_joiner = " @> "
    output_field = BooleanField()


def _span(begins: str, ends: str) -> Func:
    return Func(F(begins), F(ends), function="tstzrange", output_field=DateTimeRangeField())


def shifts_unmanned(*, shifts: QuerySet[DutyShift], now: datetime) -> QuerySet[DutyShift]:
    """Return which of the shifts of the next 28 days have nobody, or nobody to lead where their kind needs it.

    Somebody serves who holds a post when the shift begins, whose account is not closed, and who is not absent from
    its beginning (or from now) until its end, in one absence or in several that follow each other.
    """
    slots = DutySlot.objects.filter(shift=OuterRef("pk")).annotate(begins=Greatest(F("shift__starts_at"), Value(now)))
    lasting = Q(ends_at__isnull=True) | Q(ends_at__gt=OuterRef("begins"))
    posts = Appointment.objects.filter(lasting, person=OuterRef("person"), starts_at__lte=OuterRef("begins"))
    absences = Absence.objects.filter(
        person=OuterRef("person"), starts_at__lt=OuterRef("shift__ends_at"), ends_at__gt=OuterRef("begins")
    )
    together = absences.values("person").annotate(away=_Together(_span("starts_at", "ends_at"))).values("away")
    is_away = _Covers(Subquery(together), _span("begins", "shift__ends_at"))
    serving = slots.filter(Exists(posts), ~is_away).exclude(person__user__is_active=False)
    led = Q(kind__in=sorted(LED_KINDS))
    nobody = (led & ~Exists(serving.filter(part=DutySlot.Part.LEADER))) | (~led & ~Exists(serving))
    return shifts.filter(nobody, ends_at__gt=now, starts_at__lt=now + LOOKED_AHEAD)
