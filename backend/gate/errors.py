"""Refusals about the gate, each with a stable code."""

from django.utils.translation import gettext_lazy as _

from backend.common.errors import Conflict, Invalid


class UnknownVisited(Invalid):
    """The person or office that is visited is none of the school, or has left it."""

    code = "unknown_visited"
    title = _("Please choose who is visited from the people and offices of this school.")


class VisitedUnsaid(Invalid):
    """Whoever is let in visits one person or one office."""

    code = "visited_unsaid"
    title = _("Please choose one person or one office that is visited.")


class UnknownGate(Invalid):
    """The gate is no place of the school."""

    code = "unknown_gate"
    title = _("Please choose a gate from the places of this school.")


class NotInside(Conflict):
    """Whoever has left, or was not let in, is not inside."""

    code = "not_inside"
    title = _("They have left already, or were not let in. Load the page again and look.")


class NotOpenToday(Conflict):
    """People are counted without names on an open day alone."""

    code = "not_open_today"
    title = _("Today is no open day. Enter each visitor by name, or ask a school leader to make it one.")


class CountBelowZero(Conflict):
    """No more people are taken away from a count than were counted."""

    code = "count_below_zero"
    title = _("So many were not counted at this gate. Load the page again and look.")


class DayPast(Invalid):
    """An open day is not made of a day that is past."""

    code = "day_past"
    title = _("This day is over. Please choose today or a later day.")


class OpenAlready(Conflict):
    """A day is made an open day once."""

    code = "open_already"
    title = _("This day is an open day already.")


class OpenDayCounted(Conflict):
    """A day on which people were counted stays an open day."""

    code = "open_day_counted"
    title = _("People have been counted on this day, so it stays on record.")


class TooManyEntries(Conflict):
    """A visit takes so many entries and no more."""

    code = "too_many_entries"
    title = _("This was changed too often. Enter the visitor anew.")
