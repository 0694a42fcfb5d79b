"""Reads of what has to be told outside because of a ticket, for whoever may see that."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, Min, OuterRef, Prefetch, Q, Subquery, Value, prefetch_related_objects
from django.db.models.functions import Coalesce

from backend.organisation.actors import Actor
from backend.organisation.permissions import Permission
from backend.outside.models import OutsideDuty, OutsideNumber, OutsideWord
from backend.outside.news import hears_of, recipient_of
from backend.rulebook.outside_rules import OutsideClock, OutsideTell, Recipient
from backend.rulebook.ruleset import Confidentiality
from backend.rulebook.selectors import active_version_id, ruleset_get
from backend.workflow.models import Ticket
from backend.workflow.policy import Part, opened_to
from backend.workflow.selectors import grants_read, tickets_with_school
from backend.workflow.sight import tickets_known

MOST_MINE = 20
OPEN = Q(state=OutsideDuty.State.OPEN)
NUMBERS = OutsideNumber.objects.filter(school=OuterRef("school"), recipient=OuterRef("recipient"))
PHONE = Coalesce(Subquery(NUMBERS.values("phone")), Value(""))
"""The number that the school of a report noted for its recipient."""


@dataclass(frozen=True, slots=True)
class DutyShown:
    """One report as its reader sees it: whom to tell, by when, at which number, and what was said about it."""

    duty: OutsideDuty
    clock: OutsideClock
    tell: OutsideTell
    to: Recipient
    phone: str
    words: Sequence[OutsideWord]

    @property
    def law_until(self) -> datetime | None:
        """The law's own limit; None where it gives no number."""
        return self.duty.started_at + self.tell.law.length if self.tell.law else None

    @property
    def is_open(self) -> bool:
        """True until somebody says that it was made or does not apply."""
        return self.duty.state == OutsideDuty.State.OPEN

    @property
    def told_at(self) -> datetime | None:
        """The instant at which it was made, by the latest word on that."""
        told = [word.at for word in self.words if word.kind == OutsideWord.Kind.TOLD]
        return told[-1] if told else None

    @property
    def was_late(self) -> bool:
        """True where it was made after its time."""
        return self.told_at is not None and self.told_at > self.duty.due_at


@dataclass(frozen=True, slots=True)
class OutsideShown:
    """All that has to be told outside because of a ticket, and what its reader may do about it."""

    duties: Sequence[DutyShown]
    may_tell: bool
    may_judge: bool
    offered: Sequence[OutsideClock]


def may_tell(*, actor: Actor, ticket: Ticket) -> bool:
    """Say whether somebody who sees a ticket notes what was told: at its school, and not as its reporter alone."""
    if actor.school_id != ticket.school_id:
        return False
    grants_read(actors=[actor], tickets=[ticket])
    return Part.INTERNAL in opened_to(actor=actor, ticket=ticket)


def outside_of(*, actor: Actor, ticket: Ticket, with_words: bool = True, has_any: bool = True) -> OutsideShown:
    """Return what has to be told outside because of a ticket the reader was let in to.

    Without the words it takes one statement, and none where there is nothing (not `has_any`). Who told whom, and with
    which words, is for those who work on it and lead; its reporter reads whether it was told.
    """
    may = may_tell(actor=actor, ticket=ticket)
    opened = may or Part.INTERNAL in opened_to(actor=actor, ticket=ticket)
    every = OutsideWord.objects.select_related("caller", "by", "corrected_by").order_by("number")
    rows = OutsideDuty.objects.filter(ticket=ticket.id).order_by("due_at", "recipient", "number")
    duties = list(rows.annotate(phone=PHONE)) if has_any else []
    if with_words and opened:
        prefetch_related_objects(duties, Prefetch("words", every))
    shown = [_shown(duty, None if with_words and opened else ()) for duty in duties]
    offered = _offered(ticket) if may else []
    return OutsideShown(shown, may, may and actor.may(Permission.OUTSIDE_JUDGE), offered)


def duty_shown(*, actor: Actor, ticket: Ticket, duty_id: UUID) -> DutyShown | None:
    """Return one report of a ticket the reader was let in to."""
    return next((one for one in outside_of(actor=actor, ticket=ticket).duties if one.duty.id == duty_id), None)


def duties_due(*, actor: Actor) -> list[DutyShown]:
    """Return the reports that are to be made at the actor's school, the soonest due first, for those who answer for it.

    Of tickets that the actor may not know of there is none among them; one statement.
    """
    if actor.school_id is None or not actor.may(Permission.OUTSIDE_JUDGE):
        return []
    known = tickets_known(actor=actor, as_reporter=False).values("id")
    rows = OutsideDuty.objects.filter(OPEN, school=actor.school_id, ticket__in=known).select_related("ticket")
    duties = list(rows.annotate(phone=PHONE).order_by("due_at", "id")[:MOST_MINE])
    return [_shown(duty, ()) for duty in duties]


@dataclass(frozen=True, slots=True)
class OutsideCount:
    """The numbers of reports to be made at a school and of late ones among them, and when the soonest is due."""

    open_count: int
    late_count: int
    next_due_at: datetime | None


def duties_count(*, actor: Actor, now: datetime) -> OutsideCount | None:
    """Return the count of what has to be told outside, for those who answer for the school; one statement."""
    if actor.school_id is None or not actor.may(Permission.OUTSIDE_JUDGE):
        return None
    known = tickets_known(actor=actor, as_reporter=False).values("id")
    rows = OutsideDuty.objects.filter(OPEN, school=actor.school_id, ticket__in=known)
    found = rows.aggregate(open=Count("id"), late=Count("id", filter=Q(due_at__lt=now)), due=Min("due_at"))
    return OutsideCount(found["open"], found["late"], found["due"])


def numbers_of(*, actor: Actor) -> list[tuple[Recipient, str]]:
    """Return whoever the actor's school may have to tell, with the number that it noted; two statements."""
    from_rules = _rules_of_school(actor)
    rows = OutsideNumber.objects.filter(school=actor.school_id)
    phones = {row.recipient: row.phone for row in rows}
    return [(recipient, phones.get(code, "")) for code, recipient in from_rules.items()]


def duties_standing(
    *,
    news: Mapping[UUID, Mapping[str, Any]],
    readers: Mapping[UUID, Actor],
    now: datetime,  # noqa: ARG001 - as all
) -> set[UUID]:
    """Return which news of reports still hold: one of them is to be made, and its reader would be told of it now."""
    every = {duty for told in news.values() for duty in told["duties"]}
    duties = {str(row.id): row for row in OutsideDuty.objects.filter(OPEN, id__in=every)}
    tickets = tickets_with_school(ticket_ids=sorted({row.ticket_id for row in duties.values()}))
    return {
        one
        for one, told in news.items()
        if any(
            hears_of(reader=readers[one], duty=row, ticket=tickets[row.ticket_id])
            for row in map(duties.get, told["duties"])
            if row is not None
        )
    }


def duties_sealed(*, duty_ids: Collection[UUID]) -> set[UUID]:
    """Return which of these are because of a ticket that is not open to all now; one statement, scoped to nobody."""
    found = OutsideDuty.objects.filter(~Q(ticket__confidentiality=Confidentiality.K0), id__in=duty_ids)
    return set(found.values_list("id", flat=True))


def _shown(duty: Any, words: Sequence[OutsideWord] | None) -> DutyShown:
    """Return a report, read with its number, as it is shown; `words` None: those that were read with it."""
    clock = ruleset_get(duty.rulebook_id).outside_clocks[duty.clock]
    said = list(duty.words.all()) if words is None else words
    return DutyShown(duty, clock, clock.tell(duty.tell), recipient_of(duty), duty.phone, said)


def _rules_of_school(actor: Actor) -> Mapping[str, Recipient]:
    version_id = active_version_id(school_id=actor.school_id) if actor.school_id else None
    return ruleset_get(version_id).outside.recipients if version_id else {}


def _offered(ticket: Ticket) -> list[OutsideClock]:
    """Return the reports that somebody may say apply: those of its category first, then all others with a time."""
    if ticket.is_exercise:
        return []
    rules = ruleset_get(ticket.rulebook_id)
    own = rules.categories[ticket.category].outside_clocks
    clocks = [clock for clock in rules.outside_clocks.values() if clock.tells]
    return sorted(clocks, key=lambda clock: (clock.key not in own, _order(clock.key)))


def _order(key: str) -> tuple[str, int]:
    digits = key.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ-")
    return key[: len(key) - len(digits)], int(digits) if digits.isdigit() else 0
