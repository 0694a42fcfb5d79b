"""Messages whose reason is gone when they are sent or read, and what whoever reads one can do about it now."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from backend.duty.selectors import actors_of
from backend.notifications.models import Notice
from backend.notifications.sentences import tells_reporter
from backend.notifications.still import STILL, STILL_TO_REPORTER, TOLD_WHEN_OVER, Subject
from backend.organisation.actors import Actor
from backend.workflow.actions import BY_NAME
from backend.workflow.facts import MADE_SAFE, Situation
from backend.workflow.models import OUTLIVING, Ticket
from backend.workflow.policy import Part, Relation, opened_to, relations_of
from backend.workflow.selectors import grants_read
from backend.workflow.states import OVER, State

IN_OFFICE = frozenset({Relation.HANDLER, Relation.OFFICE_HEAD})


@dataclass(frozen=True, slots=True)
class Standing:
    """A notice that still has a reason, and the action its reader can take next (None: none)."""

    notice: Notice
    can: str | None
    in_office: bool = False
    """The reader works in the office that has the ticket."""
    to_reporter: bool = False
    holds: bool = True
    """True where it still tells what is so; else a list says that it is settled, and nothing is sent."""


NEXT: Mapping[str, str] = {
    State.RECEIVED: "acknowledge",
    State.ROUTED: "acknowledge",
    State.ACKNOWLEDGED: "start",
    State.IN_PROGRESS: "resolve",
    State.WAITING: "resume",
    State.RESOLVED: "verify",
}
"""The action that a ticket waits for in each state."""


def notices_standing(*, notices: Sequence[Notice], subjects: Mapping[UUID, Subject]) -> list[Standing]:
    """Return the notices that still have a reason; each comes with its person.

    One statement, whatever their number; one more where somebody may have been granted a ticket.
    """
    hopeful = [notice for notice in notices if _still_tells(notice, subjects[notice.subject_id])]
    if not hopeful:
        return []
    actors = actors_of(person_ids={notice.person_id for notice in hopeful})
    grants_read(actors=actors.values(), tickets=[subject.ticket for subject in subjects.values()])
    return list(_in_sight(hopeful, subjects, actors))


def notices_read(*, actor: Actor, notices: Sequence[Notice], subjects: Mapping[UUID, Subject]) -> Iterator[Standing]:
    """Yield the notices of one reader about tickets, read or not, each with whether it still holds.

    One statement at most, where somebody may have been granted a ticket.
    """
    grants_read(actors=[actor], tickets=[subject.ticket for subject in subjects.values()])
    for notice in notices:
        subject = subjects[notice.subject_id]
        to_reporter = _is_to_reporter(notice, subject.ticket)
        holds = _holds(notice, subject, to_reporter=to_reporter)
        relations = relations_of(actor=actor, ticket=subject.ticket)
        can = next_action_of(ticket=subject.ticket, relations=relations)
        in_office = not IN_OFFICE.isdisjoint(relations)
        yield Standing(notice, None if to_reporter else can, in_office, to_reporter=to_reporter, holds=holds)


def _still_tells(notice: Notice, subject: Subject) -> bool:
    return notice.read_at is None and _holds(notice, subject, to_reporter=_is_to_reporter(notice, subject.ticket))


def _holds(notice: Notice, subject: Subject, *, to_reporter: bool) -> bool:
    """Say whether what a notice tells is still so, and worth telling."""
    holds = (STILL_TO_REPORTER if to_reporter else STILL).get(notice.kind)
    if holds is not None and not holds(notice, subject):
        return False
    outlives = notice.kind == "escalated" and not OUTLIVING.isdisjoint(subject.missed)
    return to_reporter or subject.ticket.state not in OVER or notice.kind in TOLD_WHEN_OVER or outlives


def _in_sight(
    notices: Sequence[Notice], subjects: Mapping[UUID, Subject], actors: Mapping[UUID, Actor]
) -> Iterator[Standing]:
    for notice in notices:
        subject, actor = subjects[notice.subject_id], actors[notice.person_id]
        ticket = subject.ticket
        if _is_to_reporter(notice, ticket):
            yield Standing(notice, None)
        elif notice.person_id not in subject.concerned and Part.TICKET in opened_to(actor=actor, ticket=ticket):
            relations = relations_of(actor=actor, ticket=ticket)
            can = next_action_of(ticket=ticket, relations=relations)
            yield Standing(notice, can, in_office=not IN_OFFICE.isdisjoint(relations))


def _is_to_reporter(notice: Notice, ticket: Ticket) -> bool:
    return tells_reporter(kind=notice.kind, is_reporter=ticket.reporter_id == notice.person_id)


def next_action_of(*, ticket: Ticket, relations: frozenset[Relation]) -> str | None:
    """Return the action that a ticket waits for where somebody with these relations can take it, else None."""
    name = NEXT.get(ticket.state)
    if name == "start" and not MADE_SAFE.holds(Situation(ticket=ticket, now=ticket.filed_at, timers=())):
        name = "record-interim-control"
    if name is None or not BY_NAME[name].allowed & relations or not BY_NAME[name].refused.keys().isdisjoint(relations):
        return None
    return name
