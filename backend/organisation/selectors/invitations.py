"""Reads of invitations: the person one is for, and the people who are still without an account."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet
from django.db.models.functions import Now

from backend.accounts.links import LinkDead, link_content
from backend.organisation.actors import Actor
from backend.organisation.models import ContactChannel, Person, School
from backend.organisation.selectors.powers import waits_for_second
from backend.organisation.selectors.reachable import may_be_reached

INVITATION_PURPOSE = "invitation"


@dataclass(frozen=True, slots=True)
class Invitation:
    """The person an invitation is for, and the address it was sent to (None: it was handed over)."""

    person: Person
    channel: ContactChannel | None


def invitation_get(*, token: str, now: datetime, lock: bool = False) -> Invitation:
    """Return whom an invitation is for; raise LinkDead, also if they have an account or left, or the address is gone.

    One that no second person confirmed is dead once the person has power over sealed tickets, and one that was handed
    over once they have an address.
    With `lock` the person is held until the transaction ends.
    """
    content = link_content(purpose=INVITATION_PURPOSE, token=token, now=now)
    people = Person.objects.select_for_update(of=("self",)) if lock else Person.objects.all()
    people = people.select_related("school", "bureau").filter(may_be_reached(at=now), user__isnull=True)
    person = people.filter(id=content["person"]).first()
    emails = ContactChannel.objects.filter(person_id=content["person"], kind=ContactChannel.Kind.EMAIL)
    channel = emails.filter(id=content["channel"]).first()
    is_still_right = emails.exists() == (content["channel"] is not None)
    if person is None or not is_still_right or (channel is None and content["channel"] is not None):
        raise LinkDead
    if not content.get("confirmed") and waits_for_second(person=person, now=now):
        raise LinkDead
    return Invitation(person, channel)


def people_without_account(*, actor: Actor) -> int:
    """Return how many people of the actor's school have an e-mail address but no account, and have not left."""
    here = Person.objects.filter(may_be_reached(at=Now()), school_id=actor.school_scope)
    return here.filter(user__isnull=True, channels__kind="email").distinct().count()


def people_coming(*, school: School, at: datetime) -> set[UUID]:
    """Return who of a school has an e-mail address, and is reached once its owner has accepted or confirmed it."""
    here = Person.objects.filter(may_be_reached(at=at), school=school)
    known = ContactChannel.objects.filter(person=OuterRef("pk"))
    has_address, is_reached = known.filter(kind=ContactChannel.Kind.EMAIL), known.filter(verified_at__isnull=False)
    return set(here.filter(Exists(has_address), ~Exists(is_reached)).values_list("id", flat=True))


def people_without_address(*, actor: Actor) -> QuerySet[Person]:
    """Return the people of the actor's school who have neither an account nor an e-mail address, and have not left."""
    here = Person.objects.filter(may_be_reached(at=Now()), school_id=actor.school_scope, user__isnull=True)
    emails = ContactChannel.objects.filter(person=OuterRef("pk"), kind=ContactChannel.Kind.EMAIL)
    return here.filter(~Exists(emails)).order_by("staff_number", "id")
