"""Telling people: a notice on the page for everybody, and mail to each verified address."""

from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.utils import timezone, translation

from backend.common.models import OutboxMessage
from backend.common.outbox import OutboxDraft, outbox_add
from backend.incidents.models import Report
from backend.notifications.messages import Facts, Message, compose, tells_reporter
from backend.notifications.models import Notice
from backend.organisation.actors import Actor
from backend.organisation.models import ContactChannel
from backend.workflow.models import NEVER_DUE
from backend.workflow.selectors import category_name


@transaction.atomic(savepoint=False)
def notices_create(*, message: OutboxMessage, now: datetime) -> None:
    """Store a notice for each person the outbox row names, and a row of its own for each mail that goes out."""
    told = message.payload
    people = [UUID(person) for person in told["people"]]
    notices = {
        person_id: Notice(
            person_id=person_id, ticket_id=told["ticket"], event_id=told["event"], kind=told["kind"], created_at=now
        )
        for person_id in people
    }
    Notice.objects.bulk_create(notices.values())
    channels = ContactChannel.objects.filter(
        person__in=people, kind=ContactChannel.Kind.EMAIL, verified_at__isnull=False
    )
    drafts = [
        OutboxDraft(
            topic="notice.email",
            dedup_key=f"email:{notices[channel.person_id].id}:{channel.id}",
            payload={"notice": str(notices[channel.person_id].id), "channel": channel.id},
        )
        for channel in channels
    ]
    outbox_add(drafts=drafts, now=now)


def notice_send_email(*, message: OutboxMessage) -> None:
    """Send one notice to one address; the Message-ID is the same at every attempt, so a repeat can be recognised."""
    notice = Notice.objects.select_related("ticket__school", "ticket__place", "person__user").get(
        id=message.payload["notice"]
    )
    channel = ContactChannel.objects.filter(id=message.payload["channel"]).first()
    if channel is None:
        return
    text = _composed(notice)
    EmailMessage(
        subject=text.subject,
        body=text.body,
        to=[channel.address],
        headers={"Message-ID": f"<{notice.id}.{channel.id}@allclear>"},
    ).send()


def _composed(notice: Notice) -> Message:
    user = notice.person.user
    language = user.language if user else settings.LANGUAGE_CODE
    with translation.override(language), timezone.override(ZoneInfo(notice.ticket.school.time_zone)):
        return compose(_facts(notice, chinese=not language.startswith("en")))


def _facts(notice: Notice, *, chinese: bool) -> Facts:
    ticket = notice.ticket
    report = None
    if tells_reporter(kind=notice.kind, is_reporter=ticket.reporter_id == notice.person_id):
        report = Report.objects.filter(ticket=ticket, reporter=notice.person_id).first()
    path = f"reports/{report.id}" if report else f"tickets/{ticket.id}"
    return Facts(
        kind=notice.kind,
        reference=ticket.reference,
        category=category_name(ticket, chinese=chinese),
        place=ticket.place.name if ticket.place else "",
        confidentiality=ticket.confidentiality,
        to_reporter=report is not None,
        due_at=ticket.next_due_at if ticket.next_due_at < NEVER_DUE else None,
        link=f"{settings.PUBLIC_URL}/{path}",
    )


def notices_mark_read(*, actor: Actor, now: datetime) -> int:
    """Mark what the actor had been told by `now` as read; return how many notices that were."""
    unread = Notice.objects.filter(person=actor.person_id, read_at__isnull=True, created_at__lte=now)
    return unread.update(read_at=now)
