"""Subjects of notices: each kind has a renderer that says how a notice of it rings and reads."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol
from uuid import UUID
from zoneinfo import ZoneInfo

from backend.notifications.kinds import Group
from backend.notifications.messages import Facts
from backend.notifications.models import Notice
from backend.rulebook.ruleset import QuietHours, Severity


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

    @property
    def is_urgent(self) -> bool:
        """Whether the channel rests only shortly before it."""
        return self.severity is Severity.P1

    def earliest(self, now: datetime) -> datetime:
        """Return `now`, or the end of the quiet hours."""
        return rings_at(quiet=self.quiet, severity=self.severity, at=now, zone=self.zone)


def rings_at(*, quiet: QuietHours, severity: Severity, at: datetime, zone: str) -> datetime:
    """Return `at`, or the next end of the quiet hours where they hold then and this severity does not ring in them."""
    local = at.astimezone(ZoneInfo(zone))
    if severity not in quiet.severities or not quiet.holds(local.time()):
        return at
    day = local.date() if local.time() < quiet.ends else local.date() + timedelta(days=1)
    return datetime.combine(day, quiet.ends, local.tzinfo).astimezone(at.tzinfo)


Words = Callable[[], Facts]
"""The content of a message about a notice, in the language that is active when it is asked for."""


class Renderer(Protocol):
    """One kind of subject; each answer is for any number of notices, and costs the same few statements."""

    def rings(self, notices: Sequence[Notice]) -> Mapping[UUID, Ring]:
        """Return by the notice's id how it rings."""
        ...

    def words(self, notices: Sequence[Notice]) -> Mapping[UUID, Words]:
        """Return by the notice's id what a message says of it; each notice comes with its person.

        A notice whose reason is gone has no words, and is not sent.
        """
        ...


def rings_of(*, notices: Sequence[Notice], renderers: Mapping[str, Renderer]) -> dict[UUID, Ring]:
    """Return how each notice rings, whatever they are about."""
    found: dict[UUID, Ring] = {}
    for kind, own in _by_kind(notices).items():
        found.update(renderers[kind].rings(own))
    return found


def words_of(*, notices: Sequence[Notice], renderers: Mapping[str, Renderer]) -> dict[UUID, Words]:
    """Return what a message says of each notice, whatever they are about."""
    found: dict[UUID, Words] = {}
    for kind, own in _by_kind(notices).items():
        found.update(renderers[kind].words(own))
    return found


def _by_kind(notices: Sequence[Notice]) -> dict[str, list[Notice]]:
    by_kind: dict[str, list[Notice]] = defaultdict(list)
    for notice in notices:
        by_kind[notice.subject_kind].append(notice)
    return by_kind
