"""Contact tests as their people and the keepers of the rosters see them."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from backend.common.errors import NotFound
from backend.duty.models import ContactRule, ContactTest, DutyShift, DutySlot
from backend.organisation.actors import Actor
from backend.organisation.permissions import Permission
from backend.organisation.selectors.people import where_employed

SHOWN_FOR = timedelta(days=7)
BEHIND = ("shift__place", "shift__school", "person", "asked_by", "taken_back_by")


def contacts_open(*, now: datetime) -> QuerySet[ContactTest]:
    """Return the tests that wait for an answer: the shift is not over, and whoever was asked still serves in it."""
    serving = DutySlot.objects.filter(shift=OuterRef("shift"), person=OuterRef("person"))
    return ContactTest.objects.filter(Exists(serving), answered_at=None, taken_back_at=None, shift__ends_at__gt=now)


def contact_tests_visible(*, actor: Actor) -> QuerySet[ContactTest]:
    """Return the tests that somebody was asked in, and to keepers of the rosters those of everybody where they work."""
    shifts = DutyShift.objects.filter(where_employed(actor=actor))
    rows = ContactTest.objects.filter(shift__in=shifts).select_related(*BEHIND)
    return rows if actor.may(Permission.CONTACTS_ASK) else rows.filter(person=actor.person_id)


def contact_tests_waiting(*, actor: Actor, now: datetime) -> list[ContactTest]:
    """Return the tests that wait for the actor's own answer, in shifts that are not over; one statement."""
    rows = contacts_open(now=now).filter(person=actor.person_id)
    return list(rows.select_related("shift__place").order_by("due_at", "id"))


def contact_tests_lately(*, actor: Actor, now: datetime) -> list[ContactTest]:
    """Return to keepers of the rosters the tests of shifts that are not over, or ended within the week."""
    if not actor.may(Permission.CONTACTS_ASK):
        return []
    rows = contact_tests_visible(actor=actor).filter(shift__ends_at__gt=now - SHOWN_FOR)
    return list(rows.order_by("-asked_at", "person__name", "id")[:60])


def contact_test_get(*, actor: Actor, test_id: UUID, locked: bool = False) -> ContactTest:
    """Return a test that the actor may see, else NotFound."""
    rows = contact_tests_visible(actor=actor)
    found = (rows.select_for_update(of=("self",)) if locked else rows).filter(id=test_id).first()
    if found is None:
        raise NotFound
    return found


def contact_rules_of(*, actor: Actor) -> list[ContactRule]:
    """Return when the people of each sort of shift of the actor's school are asked; a sort without a rule is not."""
    return list(ContactRule.objects.filter(school=actor.school_id).select_related("set_by").order_by("kind"))


def silent_now(*, shift_ids: set[UUID], now: datetime) -> set[tuple[UUID, UUID]]:
    """Return shift and person of those who have not answered in time."""
    late = Q(answered_at=None, taken_back_at=None, due_at__lte=now)
    return set(ContactTest.objects.filter(late, shift__in=shift_ids).values_list("shift", "person"))
