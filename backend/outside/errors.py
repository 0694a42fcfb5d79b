"""Refusals about reports to somebody outside, each with a stable code."""

from django.utils.translation import gettext_lazy as _

from backend.common.errors import Conflict, Invalid, PermissionDenied


class NotForTelling(PermissionDenied):
    """The person works at another place, or sees the ticket as its reporter alone."""

    code = "not_for_telling"
    title = _("Only those at the school who work on this or lead note what was told outside. Please tell them.")


class ToldInFuture(Invalid):
    """The instant at which it is said to have been told is yet to come."""

    code = "told_in_future"
    title = _("This time is yet to come. Note it once it was told.")


class ToldBeforeEvent(Invalid):
    """The instant at which it is said to have been told is before it happened."""

    code = "told_before_event"
    title = _("This time is before it happened. Please check the day and the time.")


class UnknownCaller(Invalid):
    """The person who is said to have told it does not work at the school."""

    code = "unknown_caller"
    title = _("This person does not work at the school. Choose whoever told it.")


class DutySettled(Conflict):
    """The report was made or put aside meanwhile, so that only a correction is possible."""

    code = "outside_settled"
    title = _("Somebody has noted this already. If it is not right, correct their entry: both stay on record.")


class DutyNotTold(Conflict):
    """There is nothing yet that could be followed up or taken back."""

    code = "outside_not_told"
    title = _("Nothing is noted yet that could be followed up. Note first that it was told.")


class UnknownWord(Invalid):
    """The word to be corrected is none of this report, is of another kind, or was corrected already."""

    code = "unknown_word"
    title = _("This entry cannot be corrected any more. Look at the newest one.")


class UnknownOutsideClock(Invalid):
    """The rules of the ticket have no such report, or nobody was told to whom it could go on."""

    code = "unknown_outside_clock"
    title = _("The rules of this ticket have no such report, or nobody was told before.")


class OutsideExercise(Conflict):
    """The ticket is an exercise."""

    code = "outside_exercise"
    title = _("This is an exercise. Nobody outside is told of it.")
