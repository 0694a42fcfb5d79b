"""Calling a meeting, its agenda, what comes of each item, and its minutes."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from backend.common.errors import NotFound
from backend.common.services import answers_empty
from backend.meetings.agenda import MOST_ON_AGENDA, agenda_of
from backend.meetings.errors import AgendaFull, DayOver, ItemSettled, MeetingOver, OnTheAgenda, UnknownPresent
from backend.meetings.models import Meeting, MeetingItem, Outcome, Presence, Reason
from backend.meetings.selectors import are_colleagues, is_full, item_get, meeting_lock, today_at
from backend.organisation.actors import Actor
from backend.organisation.models import School
from backend.organisation.permissions import Permission
from backend.rulebook.ruleset import ClockName
from backend.workflow.action import Action
from backend.workflow.holding import held_refuse
from backend.workflow.merge_errors import UnknownTicket
from backend.workflow.merging import ticket_meant
from backend.workflow.models import Ticket, TicketPart
from backend.workflow.services import ticket_act_on
from backend.workflow.services.acting import any_version

ASKS: Mapping[Outcome, ClockName] = {
    Outcome.SUBTASK: ClockName.SUBTASK,
    Outcome.PROMISE: ClockName.PROMISE,
    Outcome.CHANGE_PROMISE: ClockName.PROMISE,
    Outcome.ORDER: ClockName.ORDER,
    Outcome.ADOPT: ClockName.ADOPTION,
}
"""The outcomes by which something is asked about the ticket, with its kind."""
Words = Callable[[], str]


@dataclass(frozen=True, slots=True)
class MeetingDraft:
    """A meeting as it is called."""

    kind: Meeting.Kind
    day: date
    about: str


@dataclass(frozen=True, slots=True)
class Minutes:
    """The people who were present, and what was said besides."""

    present: Collection[UUID]
    words: str


@transaction.atomic
def meeting_call(*, actor: Actor, draft: MeetingDraft, now: datetime) -> UUID:
    """Call a meeting of the actor's school and make its agenda from how the school stands; return its id."""
    actor.require(Permission.MEETINGS_CALL)
    school = School.objects.get(id=actor.school_scope)
    if draft.day < today_at(school=school, now=now):
        raise DayOver(pointer="/day")
    said = {"kind": draft.kind, "day": draft.day, "about": draft.about}
    meeting = Meeting.objects.create(school=school, called_by_id=actor.person_id, called_at=now, **said)
    _agenda_make(meeting, now)
    return meeting.id


@transaction.atomic
def agenda_renew(*, actor: Actor, meeting_id: UUID, now: datetime) -> None:
    """Make the agenda anew; what was added, taken off or has an outcome stays as it is."""
    _agenda_make(_open_meeting(actor, meeting_id), now)


def _agenda_make(meeting: Meeting, now: datetime) -> None:
    """Store which tickets stand there now and why; one whose reasons are gone stands there no more."""
    found = agenda_of(meeting=meeting, now=now)
    there = {item.ticket_id: item for item in meeting.items.all()}
    for ticket_id, item in there.items():
        added = [Reason.ADDED] if item.added_by_id else []
        item.reasons = [*found.get(ticket_id, ()), *added] if item.is_open else item.reasons
    MeetingItem.objects.bulk_update(there.values(), ["reasons"])
    room = MOST_ON_AGENDA - sum(not item.is_off and bool(item.reasons or item.outcome) for item in there.values())
    new = [MeetingItem(meeting=meeting, ticket_id=key, reasons=why) for key, why in found.items() if key not in there]
    MeetingItem.objects.bulk_create(new[: max(room, 0)])


@transaction.atomic
def item_add(*, actor: Actor, meeting_id: UUID, named: Words, words: Words, now: datetime) -> None:
    """Put a ticket of the school that the actor may know of, and that is no drill, on the agenda or back; say why."""
    meeting = _open_meeting(actor, meeting_id)
    ticket_id = ticket_meant(actor=actor, named=named(), pointer="/ticket")
    if not Ticket.objects.filter(id=ticket_id, school=meeting.school_id, is_exercise=False).exists():
        raise UnknownTicket(pointer="/ticket")
    item = meeting.items.filter(ticket=ticket_id).first()
    if item is not None and (item.outcome or (item.reasons and not item.is_off)):
        raise OnTheAgenda(pointer="/ticket")
    if is_full(meeting=meeting):
        raise AgendaFull(pointer="/ticket")
    why = item.reasons if item else []
    off = {"off_by": None, "off_words": "", "off_at": None}
    said: dict[str, Any] = {"added_by_id": actor.person_id, "added_words": words(), "added_at": now, **off}
    said["reasons"] = list(dict.fromkeys([*why, Reason.ADDED]))
    MeetingItem.objects.update_or_create(meeting=meeting, ticket_id=ticket_id, defaults=said)


@transaction.atomic
def item_take_off(*, actor: Actor, meeting_id: UUID, item_id: UUID, words: Words, now: datetime) -> None:
    """Take an item off the agenda, and say why; it stays visible that it was."""
    item = _open_item(actor, meeting_id, item_id)
    item.off_by_id, item.off_words, item.off_at = actor.person_id, words(), now
    item.save(update_fields=["off_by", "off_words", "off_at"])


@transaction.atomic
def item_note(*, actor: Actor, meeting_id: UUID, item_id: UUID, words: Words, now: datetime) -> None:
    """Leave a ticket as it is, and say why."""
    item = _open_item(actor, meeting_id, item_id)
    item.noted_words = words()
    _settle(item, actor, Outcome.NOTED, now)


@transaction.atomic
def item_act(
    *,
    actor: Actor,
    meeting_id: UUID,
    item_id: UUID,
    action: Action[Any],
    said: Callable[[], Any],
    now: datetime,
    expects: Callable[[int], None] = any_version,
) -> None:
    """Take an action on an item's ticket as on its own page, by the actor's own power, and record it as the outcome."""
    item, outcome = _open_item(actor, meeting_id, item_id), Outcome(action.name)
    ticket_act_on(actor=actor, ticket_id=item.ticket_id, action=action, said=said, expects=expects, now=now)
    if outcome in ASKS:
        asked = TicketPart.objects.filter(ticket=item.ticket_id, kind=ASKS[outcome], ended_at=None)
        item.part = asked.order_by("-asked_at", "id").first()
    _settle(item, actor, outcome, now)


@transaction.atomic
def meeting_end(*, actor: Actor, meeting_id: UUID, minutes: Callable[[], Minutes], now: datetime) -> None:
    """Close the minutes: who was present, and what was said besides; what is open comes before the next meeting."""
    meeting = _open_meeting(actor, meeting_id)
    said = minutes()
    people = set(said.present)
    if not are_colleagues(meeting=meeting, person_ids=people, now=now):
        raise UnknownPresent(pointer="/present")
    Presence.objects.bulk_create(Presence(meeting=meeting, person_id=person_id) for person_id in sorted(people))
    meeting.ended_by_id, meeting.ended_at, meeting.words = actor.person_id, now, said.words
    meeting.save(update_fields=["ended_by", "ended_at", "words"])


@transaction.atomic
def meeting_words_erase(*, meeting_id: UUID, reference: str | None, now: datetime) -> None:
    """Erase what a meeting says, or (`reference`) what it says about one ticket; that it was erased stays.

    Only the tables' owner may. What was done about a ticket stands among its events, and is erased there. Raise
    NotFound where there is nothing to erase.
    """
    if reference is None:
        erased = Meeting.objects.filter(id=meeting_id).update(about="", words="", erased_at=now)
    else:
        items = MeetingItem.objects.filter(meeting=meeting_id, ticket__reference=reference)
        held_refuse(ticket_ids=items.values_list("ticket", flat=True))
        erased = items.update(added_words="", off_words="", noted_words="", erased_at=now)
    if not erased:
        raise NotFound
    answers_empty(naming=[meeting_id])


def _open_meeting(actor: Actor, meeting_id: UUID) -> Meeting:
    meeting = meeting_lock(actor=actor, meeting_id=meeting_id)
    if meeting.is_over:
        raise MeetingOver
    return meeting


def _open_item(actor: Actor, meeting_id: UUID, item_id: UUID) -> MeetingItem:
    item = item_get(actor=actor, meeting=_open_meeting(actor, meeting_id), item_id=item_id)
    if not item.is_open:
        raise ItemSettled
    return item


def _settle(item: MeetingItem, actor: Actor, outcome: Outcome, now: datetime) -> None:
    item.outcome, item.settled_by_id, item.settled_at = outcome, actor.person_id, now
    item.save(update_fields=["outcome", "noted_words", "part", "settled_by", "settled_at"])
