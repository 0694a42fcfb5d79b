"""Which channels a notice goes out by, and when: one delivery and one outbox row for each."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from backend.common.outbox import OutboxDraft, outbox_add
from backend.notifications.kinds import MUST_REACH, group_of, keeps_one_channel
from backend.notifications.models import Delivery, Notice
from backend.notifications.quiet import rings_at
from backend.notifications.selectors import channels_verified, switched_off
from backend.notifications.sentences import tells_reporter
from backend.organisation.models import ContactChannel, School
from backend.rulebook.ruleset import NO_NIGHT, QuietHours, Severity
from backend.rulebook.selectors import active_version_id, ruleset_get
from backend.workflow.models import Ticket

WAITING, SKIPPED = Delivery.Status.WAITING, Delivery.Status.SKIPPED
SEVERITY_OF_NEWS = Severity.P4


def deliveries_plan(
    *, notices: Sequence[Notice], ticket: Ticket | None, school: School | None, now: datetime
) -> list[int]:
    """Store the deliveries of new notices about one ticket (or news) and return the ids of their outbox rows.

    The caller publishes these after the commit, so that what comes together goes out together. A notice that has to
    reach somebody and finds no channel at all is passed on.
    """
    at = _rings_at(ticket, school, now)
    channels = channels_verified(person_ids=[notice.person_id for notice in notices])
    off = switched_off(channel_ids=[channel.id for own in channels.values() for channel in own])
    deliveries = [
        Delivery(
            notice=notice,
            school=school,
            channel=channel,
            channel_kind=channel.kind,
            status=WAITING if rings else SKIPPED,
            next_attempt_at=at if rings else None,
            created_at=now,
        )
        for notice in notices
        for channel, rings in _chosen(notice, ticket, channels[notice.person_id], off)
    ]
    Delivery.objects.bulk_create(deliveries)
    unheard = [notice for notice in notices if not channels[notice.person_id]]
    outbox_add(drafts=list(unreached_drafts(notices=unheard)), now=now)
    return deliveries_hand_out(deliveries=deliveries, now=now)


def deliveries_hand_out(*, deliveries: Iterable[Delivery], now: datetime, publish: bool = False) -> list[int]:
    """Write the outbox rows of waiting deliveries and return the ids of those that may go out at once."""
    drafts: list[OutboxDraft] = []
    later: list[OutboxDraft] = []
    for delivery in deliveries:
        if delivery.status == WAITING and delivery.next_attempt_at is not None:
            is_later = delivery.next_attempt_at > now
            (later if is_later else drafts).append(_draft(delivery, delivery.next_attempt_at if is_later else None))
    outbox_add(drafts=later, now=now, publish=False)
    return outbox_add(drafts=drafts, now=now, publish=publish)


def unreached_drafts(*, notices: Iterable[Notice]) -> Iterator[OutboxDraft]:
    """Yield an outbox row for each notice that must reach somebody and reached nobody."""
    for notice in notices:
        if notice.ticket_id and notice.kind in MUST_REACH:
            yield OutboxDraft("notice.unreached", f"unreached:{notice.id}", {"notice": str(notice.id)})


def _draft(delivery: Delivery, not_before: datetime | None) -> OutboxDraft:
    return OutboxDraft("notice.deliver", f"deliver:{delivery.id}", {"delivery": str(delivery.id)}, not_before)


def _chosen(
    notice: Notice, ticket: Ticket | None, own: Sequence[ContactChannel], off: set[tuple[int, str]]
) -> list[tuple[ContactChannel, bool]]:
    is_reporter = ticket is not None and ticket.reporter_id == notice.person_id
    to_reporter = tells_reporter(kind=notice.kind, is_reporter=is_reporter)
    group = group_of(kind=notice.kind, has_ticket=ticket is not None, to_reporter=to_reporter)
    chosen = [(channel, (channel.id, group) not in off) for channel in own]
    is_silent = bool(chosen) and not any(rings for _channel, rings in chosen)
    if is_silent and ticket is not None and keeps_one_channel(group=group, severity=ticket.severity):
        chosen[0] = (own[0], True)
    return chosen


def _rings_at(ticket: Ticket | None, school: School | None, now: datetime) -> datetime:
    if school is None:
        return now
    severity = Severity(ticket.severity) if ticket else SEVERITY_OF_NEWS
    return rings_at(quiet=_quiet_hours(ticket, school), severity=severity, at=now, zone=school.time_zone)


def _quiet_hours(ticket: Ticket | None, school: School) -> QuietHours:
    version_id = ticket.rulebook_id if ticket else active_version_id(school_id=school.id)
    return ruleset_get(version_id).quiet_hours if version_id else NO_NIGHT
