"""Service accounts: made, given a new secret, revoked; every change is recorded, and those with power hear of it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from django.db import transaction

from backend.common.errors import NotFound
from backend.common.identities import identity_of
from backend.integrations.errors import EndOutOfRange, ServiceNameTaken, ServiceOver, TooManyServices
from backend.integrations.models import ServiceAccount, ServiceSecret
from backend.integrations.selectors import accounts_of
from backend.integrations.tokens import service_digest, service_token
from backend.organisation.actors import NO_SCHOOL, Actor
from backend.organisation.models import Bureau, Power, School
from backend.organisation.permissions import Permission
from backend.organisation.scopes import Scope
from backend.organisation.services.powers import employer_tell

MOST_ACCOUNTS = 20
LONGEST_LIFE = timedelta(days=731)
FORMER_GOOD_FOR = timedelta(days=7)
"""The time in which both secrets work, so that the other program can be given the new one."""


@dataclass(frozen=True, slots=True)
class ServiceDraft:
    """A service account to be: what it is called, what it may do, and until when."""

    name: str
    scopes: tuple[Scope, ...]
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class Made:
    """A service account with the token that was just made; nobody can read it again."""

    account: ServiceAccount
    token: str


@transaction.atomic
def service_make(*, actor: Actor, draft: ServiceDraft, key: str, now: datetime) -> Made:
    """Make a service account; raise EndOutOfRange, ServiceNameTaken or TooManyServices."""
    actor.require(Permission.SERVICES_MANAGE)
    if not now < draft.ends_at <= now + LONGEST_LIFE:
        raise EndOutOfRange(pointer="/ends_at")
    _employer_lock(actor)
    living = accounts_of(actor=actor).filter(revoked_at=None)
    if living.filter(name__identity=identity_of(draft.name)).exists():
        raise ServiceNameTaken(pointer="/name")
    if living.count() >= MOST_ACCOUNTS:
        raise TooManyServices
    account = ServiceAccount.objects.create(
        id=uuid4(),
        school_id=actor.school_id,
        bureau_id=None if actor.school_id else actor.bureau_id,
        name=draft.name,
        scopes=sorted(set(draft.scopes)),
        made_by_id=actor.person_id,
        made_at=now,
        ends_at=draft.ends_at,
    )
    return _secret_add(actor, account, key, now)


@transaction.atomic
def service_rotate(*, actor: Actor, account_id: UUID, key: str, at_once: bool, now: datetime) -> Made:
    """Give a service account a new secret; the one before works for seven days more, or (`at_once`) no longer.

    Raises ServiceOver for one that has ended. Older secrets are gone.
    """
    account = _locked(actor, account_id)
    if account.revoked_at is not None or account.ends_at <= now:
        raise ServiceOver
    newest = account.secrets.order_by("-made_at", "-id").values_list("pk", flat=True)[:1]
    account.secrets.exclude(pk__in=list(newest)).delete()
    account.secrets.update(ends_at=now if at_once else now + FORMER_GOOD_FOR)
    return _secret_add(actor, account, key, now)


@transaction.atomic
def service_revoke(*, actor: Actor, account_id: UUID, now: datetime) -> ServiceAccount:
    """End a service account for good, with all its secrets; one that is revoked already stays so."""
    account = _locked(actor, account_id)
    if account.revoked_at is None:
        account.revoked_at = now
        account.save(update_fields=["revoked_at"])
        account.secrets.all().delete()
        _tell(Power.SERVICE_ENDED, actor, account, now)
    return account


def _secret_add(actor: Actor, account: ServiceAccount, key: str, now: datetime) -> Made:
    token = service_token(account_id=account.id, key=key, made_at=now)
    ServiceSecret.objects.create(account=account, digest=service_digest(token), made_at=now)
    _tell(Power.SERVICE, actor, account, now)
    return Made(account, token)


def _tell(kind: Power, actor: Actor, account: ServiceAccount, now: datetime) -> None:
    employer_tell(
        kind=kind, school_id=account.school_id, bureau_id=account.bureau_id, by=actor, whom=account.name, now=now
    )


def _employer_lock(actor: Actor) -> None:
    """Let accounts of one school or bureau be made one after the other, so that they are counted."""
    if actor.school_id:
        School.objects.select_for_update(no_key=True).get(id=actor.school_id)
    else:
        Bureau.objects.select_for_update(no_key=True).get(id=actor.bureau_id or NO_SCHOOL)


def _locked(actor: Actor, account_id: UUID) -> ServiceAccount:
    account = accounts_of(actor=actor).select_for_update(of=("self",)).filter(id=account_id).first()
    if account is None:
        raise NotFound
    actor.require(Permission.SERVICES_MANAGE)
    return account
