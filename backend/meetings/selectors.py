"""Meetings of the reader's school, and of their agendas what the reader may know of."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Now

from backend.common.errors import NotFound
from backend.meetings.agenda import MOST_ON_AGENDA, ordered
from backend.meetings.models import Meeting, MeetingItem
from backend.organisation.actors import Actor
from backend.organisation.models import Person, School
from backend.organisation.permissions import RULES, Permission
from backend.organisation.selectors.people import all_work_there, appointments_in_force, people_visible
from backend.rulebook.ruleset import Confidentiality
from backend.workflow.models import NEVER_DUE, OUTLIVING, TicketPart
from backend.workflow.sight import tickets_known

OPEN = {"outcome": "", "off_by": None, "ticket__next_due_at__lt": NEVER_DUE}
"""The conditions under which an item waits for an outcome: what was closed meanwhile needs none."""


@dataclass(frozen=True, slots=True)
class Undecided:
    """A review before a date that has come, and on how many tickets nothing is decided yet."""

    meeting: Meeting
    count: int


def meetings_known(*, actor: Actor) -> QuerySet[Meeting]:
    """Return the meetings of the actor's school; raise PermissionDenied for whoever takes no part in them."""
    actor.require(Permission.MEETINGS_READ)
    return _of_school(actor)


def _of_school(actor: Actor) -> QuerySet[Meeting]:
    return Meeting.objects.filter(school=actor.school_scope).select_related("school", "called_by", "ended_by")


def meeting_get(*, actor: Actor, meeting_id: UUID) -> Meeting:
    """Return a meeting of the actor's school, else NotFound; raise PermissionDenied for whoever takes no part."""
    return _found(actor, _of_school(actor), meeting_id, Permission.MEETINGS_READ)


def meeting_lock(*, actor: Actor, meeting_id: UUID) -> Meeting:
    """Return the same, locked, for somebody who calls meetings."""
    locked = _of_school(actor).select_for_update(of=("self",))
    return _found(actor, locked, meeting_id, Permission.MEETINGS_CALL)


def _found(actor: Actor, meetings: QuerySet[Meeting], meeting_id: UUID, needed: Permission) -> Meeting:
    found = meetings.filter(id=meeting_id).first()
    if found is None:
        raise NotFound
    actor.require(needed)
    return found


def items_shown(*, actor: Actor, meeting: Meeting, on_paper: bool = False) -> Sequence[MeetingItem]:
    """Return what stands on an agenda, or was taken off it, of what the actor may know of; a paper holds K0 alone."""
    items = MeetingItem.objects.filter(meeting=meeting).exclude(reasons=[], outcome="", off_by=None)
    if on_paper:
        items = items.filter(ticket__confidentiality=Confidentiality.K0)
    known = _known(actor, items)
    names = ("ticket__owner", "ticket__school", "ticket__place", "ticket__assignee")
    people = ("added_by", "off_by", "settled_by", "part__office", "part__person")
    outliving = TicketPart.objects.filter(ticket=OuterRef("ticket"), kind__in=OUTLIVING, ended_at=None)
    found = items.filter(ticket__in=known).annotate(is_outlived=Exists(outliving))
    return ordered(found.select_related(*names, *people))


def item_get(*, actor: Actor, meeting: Meeting, item_id: UUID) -> MeetingItem:
    """Return one item of an agenda on whose ticket the actor may know, or NotFound."""
    items = MeetingItem.objects.filter(meeting=meeting, id=item_id).select_related("ticket")
    found = items.filter(ticket__in=_known(actor, items)).first()
    if found is None:
        raise NotFound
    return found


def _known(actor: Actor, items: QuerySet[MeetingItem]) -> set[UUID]:
    known = tickets_known(actor=actor, as_reporter=False)
    return set(known.filter(id__in=items.values("ticket")).values_list("id", flat=True))


def meeting_still_shown(*, actor: Actor, body: Any) -> Any:
    """Return a stored answer about a meeting if the actor may still know of all it names; else raise NotFound."""
    meeting_get(actor=actor, meeting_id=UUID(body["id"]))
    named = {UUID(item["ticket"]["id"]) for item in body["items"]}
    if tickets_known(actor=actor, as_reporter=False).filter(id__in=named).count() < len(named):
        raise NotFound
    return body


def undecided(*, actor: Actor, now: datetime) -> list[Undecided]:
    """Return the reviews whose day has come, with what the actor knows of on which nothing is decided."""
    if not actor.may(Permission.MEETINGS_CALL):
        return []
    before = _of_school(actor).filter(kind=Meeting.Kind.BEFORE_DATE, ended_at=None).order_by("day", "id")
    due = {one.id: one for one in before if one.day <= today_at(school=one.school, now=now)}
    if not due:
        return []
    items = MeetingItem.objects.filter(meeting__in=due, **OPEN).exclude(reasons=[])
    known = items.filter(ticket__in=_known(actor, items))
    counts = dict(known.values_list("meeting").annotate(Count("id")))
    return [Undecided(meeting, counts[key]) for key, meeting in due.items() if key in counts]


def people_expected(*, actor: Actor) -> list[Person]:
    """Return the people of the actor's school who take part in meetings by their posts, by name."""
    roles = RULES[Permission.MEETINGS_READ].roles or ()
    taking_part = appointments_in_force(at=Now()).filter(post__role__in=roles).values("person")
    return list(people_visible(actor=actor).filter(id__in=taking_part).order_by("name", "id"))


def people_besides(*, actor: Actor, expected: Sequence[Person]) -> list[Person]:
    """Return the other people who work at the actor's school, by name: anybody may have been there."""
    return list(people_visible(actor=actor).exclude(id__in=[person.id for person in expected]).order_by("name", "id"))


def are_colleagues(*, meeting: Meeting, person_ids: Collection[UUID], now: datetime) -> bool:
    """Say whether all of these work at the school of a meeting."""
    return all_work_there(where=Q(school_id=meeting.school_id), person_ids=person_ids, at=now)


def is_full(*, meeting: Meeting) -> bool:
    """Say whether an agenda takes no more tickets; what lost its reasons or was taken off does not stand there."""
    return meeting.items.filter(off_by=None).exclude(reasons=[], outcome="").count() >= MOST_ON_AGENDA


def today_at(*, school: School, now: datetime) -> date:
    """Return the day it is at a school."""
    return now.astimezone(ZoneInfo(school.time_zone)).date()
