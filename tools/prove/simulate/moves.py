"""Steps about what is asked, drawn at random: who takes them and what they say, allowed or not."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from random import Random
from typing import Any
from uuid import UUID

from backend.organisation.actors import Actor
from backend.organisation.roles import Role
from backend.workflow.models import RecommendationAim
from tools.prove.simulate.asking import HEAD, OFFICE, PRINCIPAL, VICE_PRINCIPAL, Said
from tools.prove.simulate.cases import DAY, HOUR, Case

SOONEST, LATEST = HOUR, 20 * DAY


@dataclass(frozen=True)
class Move:
    """One step: who takes it, the fields they fill in, and the same as the oracle hears it."""

    actor: Actor
    said: Said
    given: Mapping[str, Any] = field(default_factory=dict)


def move_drawn(*, case: Case, action: str, random: Random, at: datetime) -> Move:
    """Draw how a step is taken that is open in the ticket's state."""
    return DRAWN[action](case, random, at)


def _leader(case: Case, random: Random) -> Actor:
    """Return somebody above the offices; of a confidential case only the principal knows."""
    stage = case.stage
    return (
        stage.principal if case.is_sealed else random.choice((stage.coordinator, stage.vice_principal, stage.principal))
    )


def _said(case: Case, actor: Actor, **more: Any) -> Said:
    return Said(by=_person(actor), step=step_of(case, actor), **more)


def step_of(case: Case, actor: Actor) -> int:
    """Return the step from which somebody promises: in a small school one person holds several posts."""
    if actor.holds(Role.PRINCIPAL, Role.BOARD_CHAIR):
        return PRINCIPAL
    if actor.holds(Role.VICE_PRINCIPAL):
        return VICE_PRINCIPAL
    return HEAD if actor == case.worker else OFFICE


def _person(actor: Actor) -> UUID:
    if actor.person_id is None:
        raise LookupError("everybody in the simulation is a person")
    return actor.person_id


def _later(random: Random, at: datetime) -> datetime:
    seconds = random.randrange(int(SOONEST.total_seconds()), int(LATEST.total_seconds()))
    return at + seconds * (HOUR / 3600)


def _order(case: Case, random: Random, at: datetime) -> Move:
    actor = _leader(case, random)
    until = random.choice((None, _later(random, at)))
    return Move(actor, _said(case, actor, until=until), {"due_at": until})


def _answer_order(case: Case, random: Random, _at: datetime) -> Move:
    part = random.choice(case.told.open_parts("order"))
    return Move(case.worker, _said(case, case.worker, part=part), {"order": UUID(part.key)})


def _withdraw_order(case: Case, random: Random, _at: datetime) -> Move:
    part, actor = random.choice(case.told.open_parts("order")), _leader(case, random)
    return Move(actor, _said(case, actor, part=part), {"order": UUID(part.key)})


def _another_office(case: Case, random: Random) -> UUID:
    return random.choice([unit_id for unit_id in case.stage.heads if unit_id != case.owner_id])


def _head(case: Case, office: str) -> Actor:
    return next(head for unit, head in case.stage.heads.items() if case.stage.codes[unit] == office)


def _offer(case: Case, random: Random, _at: datetime) -> Move:
    office = _another_office(case, random)
    said = _said(case, case.worker, office=case.stage.codes[office])
    return Move(case.worker, said, {"office": office})


def _assign_office(case: Case, random: Random, _at: datetime) -> Move:
    actor, office = _leader(case, random), _another_office(case, random)
    return Move(actor, _said(case, actor, office=case.stage.codes[office]), {"office": office})


def _answer_offer(case: Case, _random: Random, _at: datetime) -> Move:
    (offer,) = case.told.open_parts("offer")
    actor = _head(case, offer.office)
    return Move(actor, _said(case, actor, part=offer))


def _withdraw_offer(case: Case, random: Random, _at: datetime) -> Move:
    actor = random.choice((case.worker, case.stage.coordinator))
    return Move(actor, _said(case, actor))


def _promise(case: Case, random: Random, at: datetime) -> Move:
    people = (case.worker, case.worker, case.stage.principal)
    return _promising(case, random.choice(people), _later(random, at))


def _change_promise(case: Case, random: Random, at: datetime) -> Move:
    people = [case.worker, case.stage.principal, *([] if case.is_sealed else [case.stage.vice_principal])]
    return _promising(case, random.choice(people), _later(random, at))


def _promising(case: Case, actor: Actor, until: datetime) -> Move:
    return Move(actor, _said(case, actor, until=until), {"promised_for": until})


def _next_step(case: Case, random: Random, at: datetime) -> Move:
    until = _later(random, at)
    return Move(case.worker, _said(case, case.worker, until=until), {"done_by": until})


def _finish_step(case: Case, _random: Random, _at: datetime) -> Move:
    return Move(case.worker, _said(case, case.worker))


def _ask_subtask(case: Case, random: Random, at: datetime) -> Move:
    actor, office = random.choice((case.worker, case.stage.coordinator)), _another_office(case, random)
    until = random.choice((None, _later(random, at)))
    said = _said(case, actor, until=until, office=case.stage.codes[office])
    return Move(actor, said, {"office": office, "due_at": until})


def _own_subtask(case: Case, random: Random, _at: datetime) -> Move:
    part = random.choice(case.told.open_parts("subtask"))
    actor = _head(case, part.office)
    return Move(actor, _said(case, actor, part=part), {"subtask": UUID(part.key)})


def _withdraw_subtask(case: Case, random: Random, _at: datetime) -> Move:
    part, actor = random.choice(case.told.open_parts("subtask")), random.choice((case.worker, case.stage.coordinator))
    return Move(actor, _said(case, actor, part=part), {"subtask": UUID(part.key)})


def _waive_subtask(case: Case, random: Random, _at: datetime) -> Move:
    part, actor = random.choice(case.told.unsettled()), random.choice((case.worker, case.stage.coordinator))
    return Move(actor, _said(case, actor, part=part), {"waived": UUID(part.key)})


def _ask_question(case: Case, random: Random, at: datetime) -> Move:
    whom, until = random.choice(("", "The lift firm")), random.choice((None, _later(random, at)))
    return Move(case.worker, _said(case, case.worker, until=until, whom=whom), {"whom": whom, "due_at": until})


def _answer_question(case: Case, random: Random, _at: datetime) -> Move:
    part = random.choice(case.told.open_parts("question"))
    answers_themselves = not part.whom and bool(case.reporter.posts)
    actor = random.choice((case.worker, case.reporter)) if answers_themselves else case.worker
    return Move(actor, _said(case, actor, part=part), {"question": UUID(part.key)})


def _withdraw_question(case: Case, random: Random, _at: datetime) -> Move:
    part = random.choice(case.told.open_parts("question"))
    return Move(case.worker, _said(case, case.worker, part=part), {"question": UUID(part.key)})


def _review_cause(case: Case, _random: Random, _at: datetime) -> Move:
    (part,) = case.told.open_parts("review")
    found = {"cause": "equipment", "corrective": "A new one.", "preventive": "Looked at each month."}
    return Move(case.worker, _said(case, case.worker, part=part), found)


def _recommend(case: Case, random: Random, at: datetime) -> Move:
    actor, until = _leader(case, random), random.choice((None, _later(random, at)))
    aim = random.choice(list(RecommendationAim))
    return Move(actor, _said(case, actor, until=until), {"aim": aim, "due_at": until})


def _accept_recommendation(case: Case, random: Random, at: datetime) -> Move:
    move, until = _refuse_recommendation(case, random, at), _later(random, at)
    return replace(move, said=replace(move.said, until=until), given={**move.given, "carry_out_by": until})


def _refuse_recommendation(case: Case, random: Random, _at: datetime) -> Move:
    part = random.choice(case.told.open_parts("recommendation"))
    return Move(case.worker, _said(case, case.worker, part=part), {"recommendation": UUID(part.key)})


def _withdraw_recommendation(case: Case, random: Random, _at: datetime) -> Move:
    part, actor = random.choice(case.told.recommended()), _leader(case, random)
    return Move(actor, _said(case, actor, part=part), {"recommended": UUID(part.key)})


def _carry_out_recommendation(case: Case, random: Random, _at: datetime) -> Move:
    part = random.choice(case.told.open_parts("improvement"))
    return Move(case.worker, _said(case, case.worker, part=part), {"improvement": UUID(part.key)})


def _adopt(case: Case, random: Random, at: datetime) -> Move:
    until = _later(random, at)
    actor = case.stage.principal if case.is_sealed else random.choice((case.stage.vice_principal, case.stage.principal))
    return Move(actor, _said(case, actor, until=until), {"done_by": until})


def _follow_adoption(case: Case, random: Random, at: datetime) -> Move:
    actor, until = case.stage.principal, random.choice((None, _later(random, at)))
    return Move(actor, _said(case, actor, until=until), {"next_by": until})


def _decide(case: Case, _random: Random, _at: datetime) -> Move:
    actor = case.stage.principal
    return Move(actor, _said(case, actor), {"decided_in": "The principal's meeting", "provided": "What was needed."})


DRAWN: Mapping[str, Callable[[Case, Random, datetime], Move]] = {
    "order": _order,
    "answer-order": _answer_order,
    "withdraw-order": _withdraw_order,
    "offer": _offer,
    "accept-offer": _answer_offer,
    "refuse-offer": _answer_offer,
    "withdraw-offer": _withdraw_offer,
    "assign-office": _assign_office,
    "promise": _promise,
    "change-promise": _change_promise,
    "decide": _decide,
    "next-step": _next_step,
    "finish-step": _finish_step,
    "ask-subtask": _ask_subtask,
    "take-subtask": _own_subtask,
    "complete-subtask": _own_subtask,
    "refuse-subtask": _own_subtask,
    "withdraw-subtask": _withdraw_subtask,
    "waive-subtask": _waive_subtask,
    "ask-question": _ask_question,
    "answer-question": _answer_question,
    "withdraw-question": _withdraw_question,
    "review-cause": _review_cause,
    "recommend": _recommend,
    "accept-recommendation": _accept_recommendation,
    "refuse-recommendation": _refuse_recommendation,
    "withdraw-recommendation": _withdraw_recommendation,
    "carry-out-recommendation": _carry_out_recommendation,
    "adopt": _adopt,
    "follow-adoption": _follow_adoption,
}
