"""Reads of a bureau that stands above one school only, whose people that school enters and invites."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet

from backend.common.errors import NotFound
from backend.common.identities import identity_of
from backend.organisation.actors import Actor
from backend.organisation.models import Appointment, Bureau, ContactChannel, School


def bureaus_of_own(*, school_id: UUID) -> QuerySet[Bureau]:
    """Return the bureau above a school, unless other schools are under it too: then it looks after its own people."""
    others = School.objects.filter(bureau=OuterRef("pk")).exclude(pk=school_id)
    return Bureau.objects.filter(~Exists(others), schools=school_id)


def looked_after_by(*, actor: Actor) -> Q:
    """Return the condition for people of the actor's school, and of a bureau that is its own; or of their bureau."""
    if actor.bureau_id is not None:
        return Q(bureau_id=actor.bureau_id)
    scope = actor.school_scope
    return Q(school_id=scope) | Q(bureau__in=bureaus_of_own(school_id=scope))


def bureau_of_officer(*, actor: Actor) -> Bureau:
    """Return the bureau somebody works at; raise NotFound where they work at a school."""
    if actor.bureau_id is None:
        raise NotFound
    return Bureau.objects.get(pk=actor.bureau_id)


def bureau_at(*, code: str) -> Bureau | None:
    """Return a bureau by its code, for commands."""
    return Bureau.objects.filter(code__identity=identity_of(code)).first()


def officers_listed(*, bureau: Bureau, now: datetime) -> Sequence[Appointment]:
    """Return who is an officer of a bureau now or later, with their mail addresses; two queries."""
    lasting = Appointment.objects.filter(Q(ends_at__isnull=True) | Q(ends_at__gt=now), post__bureau=bureau)
    # Of a robot the address is a secret of its owner's.
    mails = Prefetch("person__channels", ContactChannel.objects.filter(kind=ContactChannel.Kind.EMAIL))
    rows = lasting.select_related("person__user", "person__bureau", "post").prefetch_related(mails)
    return list(rows.order_by("is_deputy", "starts_at", "id"))
