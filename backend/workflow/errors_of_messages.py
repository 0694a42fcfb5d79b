"""Refusals of messages between an office and a reporter who gave no name."""

from django.utils.translation import gettext_lazy as _

from backend.common.errors import Conflict


class TooManyMessages(Conflict):
    """The reporter has written as often as they can about one report."""

    code = "too_many_messages"
    title = _("A hundred messages about one report are enough. If it is about something else, please file a new one.")
