"""The periods for which the system keeps what it holds of people, and by whom each is ended. Pure."""

from dataclasses import dataclass
from enum import Enum

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from backend.rulebook.keeping import Keeping, days_said


class End(Enum):
    """The ways in which something that was kept goes."""

    SYSTEM = _("The system removes it by itself.")
    PEOPLE = _("An administrator removes or overwrites it.")
    DAILY = _("The system empties it by itself, every day, unless it is kept as evidence.")
    NEVER = _("It stays: without it nobody could prove that nothing was changed.")


@dataclass(frozen=True, slots=True)
class Period:
    """A span of keeping: of what, how long, and how it ends; `lasts` is said where the school's rules have no time."""

    key: str
    of: str | Promise
    lasts: str | Promise
    end: End

    def lasts_by(self, keeping: Keeping) -> str:
        """Return how long it lasts by the rules of a school."""
        if self.key == "tickets":
            words = {"open": days_said(keeping.tickets), "sealed": days_said(keeping.sealed_tickets)}
            return gettext("%(open)s after they close; whatever ever was of class K2 for %(sealed)s") % words
        if self.key == "callers":
            return gettext("%(time)s after the ticket closes") % {"time": days_said(keeping.callers)}
        if self.key in {"patrols", "news"}:
            return days_said(getattr(keeping, self.key))
        return str(self.lasts)


WORK = Period(
    "work",
    _("Who works here, posts, places, calendars, settings"),
    _("As long as the school works with it"),
    End.PEOPLE,
)
ACCOUNTS = Period(
    "accounts", _("Sign-ins, sessions, second factors"), _("Until they end, at most a week longer"), End.SYSTEM
)
TICKETS = Period("tickets", _("Tickets, reports, photos and all that was said on them"), "", End.DAILY)
CALLERS = Period("callers", _("On whose behalf somebody reported, and how to reach them"), "", End.DAILY)
PATROLS = Period("patrols", _("Rounds, inspections, meetings, plans and exercises"), "", End.DAILY)
VISITORS = Period("visitors", _("Visitors at the gate"), _("Ninety days"), End.SYSTEM)
NEWS = Period("news", _("Messages to colleagues, and whether they arrived"), "", End.DAILY)
QUEUES = Period(
    "queues", _("Work that waits for a moment, and answers kept for a retry"), _("Two to seven days"), End.SYSTEM
)
TRAININGS = Period(
    "trainings",
    _("Who was at which training, and whose next one was due"),
    _("Three years after it stops counting"),
    End.SYSTEM,
)
UPLOADS = Period("uploads", _("Files on their way in"), _("Seven days"), End.SYSTEM)
PROGRAMS = Period(
    "programs", _("Calls of other programs, events and to-dos for them"), _("A month to 400 days"), End.SYSTEM
)
ROSTERS = Period("rosters", _("Lists of staff from a portal that nobody took in"), _("One day"), End.SYSTEM)
RECORD = Period(
    "record",
    _("The ledger, what was changed by whom, and its signatures"),
    _("As long as the school keeps records"),
    End.NEVER,
)
PERIODS = (
    *(TICKETS, CALLERS, PATROLS, TRAININGS, VISITORS, NEWS, WORK, ACCOUNTS),
    *(UPLOADS, QUEUES, PROGRAMS, ROSTERS, RECORD),
)
