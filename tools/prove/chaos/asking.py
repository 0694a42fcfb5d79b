"""Orders, offers, promises, next steps and merges that people ask for while the system is broken, each on its clock."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from tools.prove.demo.clients import Person
from tools.prove.demo.stage import Stage
from tools.prove.demo.working import act

OFFICE, OTHER = "the office that has it", "the office that is offered it"
DUE, TO, INTO = "due", "office", "into"
"""The values that are known only when a step is taken: an instant to come, the other office, an earlier ticket."""
WORDS = "请在期限内书面答复。 Please answer in writing by then."


@dataclass(frozen=True)
class Ask:
    """One step: so many seconds after filing, who takes it, and what they fill in; `due` is how soon it rings."""

    seconds: float
    who: str
    action: str
    given: Mapping[str, str] = field(default_factory=dict)
    due: float = 1.0


ASKED: Mapping[int, Sequence[Ask]] = {
    0: (Ask(1.0, "coordinator", "merge", {"into": INTO}),),
    1: (Ask(2.4, OFFICE, "promise", {"promised_for": DUE}, due=0.6),),
    3: (Ask(0.5, "vice.1", "order", {"due_at": DUE}), Ask(3.0, OFFICE, "answer-order")),
    5: (Ask(0.5, "vice.1", "order"), Ask(1.7, "vice.1", "withdraw-order")),
    7: (Ask(0.5, OFFICE, "offer", {"office": TO}), Ask(2.5, OTHER, "accept-offer")),
    9: (Ask(1.6, OFFICE, "next-step", {"done_by": DUE}), Ask(3.2, OFFICE, "finish-step")),
    11: (Ask(1.0, OFFICE, "fix-at-once", {"control": "engineered"}),),
    13: (Ask(1.4, OFFICE, "next-step", {"done_by": DUE}),),
    15: (Ask(0.5, OFFICE, "offer", {"office": TO}), Ask(2.5, OTHER, "refuse-offer")),
}
"""The part asked about a report, by its number within sixteen, or else within eight."""
ROUND, HALF = 16, 8
REVIEW = Ask(0.0, "coordinator", "review-cause", {"cause": "equipment", "corrective": WORDS, "preventive": WORDS})
"""The step that is left once a ticket is closed, where its cause is asked for."""


def asks_of(number: int) -> Sequence[Ask]:
    """Return what is asked about the report of a number."""
    return ASKED.get(number % ROUND, ASKED.get(number % HALF, ()))


def take(person: Person, stage: Stage, ticket_id: str, ask: Ask, known: Mapping[str, str]) -> None:
    """Take a step where it is still offered; what cannot be filled in by now is left alone."""
    answer = person.get(f"/tickets/{ticket_id}")
    if answer.is_error or ask.action not in answer.json()["available_actions"]:
        stage.count("too late")
        return
    fills = {**known, DUE: (datetime.now(UTC) + timedelta(seconds=ask.due)).isoformat()}
    said: dict[str, Any] = {name: fills.get(value, value) for name, value in ask.given.items()}
    if all(said.values()):
        more = {"although_closed": True} if ask.action == "merge" else {}
        act(person, stage, ticket_id, ask.action, etag=answer.headers["ETag"], note=WORDS, **said, **more)
