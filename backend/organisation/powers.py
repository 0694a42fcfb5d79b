"""Powers over people: which posts give them, which change waits for a second person, and for how long. Pure."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from backend.organisation.roles import Role

OVER_SEALED = frozenset({Role.PROTECTION_LEAD, Role.PRINCIPAL, Role.BOARD_CHAIR, Role.BUREAU_OFFICER})
"""Roles that open sealed tickets; officers of the bureau are among them, because they also confirm for its schools."""
GUARDED = OVER_SEALED | {Role.COORDINATOR, Role.ADMINISTRATOR}
"""Roles whose posts, addresses and accounts never change unseen."""
WITH_SECOND_FACTOR = OVER_SEALED | {Role.ADMINISTRATOR}
"""Roles whose holders sign in with a second factor once their school is live."""
SECOND_FACTOR_AFTER = timedelta(days=7)
"""The time they have for it from then on: a page that reports a fire is not closed overnight."""
WITNESSES = frozenset({Role.PROTECTION_LEAD, Role.PRINCIPAL})
"""The roles that hear of every such change at a school; at the bureau its officers do."""
REMINDED_AFTER = (timedelta(days=1), timedelta(days=3))
GOOD_FOR = timedelta(days=7)
"""For how long a change waits for a second person before it is gone."""


@dataclass(frozen=True, slots=True)
class Term:
    """Somebody on a post for a time."""

    post_id: UUID
    person_id: UUID
    role: Role
    starts_at: datetime
    ends_at: datetime | None

    def is_over(self, now: datetime) -> bool:
        """Say whether it has ended."""
        return self.ends_at is not None and self.ends_at <= now


def gives_power(*, before: Term | None, after: Term, now: datetime) -> bool:
    """Say whether a change lets somebody read sealed tickets at a time, from now on, at which they could not before."""
    if after.role not in OVER_SEALED or after.is_over(now):
        return False
    if before is None or before.is_over(now) or (before.post_id, before.person_id) != (after.post_id, after.person_id):
        return True
    begins_earlier = max(after.starts_at, now) < max(before.starts_at, now)
    ends_later = before.ends_at is not None and (after.ends_at is None or after.ends_at > before.ends_at)
    return begins_earlier or ends_later


def covered_until(*, terms: Collection[tuple[datetime, datetime | None]], now: datetime) -> datetime:
    """Return until when one term after the other, by beginning and end, leaves no gap; without one now that is now."""
    until = now
    for starts_at, ends_at in sorted(terms, key=lambda term: term[0]):
        if starts_at > until:
            break
        until = max(until, ends_at or datetime.max.replace(tzinfo=UTC))
    return until


def next_look(*, asked_at: datetime, now: datetime) -> datetime:
    """Return when a change that waits is looked at next: to remind whoever can confirm it, at last to let it go."""
    looks = (asked_at + pause for pause in (*REMINDED_AFTER, GOOD_FOR))
    return next((at for at in looks if at > now), asked_at + GOOD_FOR)
