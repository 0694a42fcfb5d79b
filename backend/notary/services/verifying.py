"""Verifying the record by itself: each night what is new or changed, once a week all of it, a part at a time."""

import logging
import time
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from django.db import transaction

from backend.common.sealed.folder import ContentsLocked
from backend.notary.models import Verification, VerificationMark
from backend.notary.recomputing import TreeBroken, present_check
from backend.notary.selectors import begun_last, findings_answered, verification_held
from backend.notary.verification import TreeWalk
from backend.workflow.verification import FIRST, ledger_verdicts

logger = logging.getLogger(__name__)

SECONDS = 20.0
"""The length of one part, by far less than a worker gives to a task."""
LEASE = timedelta(minutes=3)
NIGHT = timedelta(hours=18, minutes=30)
"""The time of day, in UTC, from which a verification begins: half past two in China."""
WEEKDAY = 5
"""Saturday in UTC, in the night before Sunday in China: all of it is verified."""
FULL_EVERY = timedelta(days=7)
LOOK_BACK = timedelta(minutes=10)
"""A change is stamped before it is committed, by less than this."""
MOST_FINDINGS = 20
LONGEST_FINDING = 400
Step = VerificationMark.Step


def verification_go_on(*, now: datetime, seconds: float = SECONDS) -> Verification | None:
    """Go on with the verification that is under way, or begin the one of this night; return it once it has ended."""
    mark = _taken(now)
    if mark is None:
        return None
    mark.answered = findings_answered()
    try:
        _go_on(mark, time.monotonic() + seconds)
    except (TreeBroken, ContentsLocked) as error:
        _find(mark, str(error) if isinstance(error, TreeBroken) else "confidential words cannot be opened")
        mark.after = None
        mark.step = NEXT[mark.step]  # what comes next is verified all the same, or one break would hide all others
    ended = _ended(mark, now) if mark.step == Step.DONE else None
    mark.taken_until = None
    mark.save()
    return ended


@transaction.atomic
def _taken(now: datetime) -> VerificationMark | None:
    """Take the row for a while; None where nothing is to be done, or another one is at it."""
    VerificationMark.objects.get_or_create(id=1)
    mark = VerificationMark.objects.select_for_update(skip_locked=True).first()
    if mark is None or (mark.taken_until and mark.taken_until > now):
        return None
    if mark.step == Step.DONE:
        if not _is_due(now):
            return None
        _begin(mark, now)
    mark.taken_until = now + LEASE
    mark.save()
    return mark


def _is_due(now: datetime) -> bool:
    last = begun_last()
    tonight = now.replace(hour=0, minute=0, second=0, microsecond=0) + NIGHT
    return last is not None and last < (tonight if now >= tonight else tonight - timedelta(days=1))


def _begin(mark: VerificationMark, now: datetime) -> None:
    """Begin where the last one ended that found nothing, or from the first leaf on."""
    last = Verification.objects.order_by("-id").first()
    full = verification_held(is_full=True)
    is_recent = full is not None and now - full.begun_at < FULL_EVERY
    goes_on = last is not None and not last.findings and is_recent and now.weekday() != WEEKDAY
    mark.is_full, mark.begun_at, mark.step, mark.after = not goes_on, now, Step.CHAINS, None
    mark.tickets = mark.events = 0
    mark.findings = []
    mark.since = last.begun_at - LOOK_BACK if last and goes_on else None
    mark.first = mark.size = last.size if last and goes_on else 0
    mark.roots = last.roots if last and goes_on else []


def _go_on(mark: VerificationMark, until: float) -> None:
    while mark.step != Step.DONE and STEPS[mark.step](mark, until):
        mark.after = None
        mark.step = NEXT[mark.step]


def _chains(mark: VerificationMark, until: float) -> bool:
    """Walk the chains; a broken one keeps nobody from looking at the next."""
    for verdict in ledger_verdicts(after=mark.after or FIRST, since=mark.since):
        if verdict.broken:
            _find(mark, f"ticket {verdict.reference}, event {verdict.broken.sequence}: {verdict.broken.reason}")
        mark.after = verdict.ticket_id
        mark.tickets += 1
        mark.events += verdict.events
        if time.monotonic() >= until:
            return False
    return True


def _leaves(mark: VerificationMark, until: float) -> bool:
    since = mark.begun_at.date() if mark.begun_at and not mark.is_full else None
    walk = TreeWalk(
        size=mark.size, roots=[bytes(one) for one in mark.roots], since=since - timedelta(days=2) if since else None
    )
    while True:  # once at least: reading what lies elsewhere may have taken all of the time
        try:
            is_over = not walk.go_on() and walk.end()
        finally:
            for finding in walk.found():
                _find(mark, finding)
        mark.size, mark.roots = walk.size, walk.roots()
        if is_over or time.monotonic() >= until:
            return is_over


def _present(mark: VerificationMark, until: float) -> bool:
    for after, broken in present_check(after=mark.after or FIRST, first=mark.first):
        for finding in broken:
            _find(mark, finding)
        mark.after = after
        if time.monotonic() >= until:
            return False
    return True


STEPS: Mapping[str, Callable[[VerificationMark, float], bool]] = {
    Step.CHAINS: _chains,
    Step.LEAVES: _leaves,
    Step.PRESENT: _present,
}
"""Each goes on until it is through, and says whether it is."""
NEXT: Mapping[str, Step] = {Step.CHAINS: Step.LEAVES, Step.LEAVES: Step.PRESENT, Step.PRESENT: Step.DONE}


def _find(mark: VerificationMark, finding: str) -> None:
    """Keep a finding; those that nobody has answered go before the others, which may find no room any more."""
    found = [*mark.findings, finding[:LONGEST_FINDING]]
    mark.findings = sorted(dict.fromkeys(found), key=mark.answered.__contains__)[:MOST_FINDINGS]


def _ended(mark: VerificationMark, now: datetime) -> Verification:
    for finding in mark.findings:
        logger.error("ALARM: the record does not hold: %s.", finding)
    said = {name: getattr(mark, name) for name in ("is_full", "begun_at", "tickets", "events", "first", "size")}
    return Verification.objects.create(**said, ended_at=now, roots=mark.roots, findings=mark.findings)
