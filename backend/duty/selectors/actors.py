"""The person behind an account, with the posts held and the shifts led at the database's instant."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from backend.common.sql.statements import prepared_cursor
from backend.organisation.actors import Actor, HeldPost
from backend.organisation.roles import Role

# Written out because every request asks it: composing the same statement anew costs several times what it takes to run.
# Shifts are found by their time first: whom a school has served for years has led hundreds that are over.
ACTOR = """
SELECT person.id, person.user_id, person.name, person.school_id, person.bureau_id, led.id IS NOT NULL AS leads,
       post.role, post.unit_id, appointment.starts_at
FROM organisation_person AS person
LEFT JOIN LATERAL (
    SELECT slot.id FROM duty_dutyshift AS shift JOIN duty_dutyslot AS slot ON slot.shift_id = shift.id
    WHERE (shift.school_id = person.school_id OR shift.bureau_id = person.bureau_id)
      AND shift.ends_at > statement_timestamp() AND shift.starts_at <= statement_timestamp()
      AND slot.person_id = person.id AND slot.part = 'leader' LIMIT 1
) AS led ON true
LEFT JOIN organisation_appointment AS appointment ON appointment.person_id = person.id
      AND appointment.starts_at <= statement_timestamp()
      AND (appointment.ends_at IS NULL OR appointment.ends_at > statement_timestamp())
LEFT JOIN organisation_post AS post ON post.id = appointment.post_id
WHERE {} ORDER BY appointment.starts_at
"""
OF_ACCOUNT = ACTOR.format("person.user_id = %s")
OF_PEOPLE = ACTOR.format("person.id = ANY(%s)")
TERMS = """
SELECT post.role, post.unit_id, held.starts_at, held.ends_at <= statement_timestamp() AS is_over
FROM organisation_appointment AS held JOIN organisation_post AS post ON post.id = held.post_id
WHERE held.person_id = %(person)s
  AND held.starts_at <= statement_timestamp() AND (held.ends_at IS NULL OR held.ends_at > %(since)s)
UNION ALL
SELECT CASE WHEN shift.school_id IS NULL THEN 'bureau_officer' ELSE 'duty_leader' END, NULL,
       shift.starts_at, shift.ends_at <= statement_timestamp()
FROM duty_dutyslot AS slot JOIN duty_dutyshift AS shift ON shift.id = slot.shift_id
WHERE slot.person_id = %(person)s AND slot.part = 'leader'
  AND shift.starts_at <= statement_timestamp() AND shift.ends_at > %(since)s
"""
NO_ACCOUNT = 0
"""The account of somebody who has none: no account has this number."""


def actor_get(*, user_id: int) -> Actor | None:
    """Return the person behind an account with the posts held now, in one query; None for no staff member.

    Whoever leads a shift now also acts as duty leader, at the bureau as its duty officer.
    """
    return next(iter(_read(OF_ACCOUNT, user_id).values()), None)


def actors_of(*, person_ids: Collection[UUID]) -> dict[UUID, Actor]:
    """Return people as they could act now, with an account or without, in one query."""
    return _read(OF_PEOPLE, list(person_ids))


@dataclass(frozen=True, slots=True)
class Term:
    """A post held, or a shift led, for a time that began by now."""

    post: HeldPost
    began_at: datetime
    is_over: bool


def terms_since(*, person_id: UUID, since: datetime) -> list[Term]:
    """Return the posts somebody held and the shifts they led at an instant or since, those that are over among them."""
    with prepared_cursor() as cursor:
        cursor.execute(TERMS, {"person": person_id, "since": since})
        return [
            Term(HeldPost(Role(role), unit_id, began_at), began_at, bool(is_over))
            for role, unit_id, began_at, is_over in cursor.fetchall()
        ]


def _read(statement: str, sought: Any) -> dict[UUID, Actor]:
    by_person: dict[UUID, list[Any]] = defaultdict(list)
    with prepared_cursor() as cursor:
        cursor.execute(statement, [sought])
        for row in cursor.fetchall():
            by_person[row[0]].append(row)
    return {person_id: _actor(rows) for person_id, rows in by_person.items()}


def _actor(rows: Sequence[Any]) -> Actor:
    person_id, user_id, name, school_id, bureau_id, leads = rows[0][:6]
    posts = [HeldPost(Role(role), unit_id, since) for *_rest, role, unit_id, since in rows if role]
    if leads:
        posts.append(HeldPost(Role.DUTY_LEADER if bureau_id is None else Role.BUREAU_OFFICER, None))
    return Actor(user_id or NO_ACCOUNT, person_id, name, school_id, bureau_id, tuple(dict.fromkeys(posts)))
