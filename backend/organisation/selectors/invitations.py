"""Reads of invitations: the person one is for, and the people who are still without an account."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Now

from backend.accounts.links import LinkDead, link_content
from backend.organisation.actors import Actor
from backend.organisation.models import ContactChannel, PendingPower, Person, Power, School
from backend.organisation.selectors.bureaus import bureaus_of_own, looked_after_by
from backend.organisation.selectors.powers import WAITING, waits_for_second
from backend.organisation.selectors.reachable import may_be_reached

INVITATION_PURPOSE = "invitation"
INVITATION_GOOD_FOR = timedelta(days=7)
EMAILS = ContactChannel.objects.filter(person=OuterRef("pk"), kind=ContactChannel.Kind.EMAIL)
LAST_INVITED = Subquery(EMAILS.filter(invited_at__isnull=False).order_by("-invited_at").values("invited_at")[:1])


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


@dataclass(frozen=True, slots=True)
class InvitationCounts:
    """The numbers of people of a school and of a bureau of its own by how far their accounts are, without leavers."""

    people: int
    officers: int
    """Those of the bureau."""
    with_account: int
    invited: int
    too_late: int
    """Those of the invited with a link that does not work any more."""
    asked: int
    """Those with an invitation that waits for a second person."""
    uninvited: int
    without_address: int


def invitation_counts(*, actor: Actor) -> InvitationCounts:
    """Count the people of the actor's school by how far their accounts are; one query."""
    asked = PendingPower.objects.filter(WAITING, person=OuterRef("pk"), kind=Power.INVITATION)
    here = _here(actor).annotate(has_address=Exists(EMAILS), invited_at=LAST_INVITED, is_asked=Exists(asked))
    has_account, has_address = Q(user__isnull=False), Q(has_address=True)
    was_invited = ~has_account & has_address & Q(invited_at__isnull=False)
    was_not = ~has_account & has_address & Q(invited_at__isnull=True)
    return InvitationCounts(
        **here.aggregate(
            people=Count("id"),
            officers=Count("id", filter=Q(bureau__isnull=False)),
            with_account=Count("id", filter=has_account),
            invited=Count("id", filter=was_invited),
            too_late=Count("id", filter=was_invited & Q(invited_at__lt=Now() - INVITATION_GOOD_FOR)),
            asked=Count("id", filter=was_not & Q(is_asked=True)),
            uninvited=Count("id", filter=was_not & Q(is_asked=False)),
            without_address=Count("id", filter=~has_account & ~has_address),
        )
    )


def people_invited(*, actor: Actor) -> QuerySet[Person]:
    """Return who of the actor's school was invited (`invited_at`) and has no account, the earliest first."""
    here = _here(actor).annotate(invited_at=LAST_INVITED)
    return here.filter(user__isnull=True, invited_at__isnull=False).order_by("invited_at", "id")


def _here(actor: Actor) -> QuerySet[Person]:
    return Person.objects.filter(may_be_reached(at=Now()), looked_after_by(actor=actor))


def people_coming(*, school: School, at: datetime) -> set[UUID]:
    """Return who of a school has an e-mail address, and is reached once its owner has accepted or confirmed it."""
    employed = Q(school=school) | Q(bureau__in=bureaus_of_own(school_id=school.id))
    here = Person.objects.filter(employed, may_be_reached(at=at))
    known = ContactChannel.objects.filter(person=OuterRef("pk"))
    has_address, is_reached = known.filter(kind=ContactChannel.Kind.EMAIL), known.filter(verified_at__isnull=False)
    return set(here.filter(Exists(has_address), ~Exists(is_reached)).values_list("id", flat=True))


def people_without_address(*, actor: Actor) -> QuerySet[Person]:
    """Return the people of the actor's school who have neither an account nor an e-mail address, and have not left."""
    return _here(actor).filter(~Exists(EMAILS), user__isnull=True).order_by("staff_number", "id")
