"""The periods for which the system keeps what it holds of people, and by whom each is ended. Pure."""

from dataclasses import dataclass
from enum import Enum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class End(Enum):
    """The ways in which something that was kept goes."""

    SYSTEM = _("The system removes it by itself.")
    PEOPLE = _("An administrator removes or overwrites it.")
    OWNER = _("Whoever runs the server erases single entries of a ticket on request; reports themselves stay so far.")
    STAYS = _("Nothing removes it so far.")
    NEVER = _("It stays: without it nobody could prove that nothing was changed.")


@dataclass(frozen=True, slots=True)
class Period:
    """A span of keeping: of what, how long by the rules, and how it ends."""

    of: str | Promise
    lasts: str | Promise
    end: End


WORK = Period(
    _("Who works here, posts, places, calendars, settings"), _("As long as the school works with it"), End.PEOPLE
)
ACCOUNTS = Period(_("Sign-ins, sessions, second factors"), _("Until they end, at most a week longer"), End.SYSTEM)
TICKETS = Period(
    _("Tickets, reports, photos and all that was said on them"),
    _("Three years after they close; class K2 until the pupil leaves and three years more"),
    End.OWNER,
)
CALLERS = Period(
    _("On whose behalf somebody reported, and how to reach them"), _("Thirty days after the ticket closes"), End.STAYS
)
PATROLS = Period(_("Rounds, inspections, meetings, plans and exercises"), _("At least a year"), End.STAYS)
VISITORS = Period(_("Visitors at the gate"), _("Ninety days"), End.SYSTEM)
NEWS = Period(_("Messages to colleagues, and whether they arrived"), _("At least a year"), End.STAYS)
QUEUES = Period(_("Work that waits for a moment, and answers kept for a retry"), _("Two to seven days"), End.SYSTEM)
TRAININGS = Period(
    _("Who was at which training, and whose next one was due"), _("Three years after it stops counting"), End.SYSTEM
)
UPLOADS = Period(_("Files on their way in"), _("Seven days"), End.SYSTEM)
PROGRAMS = Period(_("Calls of other programs, events and to-dos for them"), _("A month to 400 days"), End.SYSTEM)
ROSTERS = Period(_("Lists of staff from a portal that nobody took in"), _("One day"), End.SYSTEM)
RECORD = Period(
    _("The ledger, what was changed by whom, and its signatures"), _("As long as the school keeps records"), End.NEVER
)
PERIODS = (
    *(TICKETS, CALLERS, PATROLS, TRAININGS, VISITORS, NEWS, WORK, ACCOUNTS),
    *(UPLOADS, QUEUES, PROGRAMS, ROSTERS, RECORD),
)
