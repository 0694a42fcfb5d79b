"""Reads of the systems at which people sign in, and of who is who there."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db.models import BooleanField, Case, Exists, OuterRef, Q, QuerySet, Value, When

from backend.accounts.models import User
from backend.common.errors import NotFound
from backend.common.identities import identity_of
from backend.duty.selectors import actor_get
from backend.identity.models import ExternalIdentity, IdentityProvider
from backend.organisation.actors import Actor
from backend.organisation.models import Appointment, Person
from backend.organisation.powers import GUARDED, WITH_SECOND_FACTOR
from backend.organisation.selectors.reachable import may_be_reached

MOST_LISTED = 200


def providers_of(*, actor: Actor) -> QuerySet[IdentityProvider]:
    """Return the providers of the actor's school."""
    return IdentityProvider.objects.filter(school=actor.school_scope).select_related("made_by", "saml")


def provider_get(*, actor: Actor, provider_id: UUID) -> IdentityProvider:
    """Return a provider of the actor's school, or NotFound."""
    provider = providers_of(actor=actor).filter(id=provider_id).first()
    if provider is None:
        raise NotFound
    return provider


def provider_by_code(*, code: str) -> IdentityProvider:
    """Return a provider by the code in its links, switched on or not; raise NotFound."""
    provider = IdentityProvider.objects.filter(code=code).first()
    if provider is None:
        raise NotFound
    return provider


def providers_offered(*, remembered: str, most: int = MOST_LISTED) -> Sequence[IdentityProvider]:
    """Return the providers to sign in at, for whoever has not said who they are; the one used here last comes first."""
    is_last = Case(When(code=remembered, then=Value(True)), default=Value(False), output_field=BooleanField())
    rows = IdentityProvider.objects.filter(is_on=True).select_related("school")
    return list(rows.order_by(is_last.desc(), "school__name_zh", "name", "id")[:most])


def providers_on() -> Sequence[IdentityProvider]:
    """Return every provider at which people can sign in, for whoever runs the installation."""
    rows = IdentityProvider.objects.filter(is_on=True).select_related("school")
    return list(rows.order_by("school__name_zh", "name", "id"))


def identities_of(*, user: User) -> QuerySet[ExternalIdentity]:
    """Return by what an account can be signed in to elsewhere."""
    return ExternalIdentity.objects.filter(user=user).select_related("provider").order_by("linked_at", "id")


def providers_to_link(*, actor: Actor) -> QuerySet[IdentityProvider]:
    """Return the providers of the actor's school that are on and not linked with their account yet.

    Whoever holds a guarded post by now, and was linked by the staff number before, links it once more.
    """
    linked = ExternalIdentity.objects.filter(provider=OuterRef("pk"), user=actor.user_id)
    if not GUARDED.isdisjoint(actor.roles):
        linked = linked.filter(how=ExternalIdentity.How.ONESELF)
    return IdentityProvider.objects.filter(~Exists(linked), school=actor.school_scope, is_on=True).order_by("name")


def identity_get(*, provider: IdentityProvider, subject: str, now: datetime) -> ExternalIdentity | None:
    """Return who somebody is here whom a provider of their own school knows; None for nobody who may sign in now.

    A link made by the staff number alone ends to count where its owner comes to hold a guarded post.
    """
    people = _may_sign_in(provider, now).filter(user=OuterRef("user"))
    trusted = Q(how=ExternalIdentity.How.ONESELF) | Exists(people.filter(~_guarded(now)))
    rows = ExternalIdentity.objects.filter(Exists(people), trusted, provider=provider, subject=subject)
    return rows.select_related("user").first()


def person_to_link(*, provider: IdentityProvider, staff_number: str, now: datetime) -> Person | None:
    """Return who has a staff number and may be linked by it alone; None for nobody, and for whoever has powers.

    Whoever keeps the provider could name anybody there: so people whose posts open what is sealed, or give power over
    others, now or later, link it themselves.
    """
    if not identity_of(staff_number):
        return None
    people = _may_sign_in(provider, now).filter(~_guarded(now), staff_number__identity=identity_of(staff_number))
    return people.select_related("user").first()


def staff_number_is(*, actor: Actor, number: str) -> bool:
    """Say whether a staff number is the actor's own."""
    mine = Person.objects.filter(id=actor.person_id, staff_number__identity=identity_of(number))
    return bool(identity_of(number)) and mine.exists()


def _guarded(now: datetime) -> Exists:
    """Return the condition for people who hold a guarded post, now or later."""
    held = Appointment.objects.filter(person=OuterRef("pk"), post__role__in=GUARDED)
    return Exists(held.filter(Q(ends_at__isnull=True) | Q(ends_at__gt=now)))


def _may_sign_in(provider: IdentityProvider, now: datetime) -> QuerySet[Person]:
    """Return the people of a provider's school with an open account who have not left."""
    return Person.objects.filter(may_be_reached(at=now), school=provider.school_id, user__is_active=True)


def second_factor_asked(*, user: User, provider: IdentityProvider) -> bool:
    """Say whether somebody whom a provider let in still gives their second factor.

    Whoever holds a post that needs one does, whatever the provider asks for.
    """
    if user.second_factor_at is None or not provider.counts_as_factor:
        return user.second_factor_at is not None
    actor = actor_get(user_id=user.pk)
    return actor is None or not WITH_SECOND_FACTOR.isdisjoint(actor.roles)
