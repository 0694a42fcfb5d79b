"""Writes on who is who at a provider."""

from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction

from backend.accounts.models import User
from backend.accounts.services.news import News, account_news_add
from backend.accounts.services.sign_ins import sign_ins_end_through
from backend.common.errors import NotFound
from backend.identity.errors import LinkTaken, NotLinked
from backend.identity.models import ExternalIdentity, IdentityProvider
from backend.identity.selectors import identity_get, person_to_link
from backend.organisation.actors import Actor

How = ExternalIdentity.How


@transaction.atomic
def identity_found(*, provider: IdentityProvider, subject: str, staff_number: str, now: datetime) -> ExternalIdentity:
    """Return who somebody is here, linked by the staff number now where that is trusted; raise NotLinked."""
    known = identity_get(provider=provider, subject=subject, now=now)
    if known is not None:
        return known
    person = None
    if provider.links_by_staff_number:
        person = person_to_link(provider=provider, staff_number=staff_number, now=now)
    if person is None or person.user is None:
        raise NotLinked
    try:
        return _linked(provider, subject, person.user, How.STAFF_NUMBER, now)
    except LinkTaken as error:
        # Perhaps by another tab of the same person just now.
        known = identity_get(provider=provider, subject=subject, now=now)
        if known is None:
            raise NotLinked from error
        return known


@transaction.atomic
def identity_link(*, actor: Actor, provider: IdentityProvider, subject: str, user: User, now: datetime) -> None:
    """Link the actor's account with who they are at a provider of their school; raise LinkTaken or NotFound."""
    if provider.school_id != actor.school_id:
        raise NotFound
    known = ExternalIdentity.objects.filter(provider=provider, subject=subject, user=user).first()
    if known is None:
        _linked(provider, subject, user, How.ONESELF, now)
    elif known.how != How.ONESELF:
        known.how, known.linked_at = How.ONESELF, now
        known.save(update_fields=["how", "linked_at"])


@transaction.atomic
def identity_end(*, user: User, identity_id: UUID, now: datetime, session_key: str | None = None) -> None:
    """End a link of the account, and the sessions opened by it but the one in use; raise NotFound."""
    identity = ExternalIdentity.objects.select_related("provider").filter(user=user, id=identity_id).first()
    if identity is None:
        raise NotFound
    sign_ins_end_through(user=user, identity=identity.id, session_key=session_key)
    identity.delete()
    account_news_add(user=user, what=News.IDENTITY_ENDED, now=now, system=identity.provider.name)


def _linked(provider: IdentityProvider, subject: str, user: User, how: str, now: datetime) -> ExternalIdentity:
    try:
        with transaction.atomic():
            made = ExternalIdentity.objects.create(
                provider=provider, subject=subject, user=user, how=how, linked_at=now
            )
    except IntegrityError as error:
        raise LinkTaken from error
    account_news_add(user=user, what=News.IDENTITY_LINKED, now=now, system=provider.name)
    return made
