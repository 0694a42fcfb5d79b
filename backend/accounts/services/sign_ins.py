"""Writes on where somebody is signed in: sessions of the pages and tokens of the API, each with its place."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import Q
from knox.models import AuthToken, get_digest_token
from knox.settings import CONSTANTS, knox_settings

from backend.accounts.models import HalfSignIn, SignIn, User
from backend.common.errors import NotFound
from backend.common.services import PURGE_BATCH

EXPIRED_KEPT = timedelta(days=7)
MOST_TOKENS = 50
MOST_SESSIONS = 50


@dataclass(frozen=True, slots=True)
class Place:
    """The device and network somebody signs in from, in words."""

    device: str = ""
    network: str = ""


@dataclass(frozen=True, slots=True)
class Through:
    """The other system by which somebody signed in: who they are there, its session, and where one signs out there."""

    identity: str
    mark: str = ""
    leave: str = ""


@dataclass(frozen=True, slots=True)
class IssuedToken:
    """A new token in clear, which nobody can read again later, and the instant it ends."""

    token: str
    expires_at: datetime


NOWHERE = Place()


@transaction.atomic
def token_issue(*, user: User, now: datetime, place: Place = NOWHERE) -> IssuedToken:
    """Give the account a token for the configured time; long-expired ones and all beyond the newest 50 go."""
    digest, token = get_digest_token()
    expires_at = now + knox_settings.TOKEN_TTL
    tokens = AuthToken.objects.filter(user=user)
    tokens.filter(expiry__lt=now - EXPIRED_KEPT).delete()
    newest = tokens.order_by("-created", "digest").values("pk")[: MOST_TOKENS - 1]
    tokens.exclude(pk__in=newest).delete()
    key = token[: CONSTANTS.TOKEN_KEY_LENGTH]
    issued = AuthToken(digest=digest, token_key=key, user=user, expiry=expires_at)
    issued.save(force_insert=True)
    _record(SignIn(user=user, token=issued), place, now)
    return IssuedToken(token, expires_at)


def token_end(*, token: AuthToken) -> None:
    """End one token at once."""
    AuthToken.objects.filter(digest=token.digest).delete()


@transaction.atomic
def session_record(
    *, user: User, session_key: str, place: Place, now: datetime, through: Through | None = None
) -> None:
    """Note where, and by which other system, a session of the pages was opened; all beyond the newest 50 end."""
    sessions = SignIn.objects.filter(user=user, session__isnull=False).order_by("-started_at", "id")
    surplus = list(sessions.values_list("session_id", flat=True)[MOST_SESSIONS - 1 :])
    Session.objects.filter(session_key__in=surplus).delete()
    row = SignIn(user=user, session_id=session_key)
    if through is not None:
        row.identity, row.mark = UUID(through.identity), through.mark
    _record(row, place, now)


def half_record(*, user: User, session_key: str, through: Through) -> None:
    """Note by which other system somebody came who has yet to give the second factor: what ends there ends this too."""
    told = {"user": user, "identity": UUID(through.identity), "mark": through.mark}
    HalfSignIn.objects.update_or_create(session_id=session_key, defaults=told)


@transaction.atomic
def sign_in_end(*, user: User, sign_in_id: UUID) -> None:
    """End one session or token of the account at once; raise NotFound."""
    found = SignIn.objects.filter(user=user, id=sign_in_id).first()
    if found is None:
        raise NotFound
    Session.objects.filter(session_key=found.session_id).delete()
    AuthToken.objects.filter(digest=found.token_id).delete()


@transaction.atomic
def sign_ins_end_others(*, user: User, session_key: str | None = None, token_digest: str | None = None) -> None:
    """End every session and token of the account, but for the one in use if it is named."""
    Session.objects.filter(sign_in__user=user).exclude(session_key=session_key or "").delete()
    AuthToken.objects.filter(user=user).exclude(digest=token_digest or "").delete()


@transaction.atomic
def sign_ins_end_all(*, users: Collection[int]) -> None:
    """End every session and token of some accounts."""
    Session.objects.filter(sign_in__user__in=users).delete()
    AuthToken.objects.filter(user__in=users).delete()


@transaction.atomic
def sign_ins_end_through(
    *, user: User | None = None, identity: UUID | None = None, mark: str | None = None, session_key: str | None = None
) -> None:
    """End the sessions that were opened by somebody's identity elsewhere, by one session of that system, or by both.

    Of somebody's sessions, one of which it is not known by which session there it was opened is taken for that one.
    Those that wait for a second factor end as well.
    """
    if identity is None and mark is None:
        raise AssertionError("every session there is would end")
    wanted = Q() if mark is None else Q(mark=mark)
    if identity is not None:
        wanted |= Q() if mark is None else Q(mark="")
        wanted &= Q(user=user, identity=identity)
    for rows in (SignIn.objects.filter(wanted, session__isnull=False), HalfSignIn.objects.filter(wanted)):
        Session.objects.filter(pk__in=rows.values("session")).exclude(session_key=session_key or "").delete()


@transaction.atomic
def sign_ins_end_elsewhere(*, users: Collection[int]) -> None:
    """End the sessions that some accounts opened, or began to, by other systems; those opened here go on."""
    Session.objects.filter(sign_in__user__in=users, sign_in__identity__isnull=False).delete()
    Session.objects.filter(half__user__in=users).delete()


def sign_in_used(*, session_key: str | None = None, token_digest: str | None = None, now: datetime) -> None:
    """Note that a session or token is in use."""
    used = Q(session_id=session_key) if session_key else Q(token_id=token_digest)
    SignIn.objects.filter(used).update(last_used_at=now)


def _record(row: SignIn, place: Place, now: datetime) -> None:
    row.device, row.network = place.device[:80], place.network
    row.started_at = row.last_used_at = now
    row.save(force_insert=True)


def sessions_purge(*, now: datetime) -> int:
    """Delete up to 1000 sessions of the pages that are over; return how many rows that were, with those beside them."""
    old = Session.objects.filter(expire_date__lt=now).order_by("expire_date")
    return Session.objects.filter(pk__in=old.values("pk")[:PURGE_BATCH]).delete()[0]
