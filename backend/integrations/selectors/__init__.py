"""Reads of service accounts: whose a token is, and what administrators see of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Exists, Max, OuterRef, Q, QuerySet
from django.db.models.functions import Now

from backend.common.errors import NotFound
from backend.common.identities import identity_of
from backend.integrations.errors import ServiceSecretDead
from backend.integrations.models import ServiceAccount, ServiceCall, ServiceSecret
from backend.integrations.tokens import service_digest
from backend.organisation.actors import Actor
from backend.organisation.models import Person


def accounts_of(*, actor: Actor) -> QuerySet[ServiceAccount]:
    """Return the service accounts of the actor's school or bureau, those that ended among them."""
    own = Q(school=actor.school_id) if actor.school_id else Q(bureau=actor.bureau_id)
    return ServiceAccount.objects.filter(own).select_related("made_by")


def account_get(*, actor: Actor, account_id: UUID) -> ServiceAccount:
    """Return a service account of the actor's school or bureau, or NotFound."""
    account = accounts_of(actor=actor).filter(id=account_id).first()
    if account is None:
        raise NotFound
    return account


def calls_of(*, account: ServiceAccount) -> QuerySet[ServiceCall]:
    """Return what a service account that the caller was let in to asked for."""
    return ServiceCall.objects.filter(account=account).select_related("person")


def last_calls(*, accounts: list[ServiceAccount]) -> Mapping[UUID, datetime]:
    """Return when each service account called last; one that never did is left out."""
    calls = ServiceCall.objects.filter(account__in=accounts).values("account").annotate(at=Max("last_at"))
    return dict(calls.values_list("account", "at"))


@dataclass(frozen=True, slots=True)
class Presented:
    """A token as it was found: its service account, whether its time is over, and when it was asked for."""

    account: ServiceAccount
    is_over: bool
    asked_at: datetime


def token_presented(*, token: str) -> Presented | None:
    """Return what stands behind a token; None for no such token or a revoked account."""
    secrets = ServiceSecret.objects.filter(digest=service_digest(token), account__revoked_at=None)
    found = secrets.select_related("account").annotate(asked_at=Now()).first()
    if found is None:
        return None
    ends = [found.account.ends_at, *([found.ends_at] if found.ends_at else [])]
    return Presented(found.account, min(ends) <= found.asked_at, found.asked_at)


def secret_check(*, account_id: UUID, token: str) -> None:
    """Raise ServiceSecretDead unless a token is the newest of a service account that is not revoked."""
    newer = ServiceSecret.objects.filter(account=OuterRef("account"), made_at__gt=OuterRef("made_at"))
    living = ServiceSecret.objects.filter(~Exists(newer), account=account_id, account__revoked_at=None)
    if not living.filter(digest=service_digest(token)).exists():
        raise ServiceSecretDead


def person_meant(*, account: ServiceAccount, staff_number: str) -> Person | None:
    """Return who at the account's school or bureau has a staff number; None for nobody, or for a closed account."""
    people = Person.objects.filter(school=account.school_id, bureau=account.bureau_id).select_related("user")
    person = people.filter(staff_number__identity=identity_of(staff_number)).first()
    return None if person is None or (person.user and not person.user.is_active) else person
