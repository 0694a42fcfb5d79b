"""Facts that have to hold of a ticket before an action can be taken; what they refuse is never offered."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from uuid import UUID

from backend.common.errors import DomainError
from backend.deadlines.models import Timer
from backend.rulebook.ruleset import ClockName, Confidentiality, Kind, Severity
from backend.workflow.affected_errors import SomebodyUntold, StaysUnpublished, TooManyAffected
from backend.workflow.asked import parts_asked
from backend.workflow.clocks import rules_of, timers_of_ticket, wait_deadline, waits_over
from backend.workflow.errors import (
    ActionUnavailable,
    ContestingTooLate,
    DeadlineMissed,
    InterimControlMissing,
    PromiseStands,
    ReopeningTooLate,
    StepStands,
    TooManyParts,
    WaitingUsedUp,
)
from backend.workflow.errors_of_handing import AdoptedAlready, HandoverDecided, OfferOpen, StaysWithTheTeam
from backend.workflow.errors_of_reviewing import ReviewerCannotPublish
from backend.workflow.merge_errors import OthersMergedHere, OthersReportedToo, UnmergingTooLate
from backend.workflow.merging import merge_of, merged_here
from backend.workflow.models import CauseReview, PartOutcome, ReporterMode, Ticket, TicketPart
from backend.workflow.support_errors import OwnPlace, SafeAlready, SubtaskUnsettled
from backend.workflow.system_events import OPENED

REOPENING_TIME = timedelta(days=7)
CONTESTING_TIME = timedelta(days=7)
MOST_PARTS = 20
"""The number of parts of a ticket that can be open at once."""
UNMERGING_TIME = timedelta(days=7)
MOST_RETURNS = 2
"""The number of refused offers after which only somebody above decides whose a ticket is."""
MOST_AFFECTED = 20
"""The number of affected parties that a ticket can have."""
MOST_WAITS = 10
"""The number of times a ticket can wait until it is reopened, however short each is."""


class Situation:
    """A ticket at an instant, as facts see it; its open timers are read once, when a fact asks for them."""

    def __init__(
        self, *, ticket: Ticket, now: datetime, timers: Sequence[Timer] | None = None, actor_id: UUID | None = None
    ) -> None:
        """Take a ticket with its school, its open timers where the caller has them already, and who would act."""
        self.ticket = ticket
        self.now = now
        self.actor_id = actor_id
        if timers is not None:
            self.timers = timers

    @cached_property
    def timers(self) -> Sequence[Timer]:
        """The ticket's own open timers, running and resting; those of its parts (`target`) are none of them."""
        return timers_of_ticket(self.ticket)

    @property
    def parts(self) -> Sequence[TicketPart]:
        """The parts of the ticket that are open; one that never had any costs no statement."""
        if not self.ticket.part_count:
            return ()
        return [part for part in parts_asked(self.ticket) if part.is_open]

    @property
    def subtasks(self) -> Sequence[TicketPart]:
        """The sub-tasks that are not settled: open, or refused and not waived."""
        if not self.ticket.part_count:
            return ()
        return [part for part in parts_asked(self.ticket) if part.kind == ClockName.SUBTASK and part.is_unsettled]

    @cached_property
    def offers(self) -> Sequence[TicketPart]:
        """Every hand-over that was ever offered or decided; of a ticket without parts it costs no statement."""
        return list(self.ticket.parts.filter(kind=ClockName.OFFER)) if self.ticket.part_count else ()


@dataclass(frozen=True, slots=True)
class Fact:
    """Something that holds of a ticket at an instant or does not; `refusal` is raised where it has to and does not."""

    words: str
    holds: Callable[[Situation], bool]
    refusal: type[DomainError] = ActionUnavailable

    def __str__(self) -> str:
        return self.words


def _urgent_uncontained(at: Situation) -> bool:
    return at.ticket.severity == Severity.P1 and at.ticket.contained_at is None


def _made_safe(at: Situation) -> bool:
    ticket = at.ticket
    is_urgent_hazard = ticket.kind == Kind.HAZARD and ticket.severity in {Severity.P1, Severity.P2}
    return not is_urgent_hazard or ticket.interim_control_at is not None


def _not_missed(at: Situation) -> bool:
    resolving = [timer for timer in at.timers if timer.clock == ClockName.RESOLVE]
    return not any(timer.rung or at.now >= timer.due_at for timer in resolving)


def _wait_left(at: Situation) -> bool:
    if len(waits_over(at.ticket)) >= MOST_WAITS:
        return False
    return wait_deadline(at.ticket, since=at.now, now=at.now).due_at > at.now


def parts_open(at: Situation, kind: ClockName) -> Iterator[TicketPart]:
    """Yield the open parts of one kind, the soonest due first."""
    return (part for part in at.parts if part.kind == kind)


def has_open(kind: ClockName) -> Fact:
    """Return the fact that a part of this kind is open."""
    return Fact(f"a part is open: {kind}", lambda at: any(parts_open(at, kind)))


def offers_that(at: Situation, *outcomes: PartOutcome) -> int:
    """Return how many offers ended in one of these ways."""
    return sum(offer.outcome in outcomes for offer in at.offers)


def _may_be_offered(at: Situation) -> bool:
    """Say whether offices may hand it on: nothing binds since somebody above last said that they may."""
    ended = [(offer.ended_at, offer.outcome) for offer in at.offers if offer.ended_at]
    lifted = max((ended_at for ended_at, outcome in ended if outcome == PartOutcome.LIFTED), default=at.ticket.filed_at)
    since = [outcome for ended_at, outcome in ended if ended_at > lifted]
    return PartOutcome.DECIDED not in since and since.count(PartOutcome.REFUSED) < MOST_RETURNS


def _place_of_another(at: Situation) -> bool:
    place = at.ticket.place
    return place is not None and place.owner_id != at.ticket.owner_id


def _to_be_made_safe(at: Situation) -> bool:
    return not _made_safe(at) and not any(part.makes_safe and part.is_open for part in at.subtasks)


def _none_promised(at: Situation) -> bool:
    return not any(parts_open(at, ClockName.PROMISE))


def _reported_without_a_name(at: Situation) -> bool:
    """Say whether somebody follows it with a code; what was split off has none. A known reporter costs no statement."""
    if at.ticket.reporter_mode != ReporterMode.ANONYMOUS:
        return False
    return at.ticket.events.filter(kind=OPENED.name, actor_id=None).exists()


def _lesson_waits(at: Situation) -> bool:
    reviews = CauseReview.objects.filter(ticket=at.ticket, approved_at=None).exclude(lesson="")
    return at.ticket.part_count > 0 and reviews.exists()


def _found_by_another(at: Situation) -> bool:
    own = CauseReview.objects.filter(ticket=at.ticket, reviewed_by=at.actor_id) if at.actor_id else None
    return own is None or not own.exists()


def _within(allowed: timedelta, since: datetime | None, now: datetime) -> bool:
    return since is not None and now - since <= allowed


def _nothing_merged_here(at: Situation) -> bool:
    known = at.ticket.merged_here
    return not (merged_here(ticket=at.ticket) if known is None else known)


URGENT_UNCONTAINED = Fact("urgent, not contained yet", _urgent_uncontained)
MADE_SAFE = Fact("made safe, where it is an urgent or important hazard", _made_safe, InterimControlMissing)
FIXABLE_AT_ONCE = Fact(
    "a hazard, and not of the most urgent",
    lambda at: at.ticket.kind == Kind.HAZARD and at.ticket.severity != Severity.P1,
)
DECLINE_PROPOSED = Fact("declining is proposed", lambda at: at.ticket.declining_id is not None)
NO_DECLINE_PROPOSED = Fact("declining is not proposed", lambda at: at.ticket.declining_id is None)
WAS_RESOLVED = Fact("was resolved, not withdrawn", lambda at: at.ticket.resolved_at is not None)
IS_CONFIDENTIAL = Fact("confidential", lambda at: at.ticket.confidentiality != Confidentiality.K0)
LOWERING_PROPOSED = Fact("lowering its class is proposed", lambda at: at.ticket.lowering_id is not None)
ROOM_FOR_PARTS = Fact("fewer than twenty parts are open", lambda at: len(at.parts) < MOST_PARTS, TooManyParts)
ROOM_FOR_AFFECTED = Fact(
    "fewer than twenty parties are affected", lambda at: at.ticket.affected_count < MOST_AFFECTED, TooManyAffected
)
SOMEBODY_UNTOLD = Fact("somebody affected is to be told", lambda at: at.ticket.untold_count > 0)
EVERYBODY_TOLD = Fact("everybody affected is told or waived", lambda at: not at.ticket.untold_count, SomebodyUntold)
MAY_BE_PUBLISHED = Fact("not of class K2", lambda at: at.ticket.confidentiality != Confidentiality.K2, StaysUnpublished)
ORDINARY_CLASS = Fact("not of class K2", lambda at: at.ticket.confidentiality != Confidentiality.K2, StaysWithTheTeam)
NO_OFFER_OPEN = Fact("no offer is open", lambda at: not any(parts_open(at, ClockName.OFFER)), OfferOpen)
MAY_BE_OFFERED = Fact("not returned twice, and nobody above decided to whom it goes", _may_be_offered, HandoverDecided)
SUBTASKS_SETTLED = Fact("no sub-task is open, or refused and not waived", lambda at: not at.subtasks, SubtaskUnsettled)
SUBTASK_UNSETTLED = Fact("a sub-task is open, or refused and not waived", lambda at: bool(at.subtasks))
REPORTED_WITHOUT_A_NAME = Fact("reported without a name", _reported_without_a_name)
PLACE_OF_ANOTHER = Fact("another office looks after the place", _place_of_another, OwnPlace)
TO_BE_MADE_SAFE = Fact("it has to be made safe, and nobody is asked to", _to_be_made_safe, SafeAlready)
HAS_LINKS = Fact("it is linked to another", lambda at: bool(at.ticket.linked))
HANDOVER_BOUND = Fact("it may not be offered to another office", lambda at: not _may_be_offered(at))
NO_PROMISE = Fact("no date is promised", _none_promised, PromiseStands)
NOT_RATED = Fact(
    "nobody said yet how it was handled",
    lambda at: not at.ticket.feedback.filter(said_at__gte=at.ticket.closed_at or at.now).exists(),
)
LESSON_WAITS = Fact("a lesson was proposed and is not published", _lesson_waits)
FOUND_BY_ANOTHER = Fact("somebody else looked for the cause", _found_by_another, ReviewerCannotPublish)
NOT_ADOPTED = Fact("no leader adopted it", lambda at: not any(parts_open(at, ClockName.ADOPTION)), AdoptedAlready)
NO_STEP = Fact("no next step is named", lambda at: not any(parts_open(at, ClockName.STEP)), StepStands)
MAY_WAIT = Fact("its rules let it wait", lambda at: ClockName.WAIT in rules_of(at.ticket))
NOT_MISSED = Fact("the time to solve it is not over", _not_missed, DeadlineMissed)
WAIT_LEFT = Fact("it has not waited as long as it may", _wait_left, WaitingUsedUp)
NOTHING_MERGED_HERE = Fact("nothing was merged into it", _nothing_merged_here, OthersMergedHere)
REPORTED_BY_NOBODY_ELSE = Fact("nobody else reported the same", _nothing_merged_here, OthersReportedToo)
MERGED_LATELY = Fact(
    "merged within seven days",
    lambda at: _within(UNMERGING_TIME, merge_of(ticket=at.ticket).merged_at, at.now),
    UnmergingTooLate,
)
CLOSED_LATELY = Fact(
    "closed within seven days",
    lambda at: _within(REOPENING_TIME, at.ticket.closed_at, at.now),
    ReopeningTooLate,
)
NOT_CONFIRMED = Fact("not confirmed yet", lambda at: at.ticket.confirmed_at is None)
NOT_CLOSED_LONG_AGO = Fact(
    "not closed for more than seven days",
    lambda at: at.ticket.closed_at is None or _within(REOPENING_TIME, at.ticket.closed_at, at.now),
    ReopeningTooLate,
)
DECLINED_LATELY = Fact(
    "declined within seven days",
    lambda at: _within(CONTESTING_TIME, at.ticket.declined_at, at.now),
    ContestingTooLate,
)
