"""Shifts in which nobody serves: nobody is entered, or whoever is has left or is away all the time."""

from datetime import datetime, timedelta

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Greatest

from backend.duty.models import Absence, DutyShift, DutySlot
from backend.duty.shift_rules import LED_KINDS
from backend.organisation.models import Appointment

LOOKED_AHEAD = timedelta(days=28)


def shifts_unmanned(*, shifts: QuerySet[DutyShift], now: datetime) -> QuerySet[DutyShift]:
    """Return which of the shifts of the next 28 days have nobody, or nobody to lead where their kind needs it.

    Somebody serves who holds a post when the shift begins, whose account is not closed, and who is not absent from
    its beginning (or from now) until its end.
    """
    slots = DutySlot.objects.filter(shift=OuterRef("pk")).annotate(begins=Greatest(F("shift__starts_at"), Value(now)))
    lasting = Q(ends_at__isnull=True) | Q(ends_at__gt=OuterRef("begins"))
    posts = Appointment.objects.filter(lasting, person=OuterRef("person"), starts_at__lte=OuterRef("begins"))
    away = Absence.objects.filter(
        person=OuterRef("person"), starts_at__lte=OuterRef("begins"), ends_at__gte=OuterRef("shift__ends_at")
    )
    serving = slots.filter(Exists(posts), ~Exists(away)).exclude(person__user__is_active=False)
    led = Q(kind__in=sorted(LED_KINDS))
    nobody = (led & ~Exists(serving.filter(part=DutySlot.Part.LEADER))) | (~led & ~Exists(serving))
    return shifts.filter(nobody, ends_at__gt=now, starts_at__lt=now + LOOKED_AHEAD)
