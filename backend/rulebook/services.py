"""Loading a rulebook file as an immutable version, taking a version into use, and keeping what checks found."""

import hashlib
import json
import logging
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from backend.common.errors import Conflict, NotFound
from backend.common.outbox import OutboxDraft, outbox_add
from backend.duty.selectors import directory_load
from backend.organisation.actors import Actor
from backend.organisation.models import Power, School
from backend.organisation.roles import Role
from backend.organisation.services.powers import school_tell
from backend.rulebook.findings import Coverage
from backend.rulebook.models import RulebookCheck, RulebookUse, RulebookVersion, SchoolRulebook
from backend.rulebook.selectors import active_version_id, coverage_get, ruleset_get, schools_with_rulebook

logger = logging.getLogger(__name__)

TOPIC_CHECKED = "rulebook.checked"
MOST_KEPT = 200


class RulebookReachesNobody(Conflict):
    """A rung of the rulebook would reach nobody at the school, or an office it names does not exist there."""

    code = "rulebook_reaches_nobody"
    title = _("With this rulebook somebody would wait for nobody. Fill the posts first, or change the rulebook.")

    def __init__(self, coverage: Coverage) -> None:
        self.coverage = coverage
        super().__init__()


class RulebookChanged(Conflict):
    """The rules are not those any more from which a change was made."""

    code = "rulebook_changed"
    title = _("The rules were changed meanwhile. Please look at them as they are now, and enter your change again.")


def rulebook_lock(*, school: School, seen: int | None) -> RulebookVersion | None:
    """Return the version in use (None: there is none yet), which nobody changes until the transaction ends.

    Raises RulebookChanged where it is not the one that was seen.
    """
    used = SchoolRulebook.objects.select_for_update(of=("self",)).select_related("version").filter(school=school)
    version = next((rulebook.version for rulebook in used), None)
    if (version.pk if version else None) != seen:
        raise RulebookChanged
    return version


@transaction.atomic
def rulebook_load(*, content: Mapping[str, Any], now: datetime) -> tuple[RulebookVersion, bool]:
    """Store checked content as a version and say whether it is new; the same content is always the same version."""
    canonical = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    digest = hashlib.sha256(canonical.encode()).hexdigest()
    return RulebookVersion.objects.get_or_create(
        digest=digest, defaults={"name": content["name"], "content": content, "loaded_at": now}
    )


@transaction.atomic
def rulebook_activate(*, school: School, version: RulebookVersion, now: datetime, by: Actor | None = None) -> None:
    """Open the school's new tickets under this version from now on, and tell its leaders; open tickets keep theirs."""
    SchoolRulebook.objects.update_or_create(school=school, defaults={"version": version, "activated_at": now})
    RulebookUse.objects.update_or_create(school=school, version=version, defaults={"since": now})
    school_tell(kind=Power.RULEBOOK, school=school, by=by, now=now)


def rulebook_activate_checked(
    *, school: School, version: RulebookVersion, now: datetime, by: Actor | None = None
) -> Coverage:
    """Take a version into use if every rung reaches somebody, else raise RulebookReachesNobody; return the warnings."""
    coverage = coverage_get(school=school, ruleset=ruleset_get(version.id), since=now)
    if coverage.findings:
        raise RulebookReachesNobody(coverage)
    rulebook_activate(school=school, version=version, now=now, by=by)
    return coverage


def rulebooks_check(*, now: datetime) -> int:
    """Check every school's rulebook and return how many were checked; one that fails is logged and stops no other."""
    done = 0
    for school in schools_with_rulebook():
        try:
            rulebook_check_record(school=school, now=now)
        except Exception:
            logger.exception("The rulebook of school %s could not be checked", school.code)
        else:
            done += 1
    return done


@transaction.atomic
def rulebook_check_record(*, school: School, now: datetime) -> RulebookCheck:
    """Check a school's rulebook, keep what was found, and tell the coordinator of findings that are not last time's."""
    version_id = active_version_id(school_id=school.id)
    if version_id is None:
        raise NotFound
    coverage = coverage_get(school=school, ruleset=ruleset_get(version_id), since=now)
    before = RulebookCheck.objects.select_for_update().filter(school=school).first()
    check, _created = RulebookCheck.objects.update_or_create(
        school=school,
        defaults={
            "version_id": version_id,
            "ran_at": now,
            "until": coverage.until,
            "digest": coverage.digest,
            "findings": [finding.as_json() for finding in coverage.findings[:MOST_KEPT]],
            "warnings": [warning.as_json() for warning in coverage.warnings[:MOST_KEPT]],
        },
    )
    if coverage.findings and (before is None or before.digest != coverage.digest):
        _tell_coordinator(school, coverage, now)
    return check


def _tell_coordinator(school: School, coverage: Coverage, now: datetime) -> None:
    directory = directory_load(school_ids=[school.id], now=now)
    people = directory.reach(role=Role.COORDINATOR, school_id=school.id, unit_id=None).people
    if not people:
        logger.error("ALARM: school %s: nobody can be told that its rulebook reaches nobody", school.code)
        return
    first = coverage.findings[0]
    payload = {
        "school": str(school.id),
        "people": [str(person) for person in people],
        "findings": len(coverage.findings),
        "warnings": len(coverage.warnings),
        "first": {"zh": first.text_zh, "en": first.text_en},
    }
    key = f"{TOPIC_CHECKED}:{school.id}:{now.isoformat()}"
    outbox_add(drafts=[OutboxDraft(TOPIC_CHECKED, key, payload)], now=now)
