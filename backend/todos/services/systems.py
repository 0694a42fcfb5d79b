"""To-do systems: made, changed, tried, switched on and off, removed by whoever administers the school."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction

from backend.common.errors import NotFound
from backend.common.identities import identity_of
from backend.common.models import OutboxMessage
from backend.common.outbox import OutboxDraft, outbox_add
from backend.common.outgoing import NotTaken
from backend.common.publishing import wake
from backend.organisation.actors import Actor
from backend.organisation.models import Person, School
from backend.organisation.permissions import NotAdministrator, Permission
from backend.todos.adapters import adapter_of
from backend.todos.errors import (
    NotKnownThere,
    PulledAlready,
    TodoNameUnknown,
    TodoSystemNameTaken,
    TodoSystemOn,
    TodoSystemUnproved,
    TooManyTodoSystems,
)
from backend.todos.models import LONGEST_ERROR, TodoName, TodoSystem
from backend.todos.secrets import secret_sealed
from backend.todos.selectors import system_get
from backend.todos.selectors.boards import Reader, boards_of
from backend.todos.setups import setup_check
from backend.todos.todo import State, Todo, source_id_of
from backend.todos.words import trial_words

MOST_SYSTEMS = 5
MOST_NAMES = 2000
TRY, LOOK = "todo.try", "todos.look_at_all"


@dataclass(frozen=True, slots=True)
class SystemDraft:
    """A to-do system to be, or what becomes of one; no secret (None): the one it has stays."""

    name: str
    kind: str
    known_by: str
    setup: Mapping[str, Any]
    secret: str | None = None


@transaction.atomic
def system_make(*, actor: Actor, draft: SystemDraft, now: datetime) -> TodoSystem:
    """Make a to-do system, switched off.

    Raises what is wrong with its set-up, TodoSystemNameTaken or TooManyTodoSystems. A bureau has none: its
    administrator gets NotAdministrator.
    """
    actor.require(Permission.TODO_SYSTEMS_MANAGE)
    if actor.school_id is None:
        raise NotAdministrator
    _check(draft)
    School.objects.select_for_update(no_key=True).get(id=actor.school_id)
    _name_check(actor, draft, None)
    if TodoSystem.objects.filter(school=actor.school_scope).count() >= MOST_SYSTEMS:
        raise TooManyTodoSystems
    made = TodoSystem.objects.create(
        school_id=actor.school_id,
        name=draft.name,
        kind=draft.kind,
        known_by=draft.known_by,
        setup=dict(draft.setup),
        secret=secret_sealed(draft.secret or ""),
        made_by_id=actor.person_id,
        made_at=now,
    )
    return system_get(actor=actor, system_id=made.id)


@transaction.atomic
def system_change(*, actor: Actor, system_id: UUID, draft: SystemDraft) -> TodoSystem:
    """Change how a system that is off is talked to; it has to be tried again. Raise TodoSystemOn.

    Of another kind it has none of what stands in the one before.
    """
    system = _locked(actor, system_id)
    if system.is_on:
        raise TodoSystemOn
    _check(draft)
    _name_check(actor, draft, system_id)
    if system.kind != draft.kind:
        system.todos.all().delete()
    system.name, system.kind, system.known_by, system.setup = draft.name, draft.kind, draft.known_by, dict(draft.setup)
    system.secret = system.secret if draft.secret is None else secret_sealed(draft.secret)
    system.tried_at, system.try_error = None, ""
    system.save(update_fields=["name", "kind", "known_by", "setup", "secret", "tried_at", "try_error"])
    return system_get(actor=actor, system_id=system_id)


@transaction.atomic
def system_switch(*, actor: Actor, system_id: UUID, is_on: bool) -> TodoSystem:
    """Switch a system on, once a try has succeeded, or off: then nothing goes out any more, what stands there stays.

    Raises TodoSystemUnproved.
    """
    system = _locked(actor, system_id)
    if is_on and (system.tried_at is None or system.try_error):
        raise TodoSystemUnproved
    system.is_on = is_on
    system.rests_until, system.failures, system.last_error = None, 0, ""
    system.save(update_fields=["is_on", "rests_until", "failures", "last_error"])
    if is_on:
        transaction.on_commit(partial(wake, LOOK), robust=True)
    return system_get(actor=actor, system_id=system_id)


@transaction.atomic
def system_remove(*, actor: Actor, system_id: UUID) -> None:
    """Remove a system that is off, with all that is known of it; what stands there stays. Raise TodoSystemOn."""
    system = _locked(actor, system_id)
    if system.is_on:
        raise TodoSystemOn
    system.delete()


@transaction.atomic
def names_set(*, actor: Actor, system_id: UUID, names: Sequence[tuple[str, str]]) -> None:
    """Set how a system knows people, by their staff numbers, instead of all that was set; raise TodoNameUnknown."""
    system = _locked(actor, system_id)
    people = {
        identity_of(number): person_id
        for person_id, number in Person.objects.filter(school=system.school_id).values_list("id", "staff_number")
    }
    rows: dict[UUID, str] = {}
    for position, (number, known_as) in enumerate(names):
        person_id = people.get(identity_of(number))
        if person_id is None or person_id in rows or known_as in rows.values():
            raise TodoNameUnknown(pointer=f"/items/{position}")
        rows[person_id] = known_as
    system.names.all().delete()
    TodoName.objects.bulk_create([TodoName(system=system, person_id=one, known_as=name) for one, name in rows.items()])
    transaction.on_commit(partial(wake, LOOK), robust=True)


@transaction.atomic
def system_try(*, actor: Actor, system_id: UUID, now: datetime) -> TodoSystem:
    """Have a to-do for the actor sent and removed again, in the background; raise NotKnownThere."""
    system = _locked(actor, system_id)
    if actor.person_id not in _readers(system, now):
        raise NotKnownThere
    system.tried_at, system.try_error = None, ""  # until it is known how this one went
    system.save(update_fields=["tried_at", "try_error"])
    payload = {"system": str(system.id), "person": str(actor.person_id)}
    key = f"todo.try:{system.id}:{now.isoformat()}"
    outbox_add(drafts=[OutboxDraft(topic=TRY, dedup_key=key, payload=payload)], now=now)
    return system_get(actor=actor, system_id=system_id)


def try_send(*, message: OutboxMessage, now: datetime) -> None:
    """Send the to-do of a try, remove it, and note how that went; a try that failed is not repeated by itself."""
    system = TodoSystem.objects.filter(id=message.payload["system"]).select_related("school").first()
    person_id = UUID(message.payload["person"])
    reader = _readers(system, now).get(person_id) if system else None
    if system is None or reader is None:
        return
    error = ""
    try:
        adapter, todo = adapter_of(system), _trial(system, person_id, reader)
        remote_id = adapter.put(todo=todo, remote_id="")
        adapter.remove(todo=todo, remote_id=remote_id)
    except NotTaken as problem:
        error = problem.reason[:LONGEST_ERROR]
    tried = TodoSystem.objects.filter(id=system.id, setup=system.setup, secret=system.secret)
    tried.update(tried_at=now, try_error=error)


def _trial(system: TodoSystem, person_id: UUID, reader: Reader) -> Todo:
    return Todo(
        source_id=source_id_of(about=("trial", system.id), person_id=person_id),
        known_as=reader.known_as,
        state=State.OPEN,
        title=trial_words(language=reader.language),
        link=f"{settings.PUBLIC_URL}/",
        zone=system.school.time_zone,
        school=system.school.name,
        language=reader.language,
    )


def _readers(system: TodoSystem, now: datetime) -> Mapping[UUID, Reader]:
    (board,) = boards_of(systems=[system], now=now)
    return board.readers


def _check(draft: SystemDraft) -> None:
    setup_check(kind=draft.kind, setup=draft.setup, allowed_hosts=settings.INTRANET_HOOK_HOSTS)


def _name_check(actor: Actor, draft: SystemDraft, system_id: UUID | None) -> None:
    of_school = TodoSystem.objects.filter(school=actor.school_scope)
    same = of_school.filter(name__identity=identity_of(draft.name))
    if set(same.values_list("id", flat=True)) - {system_id}:
        raise TodoSystemNameTaken(pointer="/name")
    pulled = of_school.filter(kind=TodoSystem.Kind.PULL) if draft.kind == TodoSystem.Kind.PULL else of_school.none()
    if set(pulled.values_list("id", flat=True)) - {system_id}:
        raise PulledAlready(pointer="/kind")


def _locked(actor: Actor, system_id: UUID) -> TodoSystem:
    found = TodoSystem.objects.filter(school=actor.school_scope, id=system_id)
    system = found.select_for_update(no_key=True, of=("self",)).select_related("school").first()
    if system is None:
        raise NotFound
    actor.require(Permission.TODO_SYSTEMS_MANAGE)
    return system
