"""Changes of powers over people: they are told at once, and where they open sealed tickets a second person confirms."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol
from uuid import UUID, uuid4

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _

from backend.common.errors import Conflict, PermissionDenied
from backend.common.outbox import OutboxDraft, outbox_add
from backend.common.recording import bulk_record
from backend.organisation.actors import Actor
from backend.organisation.models import PendingPower, Person, Power, School
from backend.organisation.permissions import Permission
from backend.organisation.powers import GOOD_FOR, next_look
from backend.organisation.selectors.powers import WAITING, Keepers, guarded_roles, keepers_load

TOPIC = "people.power_changed"
MOST_LOOKED_AT = 200
Outcome = PendingPower.Outcome


class Stage(StrEnum):
    """The point a change has come to when people hear of it."""

    DONE = "done"
    ASKED = "asked"
    REMINDED = "reminded"
    CONFIRMED = "confirmed"
    REFUSED = "refused"
    LAPSED = "lapsed"


class NotSecondPerson(PermissionDenied):
    """Neither the person who asked for a change nor the one it is about confirms it."""

    code = "not_second_person"
    title = _("Somebody else has to confirm this: neither who asked for it nor whom it is about.")


class PowerDecided(Conflict):
    """The change was decided already, or waited too long."""

    code = "power_decided"
    title = _("This has been decided already, or its seven days are over.")


class PowerWaiting(Conflict):
    """Another change of the same thing waits for a second person already."""

    code = "power_waiting"
    title = _("Another change of this waits for a second person already. Have it confirmed or refused first.")


class PowerOutdated(Conflict):
    """The change that was asked for does not fit any more."""

    code = "power_outdated"
    title = _("Something changed since this was asked for, so it cannot be done any more. Refuse it and ask anew.")


class Apply(Protocol):
    """Writes a change that was confirmed; settings name one for each kind."""

    def __call__(self, *, pending: PendingPower, now: datetime) -> None:
        """Write it; raise PowerOutdated where it does not fit any more."""


@dataclass(frozen=True, slots=True)
class PowerChange:
    """A change about somebody: who makes it (None: a command), the role concerned, and what is to be written."""

    kind: Power
    person: Person
    by: Actor | None
    role: str = ""
    what: str = ""
    change: Mapping[str, Any] = field(default_factory=dict)
    is_own: bool = False
    """True where the person made it."""
    is_watched: bool = False
    """True where protection lead and principal hear of it although the person holds no guarded post."""

    @property
    def by_name(self) -> str:
        """The name of who made it; empty for a command."""
        return self.person.name if self.is_own else self.by.name if self.by else ""


@transaction.atomic(savepoint=False)
def powers_ask(*, changes: Sequence[PowerChange], now: datetime) -> list[PendingPower]:
    """Keep changes until a second person confirms them, and tell those concerned; one that waits is not repeated.

    Raises PowerWaiting where another one of the same thing waits, or comes with them, that would do otherwise.
    """
    if not changes:
        return []
    waiting = PendingPower.objects.filter(WAITING, person__in={change.person.id for change in changes})
    known = {row[:-1]: row[-1] for row in waiting.values_list("person_id", "kind", "what", "change")}
    fresh: dict[tuple[Any, ...], PowerChange] = {}
    for row in changes:
        key = (row.person.id, row.kind, row.what)
        if key not in known:
            fresh[key], known[key] = row, row.change
        elif _is_otherwise(known[key], row.change):
            raise PowerWaiting
    pending = [_pending(row, now) for row in fresh.values()]
    PendingPower.objects.bulk_create(pending)
    bulk_record(before=[None] * len(pending), after=pending)
    _pendings_tell(pending, Stage.ASKED, now)
    return pending


def _is_otherwise(known: Mapping[str, Any], wanted: Mapping[str, Any]) -> bool:
    """Compare but for the beginning: what a list says begins at the instant at which it is read."""
    return any(known.get(name) != value for name, value in wanted.items() if name != "starts_at")


@transaction.atomic(savepoint=False)
def power_ask(*, change: PowerChange, now: datetime) -> None:
    """The same for one change; raise PowerWaiting where another one of the same thing waits that would do otherwise."""
    same = PendingPower.objects.filter(WAITING, person=change.person, kind=change.kind, what=change.what)
    waiting = same.values_list("change", flat=True).first()
    if waiting is not None and waiting != change.change:
        raise PowerWaiting
    powers_ask(changes=[change], now=now)


@transaction.atomic(savepoint=False)
def powers_tell(*, changes: Sequence[PowerChange], now: datetime) -> None:
    """Tell the people concerned of changes that were made, and protection lead and principal of those with power."""
    if not changes:
        return
    roles = guarded_roles(person_ids={change.person.id for change in changes}, now=now)
    keepers = _keepers([change.person for change in changes], now)
    drafts = []
    for change in changes:
        held = roles.get(change.person.id, set())
        is_watched = bool(held) or bool(change.role) or change.is_watched
        people = {change.person.id} | (_witnesses(keepers, change.person) if is_watched else set())
        role = change.role or min(held, default="")
        words = {"what": change.kind, "stage": Stage.DONE, "by": change.by_name, "role": role}
        own = {"whom": change.person.name, "own": [str(change.person.id)]}
        drafts.append(_draft(change.person.school_id, people, {**words, **own}))
    outbox_add(drafts=drafts, now=now)


def school_tell(*, kind: Power, school: School, by: Actor | None, now: datetime) -> None:
    """Tell protection lead and principal of a change that concerns nobody alone."""
    employer_tell(kind=kind, school_id=school.id, bureau_id=None, by=by, whom="", now=now)


@transaction.atomic(savepoint=False)
def employer_tell(
    *, kind: Power, school_id: UUID | None, bureau_id: UUID | None, by: Actor | None, whom: str, now: datetime
) -> None:
    """Tell those who hear of every such change at a school or bureau of one that is about nobody of its people."""
    schools, bureaus = ([one] if one else [] for one in (school_id, bureau_id))
    keepers = keepers_load(school_ids=schools, bureau_ids=bureaus, now=now)
    people = keepers.witnesses(school_id=school_id, bureau_id=bureau_id)
    words = {"what": kind, "stage": Stage.DONE, "by": by.name if by else "", "role": "", "whom": whom, "own": []}
    outbox_add(drafts=[_draft(school_id, people, words)] if people else [], now=now)


@transaction.atomic
def power_confirm(*, actor: Actor, pending: PendingPower, now: datetime) -> PendingPower:
    """Let a locked change take effect; raise NotSecondPerson, PowerDecided or PowerOutdated."""
    actor.require(Permission.POWERS_CONFIRM)
    _check_open(pending, now)
    keepers = _keepers([pending.person], now)
    near, further = keepers.confirmers(pending)
    if actor.person_id not in near | further:
        raise NotSecondPerson
    apply: Apply = import_string(settings.POWER_CHANGES[pending.kind])
    try:
        with transaction.atomic():
            apply(pending=pending, now=now)
    except IntegrityError as error:
        raise PowerOutdated from error
    return _decide(pending, Outcome.CONFIRMED, actor.person_id, now)


@transaction.atomic
def power_refuse(*, actor: Actor, pending: PendingPower, now: datetime) -> PendingPower:
    """Let a locked change go; raise PowerDecided."""
    actor.require(Permission.POWERS_CONFIRM)
    _check_open(pending, now)
    return _decide(pending, Outcome.REFUSED, actor.person_id, now)


@transaction.atomic(savepoint=False)
def powers_let_go(*, person: Person, now: datetime) -> None:
    """Let go of every change that waits for somebody who leaves: confirmed later, it would bring them back."""
    waiting = PendingPower.objects.filter(WAITING, person=person).select_related("person", "asked_by")
    for row in waiting.select_for_update(of=("self",)):
        _decide(row, Outcome.LAPSED, None, now)


@transaction.atomic(savepoint=False)
def powers_look(*, now: datetime) -> int:
    """Remind of the changes that still wait, and let go of those whose time is over; return how many there were."""
    due = PendingPower.objects.filter(WAITING, look_at__lte=now).order_by("look_at", "id")
    locked = due.select_related("person", "asked_by").select_for_update(of=("self",), skip_locked=True)
    rows = list(locked[:MOST_LOOKED_AT])
    over = [row for row in rows if now >= row.asked_at + GOOD_FOR]
    for row in over:
        _decide(row, Outcome.LAPSED, None, now)
    waiting = [row for row in rows if row not in over]
    for row in waiting:
        row.look_at = next_look(asked_at=row.asked_at, now=now)
        row.save(update_fields=["look_at"])
    _pendings_tell(waiting, Stage.REMINDED, now)
    return len(rows)


def words_of(*, pending: PendingPower) -> dict[str, str]:
    """Return what a sentence about a change that waits, or waited, is made of."""
    return {
        "what": pending.kind,
        "stage": Stage.ASKED if pending.outcome == Outcome.WAITING else Stage(pending.outcome),
        "by": pending.asked_by.name if pending.asked_by else "",
        "role": pending.role,
        "whom": pending.person.name,
    }


def _pending(change: PowerChange, now: datetime) -> PendingPower:
    return PendingPower(
        kind=change.kind,
        school_id=change.person.school_id,
        bureau_id=change.person.bureau_id,
        person=change.person,
        asked_by_id=change.by.person_id if change.by else None,
        role=change.role,
        what=change.what,
        change=dict(change.change),
        asked_at=now,
        look_at=next_look(asked_at=now, now=now),
    )


def _check_open(pending: PendingPower, now: datetime) -> None:
    if pending.outcome != Outcome.WAITING or now >= pending.asked_at + GOOD_FOR:
        raise PowerDecided


def _decide(pending: PendingPower, outcome: Outcome, by: UUID | None, now: datetime) -> PendingPower:
    pending.outcome, pending.look_at, pending.decided_by_id, pending.decided_at = outcome, None, by, now
    pending.save(update_fields=["outcome", "look_at", "decided_by", "decided_at"])
    _pendings_tell([pending], Stage(outcome.value), now)
    return pending


def _pendings_tell(rows: Sequence[PendingPower], stage: Stage, now: datetime) -> None:
    if not rows:
        return
    keepers = _keepers([row.person for row in rows], now)
    drafts = []
    for row in rows:
        own = {row.person_id, *({row.asked_by_id} - {None})}
        people = own | _witnesses(keepers, row.person)
        if stage in {Stage.ASKED, Stage.REMINDED}:
            near, further = keepers.confirmers(row)
            people |= near or further
        words = {**words_of(pending=row), "stage": stage, "pending": str(row.pk), "own": sorted(map(str, own))}
        drafts.append(_draft(row.school_id, people, words))
    outbox_add(drafts=drafts, now=now)


def _keepers(people: Collection[Person], now: datetime) -> Keepers:
    schools = {person.school_id for person in people if person.school_id}
    return keepers_load(school_ids=schools, bureau_ids={row.bureau_id for row in people if row.bureau_id}, now=now)


def _witnesses(keepers: Keepers, person: Person) -> set[UUID]:
    return keepers.witnesses(school_id=person.school_id, bureau_id=person.bureau_id)


def _draft(school_id: UUID | None, people: Collection[UUID | None], words: Mapping[str, Any]) -> OutboxDraft:
    """Return news for people; `own` are those of them whom it concerns themselves, whatever post they hold."""
    payload = {
        "school": str(school_id) if school_id else None,
        "people": sorted(str(one) for one in people),
        **words,
    }
    return OutboxDraft(TOPIC, f"{TOPIC}:{uuid4()}", payload)
