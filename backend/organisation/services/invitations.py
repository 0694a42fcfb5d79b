"""Inviting people to open an account of their own, and helping those who forgot their password.

The outbox carries ids only; the link is made when the mail is sent.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import NAMESPACE_URL, UUID, uuid4, uuid5

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from backend.accounts.links import link_token
from backend.accounts.models import User, username_normalised
from backend.accounts.services import user_create
from backend.common.errors import Conflict, NotFound
from backend.common.identities import identity_of
from backend.common.mail_addresses import mail_identity_of
from backend.common.outbox import OutboxDraft, outbox_add
from backend.common.waits import Growth, try_count
from backend.organisation.actors import Actor
from backend.organisation.models import ContactChannel, PendingPower, Person, Power
from backend.organisation.permissions import Permission
from backend.organisation.selectors.bureaus import looked_after_by
from backend.organisation.selectors.invitations import INVITATION_GOOD_FOR, INVITATION_PURPOSE, invitation_get
from backend.organisation.selectors.people import words_about
from backend.organisation.selectors.powers import guarded_roles, people_behind_seals
from backend.organisation.selectors.reachable import may_be_reached
from backend.organisation.services.powers import PowerChange, PowerOutdated, powers_ask, powers_tell

INVITED_AGAIN_AFTER = 600
"""Seconds in which a second invitation of the same person sends no second mail, also to an address entered anew."""
DAY = timedelta(days=1)
INVITATIONS = Growth(kind="invitations", free=3, first=timedelta(minutes=10), longest=DAY, kept=DAY)
INVITATIONS_TO_ALL = Growth(kind="invitations-to-all", free=5, first=timedelta(minutes=10), longest=DAY, kept=DAY)
RESETS_ASKED = Growth(kind="resets-asked", free=5, first=timedelta(minutes=10), longest=DAY, kept=DAY)
RESETS_FROM = Growth(
    kind="resets-from", free=40, first=timedelta(minutes=1), longest=timedelta(hours=1), kept=timedelta(hours=1)
)
"""Requests from one address, which may be a whole school's."""
MOST_INVITED = 5000
MOST_RESET = 5


class AccountExists(Conflict):
    """The person can sign in already."""

    code = "account_exists"
    title = _("This person has an account already. A forgotten password is renewed on the sign-in page.")


class NoAddress(Conflict):
    """There is no e-mail address to send the invitation to."""

    code = "no_address"
    title = _("No e-mail address of this person is known. Add one, then invite them.")


@dataclass(frozen=True, slots=True)
class Invited:
    """The number of invitations on their way, and of those that wait for a second person."""

    mails: int
    waiting: int


@transaction.atomic
def person_invite(*, actor: Actor, person_id: UUID, now: datetime) -> Invited:
    """Send one person of the actor's school an invitation: none if one went out just now.

    To somebody with power over sealed tickets it goes once a second person has confirmed it.
    Raises NotFound, NotAdministrator, AccountExists or NoAddress.
    """
    here = Person.objects.filter(may_be_reached(at=now), looked_after_by(actor=actor))
    person = here.filter(id=person_id).first()
    if person is None:
        raise NotFound
    actor.require(Permission.STAFF_INVITE)
    if person.user_id is not None:
        raise AccountExists
    channels = _addresses([person.id])
    if not channels:
        raise NoAddress
    try_count(growth=INVITATIONS, who=f"{person.id}\n{identity_of(channels[0].address)}", now=now)
    return _invite_or_ask(actor, [person], channels, now)


@transaction.atomic
def people_invite(*, actor: Actor, now: datetime, again: bool = False) -> Invited:
    """Invite everybody of the actor's school, and of a bureau of its own, who has an address and no account.

    To whom an invitation went before, another one goes only `again`, and then to them alone.
    """
    actor.require(Permission.STAFF_INVITE)
    try_count(growth=INVITATIONS_TO_ALL, who=str(actor.school_scope), now=now)
    without = Person.objects.filter(may_be_reached(at=now), looked_after_by(actor=actor), user__isnull=True)
    were = ContactChannel.objects.filter(person=OuterRef("pk"), invited_at__isnull=False)
    meant = without.filter(Exists(were) if again else ~Exists(were))
    people = list(meant.select_related("school", "bureau").order_by("id")[:MOST_INVITED])
    return _invite_or_ask(actor, people, _addresses([person.id for person in people]), now)


def invitation_apply(*, pending: PendingPower, now: datetime) -> None:
    """Send the invitation that a second person confirmed; raise PowerOutdated where its address is gone."""
    channel = ContactChannel.objects.filter(id=pending.change["channel"], person__user__isnull=True).first()
    if channel is None:
        raise PowerOutdated
    _invite([channel], {channel.person_id}, now)


def invitation_token(*, channel: ContactChannel, asked_at: datetime, is_confirmed: bool) -> str:
    """Return the token of a link with which the owner of an address opens an account, good for a week and once.

    Only a confirmed one opens the account of somebody with power over sealed tickets.
    """
    content = {"person": str(channel.person_id), "channel": channel.id, "confirmed": is_confirmed}
    return link_token(purpose=INVITATION_PURPOSE, content=content, expires_at=asked_at + INVITATION_GOOD_FOR)


@transaction.atomic
def invitation_accept(*, token: str, username: str, password: str, language: str, now: datetime) -> User:
    """Open the invited person's account; if it came by mail, the address counts as verified.

    Raises LinkDead, UsernameTaken or PasswordWeak.
    """
    found = invitation_get(token=token, now=now, lock=True)
    about = words_about(person=found.person)
    user = user_create(username=username, password=password, language=language, about=about)
    found.person.user = user
    found.person.save(update_fields=["user"])
    if found.channel is not None and found.channel.verified_at is None:
        found.channel.verified_at = now
        found.channel.save(update_fields=["verified_at"])
    if guarded_roles(person_ids=[found.person.id], now=now):
        powers_tell(changes=[PowerChange(Power.ACCOUNT_LINKED, found.person, None, is_own=True)], now=now)
    return user


@transaction.atomic
def password_reset_ask(*, asked: str, source: str, device: str = "", now: datetime) -> None:
    """Have a reset link sent to whoever has this user name or verified address; raise TooSoon.

    `device` names one at which this user has signed in: it has tries of its own, so that no stranger uses them up.

    One row is written in any case, so that neither the answer nor its time tells whether there is such an account.
    """
    whom = mail_identity_of(asked)
    try_count(growth=RESETS_ASKED, who=f"{whom}\n{device}" if device else whom, now=now)
    try_count(growth=RESETS_FROM, who=device or source, now=now)
    address = Q(
        person__channels__address__identity=whom,
        person__channels__kind=ContactChannel.Kind.EMAIL,
        person__channels__verified_at__isnull=False,
    )
    users = User.objects.filter(Q(username=username_normalised(asked)) | address, is_active=True).order_by("pk")
    ids = list(users.values_list("pk", flat=True).distinct()[:MOST_RESET])
    payload = {"users": ids, "device": device}
    draft = OutboxDraft(topic="password.forgotten", dedup_key=f"password-forgotten:{uuid4()}", payload=payload)
    outbox_add(drafts=[draft], now=now)


def _addresses(person_ids: Sequence[UUID]) -> list[ContactChannel]:
    """Return the one address to write to of each person: a verified one, else the newest."""
    rows = ContactChannel.objects.filter(person_id__in=person_ids, kind=ContactChannel.Kind.EMAIL)
    return list(rows.order_by("person_id", F("verified_at").asc(nulls_last=True), "-id").distinct("person_id"))


def _invite_or_ask(
    actor: Actor, people: Sequence[Person], channels: Sequence[ContactChannel], now: datetime
) -> Invited:
    sealed = people_behind_seals(people=people, now=now)
    by_id = {person.id: person for person in people}
    asked = [
        PowerChange(Power.INVITATION, by_id[row.person_id], actor, what=str(row.id), change={"channel": row.id})
        for row in channels
        if row.person_id in sealed
    ]
    powers_ask(changes=asked, now=now)
    powerful = set(guarded_roles(person_ids=by_id, now=now))
    mails = _invite([row for row in channels if row.person_id not in sealed], powerful, now)
    return Invited(mails, len(asked))


def _invite(channels: Sequence[ContactChannel], confirmed: Collection[UUID], now: datetime) -> int:
    window = int(now.timestamp()) // INVITED_AGAIN_AFTER
    drafts = [
        OutboxDraft(
            topic="person.invited",
            dedup_key=f"invitation:{channel.person_id}:{_mark(channel)}:{window}",
            payload={"channel": channel.id, "confirmed": channel.person_id in confirmed},
        )
        for channel in channels
    ]
    ContactChannel.objects.filter(id__in=[channel.id for channel in channels]).update(invited_at=now)
    return len(outbox_add(drafts=drafts, now=now))


def _mark(channel: ContactChannel) -> str:
    return uuid5(NAMESPACE_URL, identity_of(channel.address)).hex
