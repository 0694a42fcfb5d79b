"""Invitations handed over to people without an address of their own, who are told on the pages or by a robot.

Whoever makes such a link could use it themselves, as with an address they enter. So nobody gets one who has power over
sealed tickets in a school that is in use, and of others with power those concerned hear.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from backend.accounts.links import link_token
from backend.common.errors import Conflict, NotFound
from backend.organisation.actors import Actor
from backend.organisation.models import Person, Power
from backend.organisation.permissions import Permission
from backend.organisation.selectors.invitations import INVITATION_GOOD_FOR, INVITATION_PURPOSE, people_without_address
from backend.organisation.selectors.powers import waits_for_second
from backend.organisation.services.powers import PowerChange, powers_tell


class AddressNeeded(Conflict):
    """Somebody with power over sealed tickets is invited by an address alone, and a second person confirms it."""

    code = "address_needed"
    title = _("This person can read confidential reports. Enter an address of theirs, and invite them by mail.")


@dataclass(frozen=True, slots=True)
class Handed:
    """The person a link is for, and its token."""

    person: Person
    token: str


@transaction.atomic
def invitation_hand_out(*, actor: Actor, person_id: UUID, now: datetime) -> Handed:
    """Return the token of a link that opens the account of somebody without an address, once and within a week.

    Raises NotFound, also for whoever has an address or an account; NotAdministrator; or AddressNeeded.
    """
    actor.require(Permission.STAFF_INVITE)
    person = people_without_address(actor=actor).filter(id=person_id).select_related("school").first()
    if person is None:
        raise NotFound
    if waits_for_second(person=person, now=now):
        raise AddressNeeded
    powers_tell(changes=[PowerChange(Power.INVITATION, person, actor)], now=now)
    content = {"person": str(person.id), "channel": None, "confirmed": False}
    expires_at = now + INVITATION_GOOD_FOR
    return Handed(person, link_token(purpose=INVITATION_PURPOSE, content=content, expires_at=expires_at))
