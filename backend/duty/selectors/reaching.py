"""Everything that decides who is reachable, loaded at once for any number of schools and instants."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from backend.common.errors import NotFound
from backend.common.sql.statements import prepared_cursor
from backend.duty.reach import Directory, Reached, Register, Tenure
from backend.organisation.actors import Actor
from backend.organisation.models import Person, Unit
from backend.organisation.roles import Role
from backend.organisation.selectors.reachable import account_closed_sql, leaves_at_sql

# Written out because every ticket that is routed and every batch of escalations asks it: composing and planning it anew
# costs several times what it takes to run. Who has held a post longest comes first. Who leaves leads no longer.
BUREAUS = "SELECT id, bureau_id FROM organisation_school WHERE id = ANY(%s)"
TENURES = f"""
SELECT post.role, coalesce(post.school_id, post.bureau_id), post.unit_id, held.person_id, held.is_deputy, false,
       held.starts_at AS since, held.ends_at,
       (SELECT min(channel.verified_at) FROM organisation_contactchannel AS channel
        WHERE channel.person_id = held.person_id),
       {account_closed_sql("held.person_id")}, NULL::timestamptz, held.id AS turn
FROM organisation_appointment AS held
JOIN organisation_post AS post ON post.id = held.post_id
WHERE (post.school_id = ANY(%(schools)s) OR post.bureau_id = ANY(%(bureaus)s))
  AND held.starts_at <= %(until)s AND (held.ends_at IS NULL OR held.ends_at > %(since)s)
UNION ALL
SELECT CASE WHEN shift.school_id IS NULL THEN 'bureau_officer' ELSE 'duty_leader' END,
       coalesce(shift.school_id, shift.bureau_id), NULL, slot.person_id, false, true,
       shift.starts_at, least(shift.ends_at, {leaves_at_sql("slot.person_id")}),
       (SELECT min(channel.verified_at) FROM organisation_contactchannel AS channel
        WHERE channel.person_id = slot.person_id),
       {account_closed_sql("slot.person_id")},
       (SELECT min(test.due_at) FROM duty_contacttest AS test
        WHERE test.shift_id = slot.shift_id AND test.person_id = slot.person_id
          AND test.answered_at IS NULL AND test.taken_back_at IS NULL), 0
FROM duty_dutyslot AS slot
JOIN duty_dutyshift AS shift ON shift.id = slot.shift_id
WHERE (shift.school_id = ANY(%(schools)s) OR shift.bureau_id = ANY(%(bureaus)s))
  AND slot.part = 'leader' AND shift.starts_at <= %(until)s AND shift.ends_at > %(since)s
  AND ({leaves_at_sql("slot.person_id")} <= greatest(shift.starts_at, %(since)s)) IS NOT TRUE
ORDER BY since, turn, person_id
"""  # noqa: S608 - names of our own""
ABSENCES = """
SELECT absence.person_id, absence.starts_at, absence.ends_at
FROM duty_absence AS absence
JOIN organisation_person AS person ON person.id = absence.person_id
WHERE (person.school_id = ANY(%(schools)s) OR person.bureau_id = ANY(%(bureaus)s))
  AND absence.starts_at <= %(until)s AND absence.ends_at > %(since)s
"""


def directory_load(*, school_ids: Collection[UUID], now: datetime) -> Directory:
    """Load every seat of the schools and their bureaus at one instant, in three queries for any number of schools."""
    return _register(school_ids, now, now).at(now)


def directories_load(*, school_ids: Collection[UUID], instants: Sequence[datetime]) -> dict[datetime, Directory]:
    """Load the directory of every instant, in three queries for any number of schools and instants."""
    if not instants:
        return {}
    return _register(school_ids, min(instants), max(instants)).over(instants)


def directories_between(
    *, school_id: UUID, since: datetime, until: datetime, borders: Collection[datetime]
) -> dict[datetime, Directory]:
    """Return, in order, the directory of each instant of [since, until) at which it may change, and of some more.

    Three queries.
    """
    register = _register([school_id], since, until)
    changes = register.changes(since=since, until=until)
    return register.over(sorted({*changes, *borders}))


def roster_instants(*, school_id: UUID, since: datetime, until: datetime) -> list[datetime]:
    """Return every instant of [since, until) at which who is reachable may change, in order, first `since` itself.

    Appointments, absences, shifts and verified channels of the school and of its bureau count.
    """
    return _register([school_id], since, until).changes(since=since, until=until)


def reach_explained(
    *, actor: Actor, role: Role, unit_id: UUID | None, now: datetime
) -> tuple[Reached, dict[UUID, Person]]:
    """Return who of the actor's school would be reached at an instant, and everybody it names; raise NotFound.

    The unit of another school is not found.
    """
    school_id = actor.school_scope
    if unit_id is not None and not Unit.objects.filter(school_id=school_id, id=unit_id).exists():
        raise NotFound
    found = directory_load(school_ids=[school_id], now=now).reach(role=role, school_id=school_id, unit_id=unit_id)
    named = {*found.people, *(skip.person_id for skip in found.skips if skip.person_id is not None)}
    return found, Person.objects.in_bulk(named)


def _register(school_ids: Collection[UUID], since: datetime, until: datetime) -> Register:
    absences: defaultdict[UUID, list[tuple[datetime, datetime]]] = defaultdict(list)
    scope: dict[str, Any] = {"schools": list(school_ids), "since": since, "until": until}
    with prepared_cursor() as cursor:
        cursor.execute(BUREAUS, [scope["schools"]])
        bureau_of = dict(cursor.fetchall())
        scope["bureaus"] = list(set(bureau_of.values()))
        cursor.execute(TENURES, scope)
        tenures = [Tenure(Role(role), *rest) for role, *rest, _turn in cursor.fetchall()]
        cursor.execute(ABSENCES, scope)
        for person_id, starts_at, ends_at in cursor.fetchall():
            absences[person_id].append((starts_at, ends_at))
    return Register(bureau_of, tenures, absences)
