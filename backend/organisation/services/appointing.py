"""Giving, changing and ending posts, through whatever door: powers are told, and some wait for a second person."""

from collections.abc import Collection, Iterable, Sequence
from copy import copy
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Max
from django.utils.dateparse import parse_datetime

from backend.accounts.services.sign_ins import sign_ins_end_elsewhere
from backend.common.recording import ROWS_AT_ONCE, bulk_record
from backend.organisation.actors import Actor
from backend.organisation.models import Appointment, PendingPower, Person, Post, Power, School
from backend.organisation.powers import GUARDED, OVER_SEALED, Term, gives_power
from backend.organisation.roles import Role
from backend.organisation.selectors.powers import employer_of, is_in_use
from backend.organisation.services.administrators import administrators_kept
from backend.organisation.services.powers import PowerChange, PowerOutdated, power_ask, powers_ask, powers_tell

PostKey = tuple[Role, UUID | None]
"""The role of a post, and the unit it is held in, if in one."""
A_MOMENT = timedelta(microseconds=1)


@transaction.atomic(savepoint=False)
def appointment_put(*, by: Actor | None, appointment: Appointment, now: datetime) -> bool:
    """Save a new or changed appointment, or keep it until a second person confirms it; say whether it waits.

    One that is over stays on record: made to hold again it is a new term from now on, which opens nothing that its
    holder was told of in the old one.
    """
    before = Appointment.objects.select_related("post", "person").filter(pk=appointment.pk).first()
    if before and _term(before).is_over(now) and not _term(appointment).is_over(now):
        before, appointment = None, _renewed(appointment, now)
    _begin_after_former(appointment, now)
    gives = gives_power(before=_term(before) if before else None, after=_term(appointment), now=now)
    if gives and is_in_use(employer=employer_of(appointment.person)):
        power_ask(change=_asked(by, appointment, now), now=now)
        return True
    with administrators_kept(people=_administering([before] if before else []), now=now):
        appointment.save()
    _sign_in_anew([appointment], now)
    powers_tell(changes=_told(by, before, appointment, now), now=now)
    return False


@transaction.atomic(savepoint=False)
def appointments_add(*, by: Actor | None, appointments: Sequence[Appointment], now: datetime) -> list[PendingPower]:
    """Add many appointments in a few statements; return those that wait for a second person instead."""
    asking = [row for row in appointments if gives_power(before=None, after=_term(row), now=now)]
    waiting = asking if asking and is_in_use(employer=employer_of(asking[0].person)) else []
    added = [row for row in appointments if row not in waiting]
    Appointment.objects.bulk_create(added, batch_size=ROWS_AT_ONCE)
    bulk_record(before=[None] * len(added), after=added)
    _sign_in_anew(added, now)
    powers_tell(changes=[change for row in added for change in _told(by, None, row, now)], now=now)
    return powers_ask(changes=[_asked(by, row, now) for row in waiting], now=now)


@transaction.atomic(savepoint=False)
def appointments_end(*, by: Actor | None, appointments: Sequence[Appointment], now: datetime) -> None:
    """End many appointments in a few statements; one that has not begun is over as soon as it begins."""
    before = [copy(row) for row in appointments]
    for row in appointments:
        row.ends_at = max(now, row.starts_at + A_MOMENT)
    with administrators_kept(people=_administering(before), now=now):
        Appointment.objects.bulk_update(appointments, ["ends_at"], batch_size=ROWS_AT_ONCE)
    bulk_record(before=before, after=appointments)
    changes = [told for old, row in zip(before, appointments, strict=True) for told in _told(by, old, row, now)]
    powers_tell(changes=changes, now=now)


def posts_ensure(*, school: School, keys: Collection[PostKey]) -> dict[PostKey, Post]:
    """Return the posts of a school by role and unit, those that are asked for among them; missing ones are made."""
    known = _by_key(Post.objects.filter(school=school).select_related("unit"))
    missing = sorted(set(keys) - known.keys(), key=str)
    if not missing:
        return known
    new = Post.objects.bulk_create(Post(role=role, school=school, unit_id=unit_id) for role, unit_id in missing)
    bulk_record(before=[None] * len(new), after=new)
    return known | _by_key(new)


def _by_key(posts: Iterable[Post]) -> dict[PostKey, Post]:
    return {(Role(post.role), post.unit_id): post for post in posts}


@transaction.atomic(savepoint=False)
def appointment_end(*, by: Actor, appointment: Appointment, now: datetime) -> None:
    """End an appointment now; power that ends is told at once.

    No appointment is ever removed. One that has not begun becomes one that was over before it held for anybody.
    """
    if appointment.starts_at >= now:
        appointment.starts_at = now - timedelta(microseconds=1 + appointment.pk % 1000)
    appointment.ends_at = now
    appointment_put(by=by, appointment=appointment, now=now)


def post_apply(*, pending: PendingPower, now: datetime) -> None:
    """Write the appointment that was confirmed; raise PowerOutdated where its post or the one to change is gone."""
    values = pending.change
    rows = Appointment.objects.select_related("person", "post").select_for_update(of=("self",))
    row = rows.filter(pk=values["appointment"]).first()
    post = Post.objects.select_for_update(no_key=True).filter(pk=values["post"]).first()
    is_gone = bool(values["appointment"]) and (row is None or _term(row).is_over(now))
    if post is None or is_gone:
        raise PowerOutdated
    if row is not None and row.person_id != pending.person_id:
        powers_tell(changes=[PowerChange(Power.POST_ENDED, row.person, None, row.post.role)], now=now)
    former = _administering([row] if row else [])
    row = row or Appointment()
    row.post_id, row.person_id, row.is_deputy = values["post"], pending.person_id, values["is_deputy"]
    row.starts_at, row.ends_at = _instant(values["starts_at"]), _instant(values["ends_at"])
    _begin_after_former(row, now)
    with administrators_kept(people=former, now=now):
        row.save()
    _sign_in_anew([row], now)


def _sign_in_anew(rows: Collection[Appointment], now: datetime) -> None:
    """Have whoever holds a guarded post, now or later, sign in anew where another system let them in without it.

    Whoever keeps that system could have been let in as them, and without a second factor.
    """
    held = {row.person_id for row in rows if row.post.role in GUARDED and not _term(row).is_over(now)}
    if held:
        accounts = Person.objects.filter(id__in=held, user__isnull=False).values_list("user", flat=True)
        sign_ins_end_elsewhere(users=list(accounts))


def _administering(rows: Collection[Appointment]) -> list[Person]:
    """Return who is or was to be an administrator by these appointments as they are stored."""
    return [row.person for row in rows if row.post.role == Role.ADMINISTRATOR]


def _renewed(row: Appointment, now: datetime) -> Appointment:
    """Return the same appointment as a term of its own, from now on or later."""
    starts_at = max(now, row.starts_at)
    return Appointment(
        post=row.post, person=row.person, is_deputy=row.is_deputy, starts_at=starts_at, ends_at=row.ends_at
    )


def _begin_after_former(row: Appointment, now: datetime) -> None:
    """Let a term that begins in the past begin after the last one, now over, of the same person in the same role.

    Else one entered late would hold the instants of the former, and open again what its holder was told in that.
    """
    if row.post.role in OVER_SEALED and row.starts_at < now and not _term(row).is_over(now):
        former = Appointment.objects.filter(person=row.person_id, post__role=row.post.role, ends_at__lte=now)
        ended_at = former.exclude(pk=row.pk).aggregate(last=Max("ends_at"))["last"]
        row.starts_at = max(row.starts_at, ended_at or row.starts_at)


def _term(row: Appointment) -> Term:
    return Term(row.post_id, row.person_id, Role(row.post.role), row.starts_at, row.ends_at)


def _asked(by: Actor | None, row: Appointment, now: datetime) -> PowerChange:
    """Return what is asked for; a deputy's term and one yet to come are other things than the holder's of now."""
    change = {
        "appointment": row.pk,
        "post": str(row.post_id),
        "is_deputy": row.is_deputy,
        "starts_at": row.starts_at.isoformat(),
        "ends_at": row.ends_at.isoformat() if row.ends_at else None,
    }
    what = [str(row.post_id), str(row.pk or "new")]
    if row.is_deputy:
        what.append("deputy")
    if row.starts_at > now and not row.pk:
        what.append(row.starts_at.isoformat())
    return PowerChange(Power.POST, row.person, by, row.post.role, ":".join(what), change)


def _told(by: Actor | None, before: Appointment | None, after: Appointment, now: datetime) -> list[PowerChange]:
    """Return what people hear of an appointment: only of guarded posts, and of both people where it moved."""
    changes = []
    if before and before.post.role in GUARDED and _is_less(before, after, now):
        changes.append(PowerChange(Power.POST_ENDED, before.person, by, before.post.role))
    if after.post.role in GUARDED and not (before and changes and before.person_id == after.person_id):
        changes.append(PowerChange(Power.POST, after.person, by, after.post.role))
    return changes


def _is_less(before: Appointment, after: Appointment, now: datetime) -> bool:
    moved = (before.post_id, before.person_id) != (after.post_id, after.person_id)
    ends_earlier = after.ends_at is not None and (before.ends_at is None or after.ends_at < before.ends_at)
    return moved or ends_earlier or max(after.starts_at, now) > max(before.starts_at, now)


def _instant(text: str | None) -> Any:
    return parse_datetime(text) if text else None
