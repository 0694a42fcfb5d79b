"""The person behind an account, with the posts held and the shifts led at the database's instant."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import DEFAULT_DB_ALIAS

from backend.accounts.authentication import Behind
from backend.accounts.models import User
from backend.common.sql.statements import columns_of, prepared_cursor
from backend.organisation.actors import Actor, HeldPost
from backend.organisation.roles import Role

# Written out because every request asks it: composing the same statement anew costs several times what it takes to run.
# Shifts are found by their time first: whom a school has served for years has led hundreds that are over.
ACTOR = """
SELECT person.id, person.user_id, person.name, person.school_id, person.bureau_id, led.id IS NOT NULL AS leads,
       post.role, post.unit_id, appointment.starts_at{besides}
FROM {who}
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
WHERE {sought} ORDER BY appointment.starts_at
"""
HOLDER = """
knox_authtoken AS token JOIN accounts_user AS account ON account.id = token.user_id
LEFT JOIN accounts_signin AS used ON used.token_id = token.digest
LEFT JOIN organisation_person AS person ON person.user_id = account.id
"""
OF_TOKEN_BESIDES = f""",
       token.expiry IS NOT NULL AND token.expiry <= statement_timestamp() AS has_expired,
       statement_timestamp() AS asked_at, used.last_used_at, used.started_at AS proved_at,
       {columns_of(User, "account")}"""
OF_ACCOUNT = ACTOR.format(besides="", who="organisation_person AS person", sought="person.user_id = %s")
OF_PEOPLE = ACTOR.format(besides="", who="organisation_person AS person", sought="person.id = ANY(%s)")
OF_TOKEN = ACTOR.format(besides=OF_TOKEN_BESIDES, who=HOLDER, sought="token.digest = %s")
FACTS_AT, ACCOUNT_AT = 9, 13
"""The columns of who acts come first, then those of the token and those of its account."""
ACCOUNT = [field.attname for field in User._meta.concrete_fields]  # noqa: SLF001 - Django's way to a model's fields
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


def token_behind(*, digest: str) -> Behind | None:
    """Return the account behind a token, with who acts by it as its `actor`, in one query; None for no such token.

    Every request of the API asks both, and a statement costs its round trip however little it does.
    """
    with prepared_cursor() as cursor:
        cursor.execute(OF_TOKEN, [digest])
        rows = cursor.fetchall()
    if not rows:
        return None
    first = rows[0]
    account = User.from_db(DEFAULT_DB_ALIAS, ACCOUNT, first[ACCOUNT_AT:])
    account.actor = _actor([row[:FACTS_AT] for row in rows]) if first[0] else None  # type: ignore[attr-defined]
    return Behind(account, *first[FACTS_AT:ACCOUNT_AT])


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
