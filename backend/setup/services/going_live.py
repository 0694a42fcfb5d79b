"""Going live: only where nobody would wait for nobody."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from backend.common.errors import Conflict
from backend.organisation.actors import Actor
from backend.organisation.models import School
from backend.organisation.permissions import Permission
from backend.organisation.services.going_live import school_go_live
from backend.rounds.services.making import school_rounds_make
from backend.rulebook.selectors import active_version_id
from backend.rulebook.services import rulebook_check_record


class NoRulebook(Conflict):
    """The school has chosen no rules yet."""

    code = "no_rulebook"
    title = _("The school has no rules yet, so nothing could be reported. Choose them first.")


class NobodyReached(Conflict):
    """With the people entered so far, somebody would wait for nobody."""

    code = "nobody_reached"
    title = _("There are holes: at some hours a report would reach nobody. The check names them and says what to do.")


@transaction.atomic
def school_go_live_checked(*, school: School, by: Actor, now: datetime) -> bool:
    """Let a school go live where every step of its rules reaches somebody for four weeks; say whether it was not.

    The rounds of its coming days are there at once.

    Raises NotAdministrator, NoRulebook or NobodyReached.
    """
    by.require(Permission.CONFIGURATION_WRITE)
    version_id = active_version_id(school_id=school.id)
    if version_id is None:
        raise NoRulebook
    if rulebook_check_record(school=school, now=now).findings:
        raise NobodyReached
    is_new = school_go_live(school=school, by=by, now=now)
    if is_new:
        school_rounds_make(school=school, version_id=version_id, now=now)
    return is_new
