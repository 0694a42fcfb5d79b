"""Reads of how far a school is set up."""

from dataclasses import dataclass

from django.db.models import Count, Exists

from backend.common.models import OutboxMessage
from backend.organisation.actors import Actor
from backend.organisation.models import ContactChannel, School, Unit
from backend.organisation.selectors.invitations import invitation_counts
from backend.rulebook.models import RulebookCheck, SchoolRulebook
from backend.setup.models import CheckKept


@dataclass(frozen=True, slots=True)
class Progress:
    """The parts that are there already of a school that is being set up."""

    people: int
    officers: int
    offices: int
    places: int
    uninvited: int
    has_calendar: bool
    has_rulebook: bool
    is_reached: bool
    is_checked: bool
    is_live: bool


def progress_get(*, actor: Actor, school: School) -> Progress:
    """Return how far the actor's school is; four queries."""
    people = invitation_counts(actor=actor)
    units = Unit.objects.filter(school=school, kind=Unit.Kind.OFFICE).count()
    version = SchoolRulebook.objects.filter(school=school).values_list("version_id", flat=True).first()
    own = ContactChannel.objects.filter(person=actor.person_id, verified_at__isnull=False)
    clean = RulebookCheck.objects.filter(school=school, version=version, findings=[])
    kept = CheckKept.objects.filter(school=school, version=version)
    row = (
        School.objects.filter(id=school.id)
        .annotate(places_known=Count("places"), reached=Exists(own), was_clean=Exists(clean), was_kept=Exists(kept))
        .get()
    )
    return Progress(
        people=people.people - people.officers,
        officers=people.officers,
        offices=units,
        places=row.places_known,
        uninvited=people.uninvited,
        has_calendar=row.calendar_id is not None,
        has_rulebook=version is not None,
        is_reached=row.reached,
        is_checked=row.was_clean or row.was_kept,
        is_live=row.live_at is not None,
    )


def code_trouble(*, channel: ContactChannel) -> str:
    """Return why the code sent last to a channel has not gone out; empty where nothing is wrong (yet)."""
    sent = OutboxMessage.objects.filter(topic="channel.code", payload__channel=channel.id)
    return sent.order_by("-id").values_list("last_error", flat=True).first() or ""
