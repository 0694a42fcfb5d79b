"""Letting a school's own offices take the place of those that it began with."""

from collections.abc import Mapping
from copy import copy
from uuid import UUID

from django.db import transaction
from django.db.models import ProtectedError
from django.utils.translation import gettext_lazy as _

from backend.common.errors import Conflict, NotFound
from backend.common.recording import bulk_record
from backend.organisation.actors import Actor
from backend.organisation.models import Place, Post, School, Unit
from backend.organisation.permissions import Permission
from backend.rulebook.selectors import active_version_id, ruleset_get
from backend.setup.selectors.startup_offices import startup_offices_empty

TASKS = ("intake_unit", "protection_unit")


class OfficeNeeded(Conflict):
    """The office has a task, tickets, or categories of the rules that nobody else has taken over."""

    code = "office_needed"
    title = _("This office still has a task. Choose the office that takes it over; in the rules, too, if they name it.")


@transaction.atomic
def startup_offices_settle(*, actor: Actor, school: School, choices: Mapping[UUID, UUID | None]) -> None:
    """Take offices away that nobody has used; the office chosen for each takes over its tasks and places.

    Where none is chosen its places go to the office for intake. Raises NotAdministrator, NotFound or OfficeNeeded.
    """
    actor.require(Permission.CONFIGURATION_WRITE)
    locked = School.objects.select_for_update(no_key=True).get(id=school.id)
    empty = {office.id: office for office in startup_offices_empty(school=locked)}
    offices = Unit.objects.filter(school=locked, kind=Unit.Kind.OFFICE).exclude(id__in=choices).in_bulk()
    for office_id, taker_id in choices.items():
        office, taker = empty.get(office_id), offices.get(taker_id) if taker_id else None
        if office is None or (taker_id and taker is None):
            raise NotFound
        _replace(locked, office, taker)
    school.refresh_from_db(fields=TASKS)


def _replace(school: School, office: Unit, taker: Unit | None) -> None:
    tasks = [task for task in TASKS if getattr(school, f"{task}_id") == office.id]
    receiver = taker or school.intake_unit
    if receiver is None or (tasks and taker is None) or office.code in _codes_in_rules(school):
        raise OfficeNeeded
    for task in tasks:
        setattr(school, task, taker)
    school.save(update_fields=tasks)
    before = list(Place.objects.filter(owner=office))
    after = [copy(place) for place in before]
    for place in after:
        place.owner = receiver
    Place.objects.bulk_update(after, ["owner"])
    bulk_record(before=before, after=after)
    try:
        Post.objects.filter(unit=office).delete()
        office.delete()
    except ProtectedError as error:
        raise OfficeNeeded from error


def _codes_in_rules(school: School) -> set[str]:
    version_id = active_version_id(school_id=school.id)
    categories = ruleset_get(version_id).categories.values() if version_id is not None else ()
    return {code for category in categories for code in (*category.leads, *category.support)}
