"""The things that to-dos are about, of tickets and beside them: who owes each, and what ought to stand in a system."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from django.conf import settings

from backend.organisation.actors import Actor
from backend.todos.models import TICKET, PushedTodo
from backend.todos.selectors.beside import owed_beside_tickets
from backend.todos.selectors.boards import Board, Matter, matters_of
from backend.todos.selectors.everything import is_told_to
from backend.todos.todo import State, Todo, source_id_of
from backend.todos.words import neutral_words, title_of
from backend.workflow.obligations import Obligation
from backend.workflow.owed import is_owed_by
from backend.workflow.owing import Owed, Sought

About = tuple[str, UUID]
"""The kind and the id of a thing."""
Subject = Matter | Owed
WAY_BACK = "/todo"
"""The page to which a to-do leads whose thing is not there any more."""


def subjects_of(*, abouts: Collection[About], boards: Sequence[Board], now: datetime) -> dict[About, Subject]:
    """Return these things as they are; the number of statements does not depend on how many they are."""
    by_kind = ids_by_kind(abouts)
    ticket_ids = by_kind.pop(TICKET, set())
    found: dict[About, Subject] = {}
    if ticket_ids:
        matters = matters_of(ticket_ids=ticket_ids, boards=boards, now=now)
        found = {(TICKET, ticket_id): matter for ticket_id, matter in matters.items()}
    return found | beside_of(boards=boards, sought={kind: Sought(ids=ids) for kind, ids in by_kind.items()}, now=now)


def beside_of(*, boards: Sequence[Board], sought: Sought | Mapping[str, Sought], now: datetime) -> dict[About, Subject]:
    """Return what is sought beside tickets, as it stands to the readers of these systems."""
    actors = [reader.actor for board in boards for reader in board.readers.values()]
    return {(owed.kind, owed.id): owed for owed in owed_beside_tickets(actors=actors, sought=sought, now=now)}


def ids_by_kind(abouts: Collection[About]) -> dict[str, set[UUID]]:
    """Return the ids of things by their kind."""
    found: dict[str, set[UUID]] = {}
    for kind, one in abouts:
        found.setdefault(kind, set()).add(one)
    return found


def owed_on(*, board: Board, subject: Subject) -> dict[UUID, Obligation]:
    """Return the people on a board who owe something on a thing, each with what is due first."""
    found: dict[UUID, Obligation] = {}
    if isinstance(subject, Owed):
        told = (person for person in subject.owed_by & board.readers.keys() if _is_told(board, person, subject))
        return dict.fromkeys(told, Obligation(subject.action, subject.due_at))
    for obligation in subject.owed:
        for person_id in board.candidates(obligation):
            if person_id in found:
                continue
            actor = board.readers[person_id].actor
            relations = subject.relations(actor)
            if relations and is_owed_by(actor=actor, obligation=obligation, relations=relations):
                found[person_id] = obligation
    return found


def wanted_now(*, board: Board, subjects: Mapping[About, Subject], row: PushedTodo) -> Todo:
    """Return what ought to stand in the system instead of what does, by things that were read for many."""
    subject = subjects.get(row.about)
    owed = {} if subject is None else owed_on(board=board, subject=subject)
    return wanted_by(board=board, subject=subject, owed=owed, row=row)


def wanted_by(*, board: Board, subject: Subject | None, owed: Mapping[UUID, Obligation], row: PushedTodo) -> Todo:
    """Return what ought to stand in the system instead of what does, where these people owe something on its thing.

    It is done while its person may know of the thing, and it is open to all; what was or is confidential goes without a
    trace. Where the thing is not there any more (None), nothing ought to stand there.
    """
    source_id = source_id_of(about=row.about, person_id=row.person_id)
    if subject is None:
        link = f"{settings.PUBLIC_URL}{WAY_BACK}"
        return Todo(source_id, row.known_as, State.GONE, title=neutral_words(), link=link)
    reader, due = board.readers.get(row.person_id), owed.get(row.person_id)
    state = State.GONE
    if due is not None:
        state = State.OPEN
    elif reader is not None and subject.is_public and _stays_as_done(reader.actor, subject):
        state = State.DONE
    # An address would tell what waits: a report to an authority, or a plan that runs.
    path = subject.path if subject.is_public or not isinstance(subject, Owed) else WAY_BACK
    language, action = reader.language if reader else "zh-hans", due.action if due else None
    return Todo(
        source_id=source_id,
        known_as=reader.known_as if reader else row.known_as,
        state=state,
        title=title_of(subject=subject, action=action, language=language, is_gone=state is State.GONE),
        link=f"{settings.PUBLIC_URL}{path}",
        due_at=due.due_at if due and subject.is_public else None,
        zone=subject.school.time_zone,
        school=subject.school.name,
        language=language,
    )


def _stays_as_done(actor: Actor, subject: Subject) -> bool:
    """Say whether somebody may still know of what they do not owe any more.

    Beside tickets somebody has to have done it: what was called off, or was never done, is not shown as done.
    """
    if isinstance(subject, Owed):
        return subject.is_done and actor.person_id in subject.known_to
    return bool(subject.relations(actor))


def _is_told(board: Board, person_id: UUID, subject: Owed) -> bool:
    return is_told_to(owed=subject, actor=board.readers[person_id].actor)
