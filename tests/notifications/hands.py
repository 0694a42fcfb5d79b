"""The work of Celery workers done by hand, so that a test decides when."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import F

from backend.common.models import OutboxMessage
from backend.notifications.models import Delivery
from backend.notifications.tasks import deliver, pass_on, send_code, tell, tell_news
from backend.organisation.models import Appointment, ContactChannel, Person
from backend.organisation.roles import Role
from backend.workflow.models import Ticket
from tests.workflow.steps import file_ticket
from tests.world import Member, World, appoint

TASKS = {
    "ticket.changed:notices": tell,
    "rulebook.checked": tell_news,
    "notice.unreached": pass_on,
    "notice.deliver": deliver,
    "channel.code": send_code,
}


def work(*topics: str) -> None:
    """Do what a worker would do with everything that waits in these queues, in one task each."""
    for topic in topics or TASKS:
        TASKS[topic]()


def at_security(world: World, category: str = "F02") -> UUID:
    """File a report that Bob's office has from the beginning, so that nobody is told of it; return its ticket's id."""
    ticket_id = file_ticket(world, category=category)
    Ticket.objects.filter(id=ticket_id).update(owner=world.home.units["security"])
    return ticket_id


def time_passes() -> None:
    """Let everything that waits for a later try, or for a channel to rest, be due."""
    Delivery.objects.filter(next_attempt_at__isnull=False).update(
        next_attempt_at=F("created_at"), rings_at=F("created_at")
    )
    Delivery.objects.filter(sent_at__isnull=False).update(sent_at=F("sent_at") - timedelta(minutes=5))
    OutboxMessage.objects.filter(done_at=None).update(held_until=None)


def only_staff(world: World, person: Person) -> None:
    """Let somebody hold no post any more but that of plain staff."""
    Appointment.objects.filter(person=person).update(ends_at=world.now)
    appoint(person, Role.REPORTER, world.home.units["security"], world.now)


def channel_for(member: Member, kind: str, address: str, since: datetime) -> ContactChannel:
    """Give somebody a verified channel."""
    return ContactChannel.objects.create(person=member.person, kind=kind, address=address, verified_at=since)
