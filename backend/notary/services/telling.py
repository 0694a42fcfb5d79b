"""Telling principals and bureaus how the record stands, and taking their word on a break."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import IntegrityError, transaction

from backend.common.errors import NotFound
from backend.common.outbox import outbox_add
from backend.duty.selectors.reaching import directory_load
from backend.notary.errors import BreakAnswered
from backend.notary.models import BreakAnswer
from backend.notary.news import TOLD, break_draft, checkpoint_draft
from backend.notary.selectors import checkpoint_told, verification_held, verifications_broken
from backend.organisation.actors import Actor
from backend.organisation.models import School
from backend.organisation.permissions import Permission

AGAIN = timedelta(hours=4)
"""The pause before a break is told once more."""


def breaks_tell(*, now: datetime) -> None:
    """Tell of each break that nobody has answered, at once and every four hours."""
    broken = verifications_broken()
    people = _people(now) if broken else set()
    if people:
        turns = [(found, max(now - found.ended_at, timedelta()) // AGAIN) for found in broken]
        outbox_add(drafts=[break_draft(found, people, turn=turn) for found, turn in turns], now=now)


def checkpoint_tell(*, now: datetime) -> None:
    """Send the newest checkpoint out, one that a witness saw before any other: whoever keeps it is a witness too."""
    signed, people = checkpoint_told(), _people(now)
    if signed and people:
        outbox_add(drafts=[checkpoint_draft(signed, people, held=verification_held())], now=now)


@transaction.atomic
def break_answer(*, actor: Actor, verification_id: int, words: str, now: datetime) -> BreakAnswer:
    """Take somebody's word that they look after a break, so that it is not told any more."""
    actor.require(Permission.LEDGER_ANSWER)
    found = next((one for one in verifications_broken() if one.pk == verification_id), None)
    if found is None:
        raise NotFound
    try:
        with transaction.atomic():
            return BreakAnswer.objects.create(verification=found, person_id=actor.person_id, words=words, at=now)
    except IntegrityError:
        raise BreakAnswered from None


def _people(now: datetime) -> set[UUID]:
    """Return who can be reached now as the principal of a school, and for its bureau."""
    schools = list(School.objects.values_list("id", flat=True))
    directory = directory_load(school_ids=schools, now=now)
    reached = [directory.reach(role=role, school_id=school, unit_id=None) for school in schools for role in TOLD]
    return {person for one in reached for person in one.people}
