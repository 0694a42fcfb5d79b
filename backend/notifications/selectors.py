"""Reads of notices, deliveries and choices; each person reads their own."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Exists, F, OuterRef, Prefetch, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce, Now

from backend.common.errors import NotFound
from backend.common.sql.counting import Counting, counted, up_to
from backend.notifications.models import Delivery, Notice, NotificationChoice
from backend.notifications.ringing import Group
from backend.notifications.sentences import ONLY_STAFF
from backend.organisation.actors import Actor
from backend.organisation.models import ContactChannel, Person
from backend.organisation.permissions import Permission
from backend.organisation.selectors.reachable import may_be_reached
from backend.workflow.models import ReporterMode
from backend.workflow.sight import tickets_known

DAY = timedelta(days=1)
MOST_UNREAD = 100


def notices_of(*, actor: Actor) -> QuerySet[Notice]:
    """Return what the actor was told, newest first, as far as it is about what they may know of now."""
    return _known(actor).select_related("ticket__place", "instead_of").order_by("-created_at", "id")


def notices_changed(*, notices: QuerySet[Notice], since: datetime) -> QuerySet[Notice]:
    """Keep the notices that were told or read at an instant or later."""
    return notices.filter(Q(created_at__gte=since) | Q(read_at__gte=since))


def notice_get(*, actor: Actor, notice_id: UUID) -> Notice:
    """Return one notice of the actor with its deliveries, or NotFound."""
    deliveries = Prefetch("deliveries", Delivery.objects.order_by("created_at", "id"))
    notice = notices_of(actor=actor).prefetch_related(deliveries).filter(id=notice_id).first()
    if notice is None:
        raise NotFound
    return notice


def unread_count(*, actor: Actor) -> int:
    """Return how many notices the actor has not seen, counted to 100."""
    return int(counted([unread_counting(actor=actor)])[0])


def unread_counting(*, actor: Actor) -> Counting:
    """Return what counts them, for a page that counts more at once."""
    return up_to(_known(actor).filter(read_at__isnull=True), MOST_UNREAD)


def _known(actor: Actor) -> QuerySet[Notice]:
    """Return the actor's notices of news, of own reports and of tickets they may know of.

    `may_open` tells the last.
    """
    may_open = Exists(tickets_known(actor=actor).filter(id=OuterRef("ticket")))
    own = Notice.objects.filter(person=actor.person_id).annotate(may_open=may_open)
    as_reporter = Q(ticket__reporter=actor.person_id) & ~Q(kind__in=ONLY_STAFF)
    return own.filter(Q(ticket=None) | as_reporter | Q(may_open=True))


def deliveries_visible(*, actor: Actor, status: str) -> QuerySet[Delivery]:
    """Return the deliveries of one status in the actor's school; raise PermissionDenied unless it is theirs to see.

    Nothing shows of a ticket outside the actor's sight, nor of what went to a reporter as such whose name is not open.
    """
    actor.require(Permission.DELIVERIES_READ)
    known = Exists(tickets_known(actor=actor).filter(id=OuterRef("notice__ticket"))) & _names_no_reporter(actor)
    found = Delivery.objects.filter(Q(notice__ticket=None) | known, school=actor.school_scope, status=status)
    return found.select_related("notice__person", "notice__ticket").order_by("-created_at", "id")


def _names_no_reporter(actor: Actor) -> Q:
    """Hold unless it went to another person because they reported the ticket without giving their name openly."""
    is_open = Q(notice__ticket__reporter_mode=ReporterMode.NAMED) | Q(notice__person=actor.person_id)
    return is_open | Q(notice__kind__in=ONLY_STAFF) | ~Q(notice__ticket__reporter=F("notice__person"))


def deliveries_failed_count(*, now: datetime) -> int:
    """Return how many deliveries failed in the last 24 hours, in every school."""
    return Delivery.objects.filter(failed_at__gt=now - DAY).count()


def channels_of(*, actor: Actor) -> QuerySet[ContactChannel]:
    """Return the actor's channels, verified or not, each with the error of the message sent last by it."""
    tried = Delivery.objects.filter(channel=OuterRef("pk"), attempts__gt=0).order_by("-created_at", "-id")
    last_error = Coalesce(Subquery(tried.values("last_error")[:1]), Value(""))
    return ContactChannel.objects.filter(person=actor.person_id).annotate(last_error=last_error)


def channel_problem(channel: ContactChannel) -> str:
    """Return why the other side did not take what was sent last: the code, or of a verified channel the message."""
    if channel.verified_at is None:
        return channel.code_error
    return getattr(channel, "last_error", "")


def channels_verified(*, person_ids: Collection[UUID]) -> dict[UUID, list[ContactChannel]]:
    """Return the verified channels of each person, the oldest first; none of somebody who may not be reached."""
    found: dict[UUID, list[ContactChannel]] = {person_id: [] for person_id in person_ids}
    people = Person.objects.filter(may_be_reached(at=Now()), id__in=person_ids)
    rows = ContactChannel.objects.filter(person__in=people, verified_at__isnull=False)
    for channel in rows.order_by("verified_at", "id"):
        found[channel.person_id].append(channel)
    return found


def switched_off(*, channel_ids: Collection[int]) -> set[tuple[int, str]]:
    """Return each channel and group for which its person has switched it off."""
    rows = NotificationChoice.objects.filter(channel__in=channel_ids)
    return set(rows.values_list("channel_id", "group"))


@dataclass(frozen=True, slots=True)
class GroupChoice:
    """By which channels somebody hears of a group of messages."""

    group: Group
    channels: tuple[int, ...]
    always: int | None
    """The channel that rings for urgent ones although all are off; None where that cannot happen."""


def choices_of(*, actor: Actor) -> list[GroupChoice]:
    """Return for each group the verified channels that are on, and the one that urgent messages keep."""
    own = channels_verified(person_ids=[actor.person_id])[actor.person_id]
    off = switched_off(channel_ids=[channel.id for channel in own])
    return [_choice(group, own, off) for group in Group]


def _choice(group: Group, own: list[ContactChannel], off: set[tuple[int, str]]) -> GroupChoice:
    on = tuple(channel.id for channel in own if (channel.id, group) not in off)
    keeps = group in {Group.NEW_TICKET, Group.ESCALATION}
    return GroupChoice(group, on, own[0].id if keeps and own and not on else None)
