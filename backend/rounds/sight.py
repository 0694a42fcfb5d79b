"""The rules of who knows of a round, who answers it, and who may excuse it. Pure, but for the condition of reads."""

from collections.abc import Mapping
from datetime import datetime

from django.db.models import Q

from backend.organisation.actors import Actor
from backend.organisation.permissions import Permission
from backend.organisation.roles import CHAINS, UNIT_ROLES, Role
from backend.rounds.models import NOT_OPENED, Round, RoundState
from backend.rounds.veiling import count_shown
from backend.rulebook.selectors import ruleset_get


def known_to(*, actor: Actor, now: datetime) -> Q:
    """Return the condition for rounds somebody knows of: of their office or class, or of the whole school.

    To have been asked by name opens no class: its counts are no matter of its former teacher. It opens the school's
    own, which whoever led when it opened answers, also after their shift. A round is there once its time has come, also
    where the engine is late; one not held is not.
    """
    begun = ~Q(state__in=NOT_OPENED) | Q(state=RoundState.PLANNED, opens_at__lte=now)
    return begun & _within_sight(actor)


def coming_to(*, actor: Actor, now: datetime) -> Q:
    """Return the condition for rounds that somebody will know of once their time has come."""
    return Q(state=RoundState.PLANNED, opens_at__gt=now) & _within_sight(actor)


def _within_sight(actor: Actor) -> Q:
    where = Q(school=actor.school_id) if actor.school_id else Q(school__bureau=actor.bureau_id)
    if actor.may(Permission.ROUNDS_READ):
        return where
    return where & (Q(unit__in=actor.units(*UNIT_ROLES)) | Q(unit=None, assignee=actor.person_id))


def asked_of(*, actor: Actor) -> Q:
    """Return the condition for rounds that are asked of somebody: by name, or in their role of office or school."""
    asked = Q(assignee=actor.person_id) | Q(unit__in=actor.units(Role.OFFICE_HEAD), asked__in=("", Role.OFFICE_HEAD))
    asked |= Q(unit__in=actor.units(Role.HANDLER), asked=Role.HANDLER)
    roles = {*actor.roles, *([""] if Role.DUTY_LEADER in actor.roles else [])}
    asked |= Q(unit=None, school=actor.school_id, asked__in=roles)
    return asked & ~Q(sweep__not_by__contains=[actor.person_id])


def hears_of(*, actor: Actor, row: Round) -> bool:
    """Say whether somebody who was told of a round that waits still answers for it."""
    return actor.may(Permission.ROUNDS_READ) or row.unit_id in actor.units(*UNIT_ROLES)


def knows_of(*, actor: Actor, row: Round) -> bool:
    """Say of a round of the actor's school, whose time has come, what `known_to` says to the database."""
    is_named = row.unit_id is None and row.assignee_id == actor.person_id
    return actor.school_id == row.school_id and (is_named or hears_of(actor=actor, row=row))


def is_owed_by(*, actor: Actor, row: Round) -> bool:
    """Say whether a round that waits is asked of somebody who may answer it, as `asked_of` says to the database."""
    if not may_answer(actor=actor, row=row):
        return False
    if row.assignee_id == actor.person_id:
        return True
    if row.unit_id is None:
        return row.asked in actor.roles or (not row.asked and Role.DUTY_LEADER in actor.roles)
    return row.unit_id in actor.units(Role(row.asked or Role.OFFICE_HEAD))


def may_answer(*, actor: Actor, row: Round) -> bool:
    """Say whether somebody is asked: by holding the plan's role in office or school, also as its deputy, or by name.

    By name for as long as they hold the role, or one that stands in for it: whoever moved on is asked no more. The
    school's own is asked of whoever led when it opened, as long as they work there: their shift may end before.
    """
    role = ruleset_get(row.rulebook_id).round_plans[row.plan].asked
    is_named = row.assignee_id == actor.person_id
    if actor.person_id in row.passes_over:
        return False
    if row.unit_id is None:
        return actor.school_id == row.school_id and (role in actor.roles or (is_named and bool(actor.posts)))
    return row.unit_id in actor.units(role) or (is_named and _stands_in(actor, row, role))


def _stands_in(actor: Actor, row: Round, role: Role) -> bool:
    above = set(CHAINS[role]) - UNIT_ROLES
    return row.unit_id in actor.units(*CHAINS[role]) or not actor.roles.isdisjoint(above)


def may_excuse(*, actor: Actor, row: Round) -> bool:
    """Say whether somebody may excuse a round: who answers for the school, and is not asked, nor was."""
    was_asked = row.assignee_id == actor.person_id or may_answer(actor=actor, row=row)
    return actor.may(Permission.ROUNDS_EXCUSE) and not was_asked


def sees_single_children(*, actor: Actor, row: Round) -> bool:
    """Say whether somebody sees the counts of a round as they are: who is asked, or works in the office or class."""
    return row.unit_id in actor.units(*UNIT_ROLES) or may_answer(actor=actor, row=row)


def values_shown(*, actor: Actor, row: Round, values: Mapping[str, bool | int]) -> dict[str, bool | int | None]:
    """Return the values of an answer as somebody may see them; None for a count that could be a single child's."""
    if sees_single_children(actor=actor, row=row):
        return dict(values)
    checklist = ruleset_get(row.rulebook_id).round_plans[row.plan].checklist
    delicate = {item.key for item in checklist.items if item.is_delicate}
    return {key: count_shown(value) if key in delicate else value for key, value in values.items()}
