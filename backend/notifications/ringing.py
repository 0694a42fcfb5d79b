"""The rules of ringing: whether and when a notice rings by which channels, and which has to reach somebody. Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import models
from django.utils.translation import gettext_lazy as _

from backend.calendars.working_time import first_instant
from backend.rulebook.ruleset import QuietHours, Severity
from backend.workflow.actions.comment import COMMENT
from backend.workflow.actions.route import ROUTE
from backend.workflow.system_events import ESCALATED

REST = timedelta(seconds=30)
URGENT_REST = timedelta(seconds=5)


class Group(models.TextChoices):
    """The groups of messages for which people choose their channels."""

    NEW_TICKET = "new_ticket", _("New tickets for my office")
    ESCALATION = "escalation", _("Missed deadlines that come to me")
    WORK = "work", _("Changes on tickets I work on")
    MY_REPORT = "my_report", _("My own reports")
    COMMENT = "comment", _("Comments")
    SYSTEM = "system", _("Rulebook and system")


GROUPS: dict[str, Group] = {
    ROUTE.name: Group.NEW_TICKET,
    ESCALATED.name: Group.ESCALATION,
    COMMENT.name: Group.COMMENT,
}
MUST_REACH = frozenset({ROUTE.name, ESCALATED.name})
"""Whoever is told these has to act; if nothing reaches them, the next person up is told."""
ALWAYS_RINGS = frozenset({Group.NEW_TICKET, Group.ESCALATION})


def group_of(*, kind: str, has_ticket: bool, to_reporter: bool) -> Group:
    """Return the group a message belongs to; one of a kind not known here is a change, or news of the system."""
    if not has_ticket:
        return Group.SYSTEM
    if kind in GROUPS:
        return GROUPS[kind]
    return Group.MY_REPORT if to_reporter else Group.WORK


def keeps_one_channel(*, group: Group, severity: str) -> bool:
    """Say whether a message rings on one channel even where the person has switched all of them off."""
    return severity == Severity.P1 and group in ALWAYS_RINGS


@dataclass(frozen=True, slots=True)
class Ring:
    """The facts that decide whether and when a notice rings: its group, its urgency and the school's quiet hours.

    What belongs to no group rings by every channel; nobody can switch it off.
    """

    school_id: UUID | None
    zone: str
    group: Group | None
    severity: Severity
    quiet: QuietHours
    by_one: bool = False
    """True where one channel is enough, the first that it is on for: what can be read just as well tomorrow."""

    @property
    def is_urgent(self) -> bool:
        """Whether the channel rests only shortly before it."""
        return self.severity is Severity.P1

    def earliest(self, now: datetime) -> datetime:
        """Return `now`, or the end of the quiet hours."""
        return rings_at(quiet=self.quiet, severity=self.severity, at=now, zone=self.zone)


def rings_at(*, quiet: QuietHours, severity: Severity, at: datetime, zone: str) -> datetime:
    """Return `at`, or the next end of the quiet hours where they hold then and this severity does not ring in them.

    An end that the clocks skip is the instant of skipping, and one that they show twice is the first of the two.
    """
    local = at.astimezone(ZoneInfo(zone))
    if severity not in quiet.severities or not quiet.holds(local.time()):
        return at
    day = local.date() if local.time() < quiet.ends else local.date() + timedelta(days=1)
    return max(at, first_instant(datetime.combine(day, quiet.ends), ZoneInfo(zone)).astimezone(at.tzinfo))


@dataclass(frozen=True, slots=True)
class Bell:
    """A verified channel of somebody: the groups it is off for, and when a message last went out by it."""

    channel_id: int
    kind: str
    off: frozenset[str]
    last_sent_at: datetime | None

    def rested_at(self, *, is_urgent: bool) -> datetime | None:
        """Return from when on the next message may go out by it; None where none went before."""
        return self.last_sent_at + rest_before(is_urgent=is_urgent) if self.last_sent_at else None


def rest_before(*, is_urgent: bool) -> timedelta:
    """Return how long a channel rests after a message before the next, so that a storm becomes a few digests."""
    return URGENT_REST if is_urgent else REST
