"""Writes on the channels by which a person is told: add, prove with a code, remove."""

from datetime import datetime, timedelta
from enum import Enum
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext_lazy as _

from backend.accounts.services.news import News
from backend.common.errors import Conflict, DomainError, Invalid, NotFound
from backend.common.identities import identity_of
from backend.common.outbox import OutboxDraft, outbox_add
from backend.common.waits import Growth, TooSoon, try_count
from backend.organisation.actors import Actor
from backend.organisation.addresses import address_clean, address_signed, destination_of
from backend.organisation.models import ContactChannel, Person, Power
from backend.organisation.services.entered_addresses import own_address_tell, owner_tell

MOST_CHANNELS = 5
CODE_VALID = timedelta(minutes=15)
MOST_TRIES = 5
RESEND_AFTER = timedelta(minutes=2)
DAY = timedelta(days=1)
CODES_OF_PERSON = Growth(kind="codes-of-person", free=8, first=timedelta(minutes=10), longest=DAY, kept=DAY)
FIRST_CODE = Growth(kind="first-code-to-address", free=1, first=DAY, longest=DAY, kept=DAY)
"""The code a day that somebody can have sent to an address whatever others did, so that nobody uses it up for them."""
CODES_TO_ADDRESS = Growth(kind="codes-to-address", free=2, first=timedelta(minutes=10), longest=DAY, kept=DAY)
"""Beyond it, whoever adds it, however often it is removed and added again: the address may be a stranger's."""


class TooManyChannels(Conflict):
    """The person has as many channels as anybody may have."""

    code = "too_many_channels"
    title = _("You have five channels already. Please remove one that you do not need.")


class ChannelExists(Conflict):
    """The person has this channel already."""

    code = "channel_exists"
    title = _("You have added this address already.")


class LastChannel(Conflict):
    """Without this channel the person could not be reached any more."""

    code = "last_channel"
    title = _("This is the only way to reach you. Please add and verify another one first.")


class CodeTooSoon(DomainError):
    """A code was sent a moment ago."""

    code = "code_too_soon"
    status = 429
    title = _("A code was sent a moment ago. Please wait two minutes before you ask for another one.")
    retry_after = int(RESEND_AFTER.total_seconds())


class CodesTooMany(TooSoon):
    """So many codes were sent for this person, or to this address, that the next has to wait."""

    code = "too_many_codes"
    title = _("Many codes were sent already. Please wait %(wait)s before you ask for another one.")


class CodeWrong(Invalid):
    """The code is not the one that was sent last."""

    code = "code_wrong"
    title = _("This is not the code that was sent last. Please look again.")


class CodeSpent(Conflict):
    """There is no code that could still be typed: too old, typed wrongly too often, or never sent."""

    code = "code_spent"
    title = _("This code cannot be used any more. Please ask for a new one.")


class Verdict(Enum):
    """The outcome of typing a code."""

    RIGHT = "right"
    WRONG = "wrong"
    SPENT = "spent"


@transaction.atomic
def channel_add(*, actor: Actor, kind: str, address: str, secret: str = "", now: datetime) -> ContactChannel:
    """Add a channel for the actor and send a code through it; it counts only once the code has been typed.

    A robot that wants signatures has a secret.
    """
    whole = address_signed(kind=kind, address=address, secret=secret)
    cleaned = address_clean(kind=kind, address=whole, allowed_hosts=settings.INTRANET_HOOK_HOSTS)
    Person.objects.select_for_update(no_key=True).get(id=actor.person_id)
    own = ContactChannel.objects.filter(person=actor.person_id)
    if own.filter(_same_address(kind, cleaned)).exists():
        raise ChannelExists(pointer="/address")
    if own.count() >= MOST_CHANNELS:
        raise TooManyChannels
    channel = ContactChannel.objects.create(person_id=actor.person_id, kind=kind, address=cleaned)
    return _code_issue(channel, now)


@transaction.atomic
def channel_code_send(*, actor: Actor, channel_id: int, now: datetime) -> ContactChannel:
    """Send a new code through a channel that is not verified; the one before it is void. Raise CodeTooSoon."""
    channel = _locked(actor.person_id, channel_id)
    if channel.verified_at is not None:
        return channel
    if channel.code_sent_at is not None and now - channel.code_sent_at < RESEND_AFTER:
        raise CodeTooSoon
    return _code_issue(channel, now)


def channel_verify(*, actor: Actor, channel_id: int, code: str, now: datetime) -> ContactChannel:
    """Let a channel count from now on if this is the code sent last; raise CodeWrong or CodeSpent.

    A wrong try is counted in a transaction of its own, so that no refusal takes it back; the fifth voids the code.
    """
    with transaction.atomic():
        channel = _locked(actor.person_id, channel_id)
        verdict = _verdict(channel, code, now)
        if channel.verified_at is None and verdict is not Verdict.SPENT:
            channel.code_attempts += 1
            if verdict is Verdict.RIGHT:
                channel.verified_at, channel.code_digest = now, ""
                own_address_tell(channel=channel, what=Power.ADDRESS_CONFIRMED, now=now)
                owner_tell(channel=channel, what=News.ADDRESS_ADDED, now=now)
            channel.save(update_fields=["code_attempts", "verified_at", "code_digest"])
    if verdict is Verdict.WRONG:
        raise CodeWrong(pointer="/code")
    if verdict is Verdict.SPENT:
        raise CodeSpent
    return channel


@transaction.atomic
def channel_remove(*, actor: Actor, channel_id: int, now: datetime) -> None:
    """Remove a channel of the actor; raise LastChannel where it is the only one that counts."""
    Person.objects.select_for_update(no_key=True).get(id=actor.person_id)
    channel = _locked(actor.person_id, channel_id)
    others = ContactChannel.objects.filter(person=actor.person_id, verified_at__isnull=False).exclude(id=channel_id)
    if channel.verified_at is not None and not others.exists():
        raise LastChannel
    own_address_tell(channel=channel, what=Power.ADDRESS_REMOVED, now=now)
    if channel.verified_at is not None:
        owner_tell(channel=channel, what=News.ADDRESS_REMOVED, now=now)
    channel.delete()


def channel_code(*, channel_id: int, sent_at: datetime) -> str:
    """Return the six digits that were sent through a channel at an instant; they are stored nowhere."""
    digest = salted_hmac("allclear.channel.code", f"{channel_id}:{sent_at.isoformat()}", algorithm="sha256").digest()
    return f"{int.from_bytes(digest, 'big') % 1_000_000:06d}"


def _same_address(kind: str, address: str) -> Q:
    """Return the condition for an address that leads to the same place; only those of robots know upper case."""
    is_email = kind == ContactChannel.Kind.EMAIL
    return Q(kind=kind, **({"address__identity": identity_of(address)} if is_email else {"address": address}))


def _code_issue(channel: ContactChannel, now: datetime) -> ContactChannel:
    try_count(growth=CODES_OF_PERSON, who=str(channel.person_id), now=now, refusal=CodesTooMany)
    _count_to_address(channel, now)
    code = channel_code(channel_id=channel.id, sent_at=now)
    channel.code_digest, channel.code_sent_at = _digest(channel, code), now
    channel.code_attempts, channel.code_error = 0, ""
    channel.save(update_fields=["code_digest", "code_sent_at", "code_attempts", "code_error"])
    payload = {"channel": channel.id, "sent_at": now.isoformat()}
    draft = OutboxDraft("channel.code", f"code:{channel.id}:{now.isoformat()}", payload)
    outbox_add(drafts=[draft], now=now)
    return channel


def _count_to_address(channel: ContactChannel, now: datetime) -> None:
    written_to = identity_of(destination_of(kind=channel.kind, address=channel.address))
    try:
        try_count(growth=FIRST_CODE, who=f"{channel.person_id}:{written_to}", now=now)
    except TooSoon:
        try_count(growth=CODES_TO_ADDRESS, who=written_to, now=now, refusal=CodesTooMany)


def _locked(person_id: UUID, channel_id: int) -> ContactChannel:
    channel = ContactChannel.objects.select_for_update().filter(person=person_id, id=channel_id).first()
    if channel is None:
        raise NotFound
    return channel


def _verdict(channel: ContactChannel, code: str, now: datetime) -> Verdict:
    if channel.verified_at is not None:
        return Verdict.RIGHT
    is_spent = channel.code_sent_at is None or now - channel.code_sent_at > CODE_VALID
    if is_spent or not channel.code_digest or channel.code_attempts >= MOST_TRIES:
        return Verdict.SPENT
    return Verdict.RIGHT if constant_time_compare(channel.code_digest, _digest(channel, code)) else Verdict.WRONG


def _digest(channel: ContactChannel, code: str) -> str:
    return salted_hmac("allclear.channel.digest", f"{channel.id}:{code}", algorithm="sha256").hexdigest()
