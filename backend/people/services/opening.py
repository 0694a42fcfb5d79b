"""Opening a school's staff to one program, and closing it again; those with power hear of it."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from backend.common.errors import NotFound
from backend.organisation.actors import Actor
from backend.organisation.models import Power, School
from backend.organisation.permissions import Permission
from backend.organisation.services.powers import employer_tell
from backend.people.models import PeopleSource
from backend.people.selectors import accounts_to_open, source_of


@transaction.atomic
def source_open(*, actor: Actor, account_id: UUID, now: datetime) -> PeopleSource:
    """Let one program, and no other any more, bring the staff; raise NotFound for one that may not read it."""
    actor.require(Permission.STAFF_IMPORT)
    School.objects.select_for_update(no_key=True).get(id=actor.school_scope)
    account = next((one for one in accounts_to_open(actor=actor, now=now) if one.id == account_id), None)
    if account is None:
        raise NotFound
    source = source_of(school_id=actor.school_scope) or PeopleSource(school_id=actor.school_scope)
    source.account, source.opened_by_id, source.opened_at = account, actor.person_id, now
    source.save()
    _tell(Power.SERVICE, actor, account.name, now)
    return source


@transaction.atomic
def source_close(*, actor: Actor, now: datetime) -> None:
    """Let no program bring the staff any more; who came by it stays."""
    actor.require(Permission.STAFF_IMPORT)
    source = source_of(school_id=actor.school_scope)
    if source is not None:
        source.delete()
        _tell(Power.SERVICE_ENDED, actor, str(source), now)


def _tell(kind: Power, actor: Actor, whom: str, now: datetime) -> None:
    employer_tell(kind=kind, school_id=actor.school_id, bureau_id=None, by=actor, whom=whom, now=now)
