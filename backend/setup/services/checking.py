"""Keeping that an administrator looked at who is told, and found it right."""

from datetime import datetime

from django.db import transaction

from backend.organisation.actors import Actor
from backend.organisation.models import School
from backend.organisation.permissions import Permission
from backend.setup.models import CheckKept


@transaction.atomic
def check_keep(*, actor: Actor, school: School, version_id: int, now: datetime) -> None:
    """Keep it for the version of the rules that was looked at; raise NotAdministrator."""
    actor.require(Permission.CONFIGURATION_WRITE)
    CheckKept.objects.update_or_create(school=school, defaults={"version_id": version_id, "kept_at": now})
