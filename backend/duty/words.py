"""The words for kinds of duty and for the parts in them. Pure."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from backend.duty.models import DutyShift, DutySlot

KINDS: dict[str, Promise] = {
    DutyShift.Kind.WEEK: gettext_lazy("Week on duty"),
    DutyShift.Kind.NOON: gettext_lazy("Noon duty"),
    DutyShift.Kind.GATE: gettext_lazy("Gate duty"),
    DutyShift.Kind.NIGHT: gettext_lazy("Night duty"),
    DutyShift.Kind.HOLIDAY: gettext_lazy("Holiday duty"),
}
PARTS: dict[str, Promise] = {
    DutySlot.Part.LEADER: gettext_lazy("You lead this duty."),
    DutySlot.Part.TEACHER: gettext_lazy("You serve in this duty."),
}
