"""The rules of a school from one of the rulebooks that come with the product, fitted to it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from backend.common.errors import Invalid
from backend.organisation.actors import Actor
from backend.organisation.models import School
from backend.organisation.permissions import Permission
from backend.rulebook.fitting import Fit, content_fitted
from backend.rulebook.services import rulebook_activate, rulebook_activate_checked, rulebook_load, rulebook_lock
from backend.rulebook.validation import rulebook_errors
from backend.setup.selectors.presets import presets


class RulesDoNotFit(Invalid):
    """The rulebook cannot be fitted to these offices."""

    code = "rules_do_not_fit"
    title = _("The rules do not fit these offices. Codes of offices are small letters, digits and hyphens.")


@dataclass(frozen=True, slots=True)
class EmergencyNumbers:
    """The numbers to call before any form."""

    police: str
    fire: str
    ambulance: str


def rules_fitted(*, preset: str, fit: Fit) -> dict[str, Any]:
    """Return the content of a rulebook as it would hold at a school; raise RulesDoNotFit."""
    content = content_fitted(presets()[preset], fit)
    if rulebook_errors(content):
        raise RulesDoNotFit
    return content


@transaction.atomic
def rules_set_up(
    *, actor: Actor, school: School, preset: str, fit: Fit, numbers: EmergencyNumbers, seen: int | None, now: datetime
) -> None:
    """Take a fitted rulebook into use: as it is while the school is set up, later only where nobody waits for nobody.

    `seen` is the version that was in use when the answers were given. Raises NotAdministrator, RulesDoNotFit,
    RulebookChanged or RulebookReachesNobody.
    """
    actor.require(Permission.CONFIGURATION_WRITE)
    rulebook_lock(school=school, seen=seen)
    content = rules_fitted(preset=preset, fit=fit)
    version, _is_new = rulebook_load(content=content, now=now)
    activate = rulebook_activate if school.live_at is None else rulebook_activate_checked
    activate(school=school, version=version, now=now, by=actor)
    school.emergency_police, school.emergency_fire = numbers.police, numbers.fire
    school.emergency_ambulance = numbers.ambulance
    school.save(update_fields=["emergency_police", "emergency_fire", "emergency_ambulance"])
