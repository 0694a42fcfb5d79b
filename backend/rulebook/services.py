"""Rulebook files as immutable versions, taking one into use, for a time stricter ones, and what checks found."""

import hashlib
import json
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
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
from backend.rulebook.models import RulebookCheck, RulebookStretch, RulebookUse, RulebookVersion, SchoolRulebook
from backend.rulebook.period_content import Asked, content_in_period
from backend.rulebook.period_reading import measure_read
from backend.rulebook.selectors import (
    active_version_id,
    coverage_get,
    ruleset_get,
    schools_with_rulebook,
    stretches_of,
)

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


@dataclass(frozen=True, slots=True)
class StretchDraft:
    """A span of time, and the measures in force during all of it."""

    starts_at: datetime
    ends_at: datetime
    asked: tuple[Asked, ...]


def rulebook_lock(*, school: School, seen: int | None) -> RulebookVersion | None:
    """Return the version in use (None: there is none yet), which nobody changes until the transaction ends.

    The school is locked before its rules, as by everybody who makes its rounds or settles its special periods: two that
    locked them the other way round would wait for each other. Raises RulebookChanged where it is not the one that was
    seen.
    """
    School.objects.select_for_update(no_key=True).get(id=school.id)
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
    """Open the school's new tickets under this version from now on, and tell its leaders; open tickets keep theirs.

    What special periods ask besides is asked on top of it.
    """
    SchoolRulebook.objects.update_or_create(school=school, defaults={"version": version, "activated_at": now})
    RulebookUse.objects.update_or_create(school=school, version=version, defaults={"since": now})
    stretches_renew(school=school, version=version, now=now)
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


@transaction.atomic
def stretches_set(*, school: School, drafts: Sequence[StretchDraft], now: datetime) -> Sequence[RulebookStretch]:
    """Keep exactly these stretches from now on, under the school's rules as they are; return them.

    What is over stays as it was. The caller passes drafts that are apart from each other, in order.
    """
    used = SchoolRulebook.objects.select_for_update(of=("self",)).select_related("version").get(school=school)
    wanted = [(draft.starts_at, draft.ends_at, _written(draft.asked)) for draft in drafts if draft.ends_at > now]
    return _store(school, used.version, wanted, now)


@transaction.atomic
def stretches_renew(*, school: School, version: RulebookVersion, now: datetime) -> None:
    """Make the rules of every stretch that is not over anew from other rules of the school."""
    standing = stretches_of(school_id=school.id, since=now)
    if standing:
        _store(school, version, [(row.starts_at, row.ends_at, row.measures) for row in standing], now)


def _store(
    school: School,
    version: RulebookVersion,
    wanted: Sequence[tuple[datetime, datetime, list[dict[str, Any]]]],
    now: datetime,
) -> Sequence[RulebookStretch]:
    standing = {row.starts_at: row for row in stretches_of(school_id=school.id, since=now)}
    kept, made = [], []
    for starts_at, ends_at, measures in wanted:
        stricter = content_in_period(version.content, [_read(one) for one in measures])
        own, _is_new = rulebook_load(content=stricter, now=now)
        row = standing.get(starts_at)
        if row and (row.ends_at, row.version_id) == (ends_at, own.pk):
            kept.append(row)
            continue
        span = {"starts_at": starts_at, "ends_at": ends_at, "measures": measures, "made_at": now}
        made.append(RulebookStretch(school=school, version=own, **span))
        RulebookUse.objects.get_or_create(school=school, version=own, defaults={"since": now})
    gone = {row.pk for row in standing.values()} - {row.pk for row in kept}
    RulebookStretch.objects.filter(pk__in=gone).update(replaced_at=now)
    RulebookStretch.objects.bulk_create(made)
    return [*kept, *made]


def _written(asked: Sequence[Asked]) -> list[dict[str, Any]]:
    return [{**one.measure.written(), "units": list(one.units), "places": list(one.places)} for one in asked]


def _read(row: Mapping[str, Any]) -> Asked:
    return Asked(measure_read(row), tuple(row["units"]), tuple(row["places"]))


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
