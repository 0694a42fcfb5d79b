"""Refusals of files made of figures and tickets, and of weekly bulletins."""

from django.utils.translation import gettext_lazy as _

from backend.common.errors import Conflict, Invalid


class TooManyExports(Conflict):
    """The person has as many files in the making as one may have."""

    code = "too_many_exports"
    title = _("Three of your files are still being made. Please wait until one of them is ready.")


class ExportNotReady(Conflict):
    """The file is still being made."""

    code = "export_not_ready"
    title = _("This file is still being made. You will be told when it is ready.")
    retry_after = 5


class ExportOutdated(Conflict):
    """The file holds something that its owner may not know of any more."""

    code = "export_outdated"
    title = _("This file holds something that is not open to you any more. Please have it made anew.")


class WeekNotOver(Invalid):
    """The day is no Monday, or the week is not over or too long ago."""

    code = "week_not_over"
    title = _("A bulletin is about a whole week of the last year that is over. Please choose another one.")


class CorrectionUnexplained(Invalid):
    """The week has a bulletin already, and nothing is said of what was wrong with it."""

    code = "correction_unexplained"
    title = _("This week has a bulletin. Please say what was wrong with it: this one will be its correction.")


class BulletinChanged(Conflict):
    """The bulletin was counted or worded anew since it was read, or is published."""

    code = "bulletin_changed"
    title = _("This was changed or published meanwhile. Please read it again.")
