"""Refusals about meetings, each with a stable code."""

from django.utils.translation import gettext_lazy as _

from backend.common.errors import Conflict, Invalid


class MeetingOver(Conflict):
    """The minutes of a meeting are closed."""

    code = "meeting_over"
    title = _("This meeting is over, and its minutes stay as they are. Bring it to the next one.")


class DayOver(Invalid):
    """The day of a meeting is past."""

    code = "day_over"
    title = _("This day is over. Please choose today or a later day.")


class ItemSettled(Conflict):
    """An item has an outcome, or was taken off."""

    code = "item_settled"
    title = _("This is settled already, or was taken off the agenda. Load the page again to see what came of it.")


class OnTheAgenda(Conflict):
    """A ticket stands on an agenda once."""

    code = "on_the_agenda"
    title = _("This ticket is on the agenda already.")


class AgendaFull(Conflict):
    """An agenda takes so many tickets and no more."""

    code = "agenda_full"
    title = _("This agenda is full. Take something off it first, or bring the ticket to the next meeting.")


class UnknownPresent(Invalid):
    """Somebody who is said to have been present is none of the school, or has left it."""

    code = "unknown_present"
    title = _("Somebody of those present does not work at this school. Please choose from the list.")
