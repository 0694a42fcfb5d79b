"""Refusals about the training log, each with a stable code."""

from django.utils.translation import gettext_lazy as _

from backend.common.errors import Conflict, Invalid, PermissionDenied


class NotYourClass(PermissionDenied):
    """Head teachers record what their own classes had, and nothing of others."""

    code = "not_your_class"
    title = _("You record lessons of your own classes. For colleagues or other classes, ask the office that held it.")


class UnknownTraining(Invalid):
    """The school's rules require no training of this code."""

    code = "unknown_training"
    title = _("Your school's rules have no such training. Load the page again and choose.")


class UntitledTraining(Invalid):
    """It is neither a required training nor has it a title."""

    code = "untitled_training"
    title = _("Please choose a required training, or say what was held.")


class UnknownAttendee(Invalid):
    """Somebody who was there does not work at the school."""

    code = "unknown_attendee"
    title = _("Please choose only people who work at this school.")


class UnknownClass(Invalid):
    """A class is none of the school, or stands twice."""

    code = "unknown_class"
    title = _("Please choose classes of this school, each once.")


class NobodyPresent(Invalid):
    """Neither a person nor a class was there."""

    code = "nobody_present"
    title = _("Please say who was there: colleagues, classes, or both.")


class HeldInFuture(Invalid):
    """Nothing is recorded before it was held."""

    code = "held_in_future"
    title = _("This day is still to come. Record it once it has been held.")


class CountsBackwards(Invalid):
    """It would stop counting before it was held."""

    code = "counts_backwards"
    title = _("It cannot stop counting before the day on which it was held.")


class TooManyPresent(Invalid):
    """More pupils were present than belong to the class."""

    code = "too_many_present"
    title = _("More pupils are entered as present than belong to the class.")


class AlreadyVoid(Conflict):
    """It was made void before."""

    code = "already_void"
    title = _("This entry is void already. Load the page again and look.")
