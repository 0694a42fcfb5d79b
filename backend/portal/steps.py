"""The actions open to somebody as forms: what each is called, what it asks for, and in which words. Pure."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise

from backend.common.errors import DomainError
from backend.organisation.actors import Actor
from backend.portal.action_words import ACTION_WORDS, HINTS, INTRODUCTIONS, LABELS
from backend.portal.rules import proof_said
from backend.portal.step_groups import steps_grouped
from backend.workflow.action import Action
from backend.workflow.action_input import FieldKind, FieldSpec, field_specs
from backend.workflow.actions import BY_NAME, actions_available
from backend.workflow.actions.accept_offer import ACCEPT_OFFER
from backend.workflow.actions.accept_recommendation import ACCEPT_RECOMMENDATION
from backend.workflow.actions.confirm import CONFIRM
from backend.workflow.actions.confirm_decline import CONFIRM_DECLINE
from backend.workflow.actions.confirm_lowering import CONFIRM_LOWERING
from backend.workflow.actions.finish_step import FINISH_STEP
from backend.workflow.actions.fix_at_once import FIX_AT_ONCE
from backend.workflow.actions.follow_adoption import FOLLOW_ADOPTION
from backend.workflow.actions.progress import PROGRESS
from backend.workflow.actions.record_interim_control import RECORD_INTERIM_CONTROL
from backend.workflow.actions.refuse_decline import REFUSE_DECLINE
from backend.workflow.actions.refuse_lowering import REFUSE_LOWERING
from backend.workflow.actions.refuse_offer import REFUSE_OFFER
from backend.workflow.actions.refuse_recommendation import REFUSE_RECOMMENDATION
from backend.workflow.actions.reject_fix import REJECT_FIX
from backend.workflow.actions.resolve import RESOLVE
from backend.workflow.actions.verify import VERIFY
from backend.workflow.errors import ActionNotAllowed, ActionUnavailable, InterimControlMissing
from backend.workflow.facts import Situation
from backend.workflow.fixing import FILES, proof_asked
from backend.workflow.models import Ticket
from backend.workflow.obligations import Obligation, obligations_of
from backend.workflow.owed import owed_of
from backend.workflow.policy import Relation

BEFORE: Mapping[type[DomainError] | None, str] = {InterimControlMissing: RECORD_INTERIM_CONTROL.name}
"""The step that removes what a refusal names."""
OR_NOT: Mapping[str, str] = {
    ACCEPT_OFFER.name: REFUSE_OFFER.name,
    ACCEPT_RECOMMENDATION.name: REFUSE_RECOMMENDATION.name,
    CONFIRM_DECLINE.name: REFUSE_DECLINE.name,
    CONFIRM_LOWERING.name: REFUSE_LOWERING.name,
    VERIFY.name: REJECT_FIX.name,
}
"""The steps that say yes to a question, each with the one that says no: both answers stand before the other steps."""
TAPPED = "handled"
"""The field that a reporter says in one tap."""
LISTED = frozenset({FieldKind.PERSON, FieldKind.PLACE, FieldKind.OFFICE, FieldKind.TICKET})
LATER = frozenset({PROGRESS.name, FINISH_STEP.name, FOLLOW_ADOPTION.name})
"""The words about the work that are owed by a date; until then the work itself comes first."""


@dataclass(frozen=True, slots=True)
class StepField:
    """One field of a form: how it is declared, and the words beside it."""

    spec: FieldSpec
    label: str | Promise
    hint: str | Promise
    is_required: bool


@dataclass(frozen=True, slots=True)
class StepForm:
    """One action as a form: one tap where it asks for nothing."""

    action: str
    label: str | Promise
    icon: str
    introduction: str | Promise
    fields: Sequence[StepField]
    is_one_tap: bool
    takes_files: bool
    needs_files: bool
    taps: Sequence[tuple[str, str | Promise]] = ()
    """The values of the one field that is said by the button itself, each with its words."""

    @property
    def chooses_from_lists(self) -> bool:
        """Whether it offers people, places or offices, which are read only once the form is opened."""
        return any(field.spec.kind in LISTED for field in self.fields)

    def asks_for(self, name: str) -> bool:
        """Say whether the form has a field of this name."""
        return any(field.spec.name == name for field in self.fields)


def steps_open(
    *, situation: Situation, relations: Collection[Relation], as_reporter: bool = False
) -> tuple[StepForm, ...]:
    """Return the forms of the actions open to somebody, in the order in which they are offered."""
    found = actions_available(situation=situation, relations=relations)
    if as_reporter and CONFIRM in found:
        found = tuple(action for action in found if action is not VERIFY)
    return tuple(_form(action, situation.ticket, as_reporter=as_reporter) for action in found)


@dataclass(frozen=True, slots=True)
class NextStep:
    """The step offered first (None: none is theirs), the others, and what stands in the way of what is due."""

    first: StepForm | None
    others: Sequence[StepForm]
    missing: str | Promise = ""
    or_not: StepForm | None = None
    """The other answer, where the first step is one of two answers to a question."""

    @property
    def groups(self) -> list[tuple[str | Promise, list[StepForm]]]:
        """The others under headings."""
        return [(heading, steps) for heading, steps in steps_grouped(self.others) if steps]


def step_next(
    *, situation: Situation, actor: Actor, relations: Collection[Relation], steps: Sequence[StepForm]
) -> NextStep:
    """Return which of the open steps comes first: what its reader owes, else what is owed, or what has to go before."""
    mine = owed_of(situation=situation, actor=actor, relations=relations)
    offered = {step.action: step for step in steps}
    missing: str | Promise = ""
    for name in dict.fromkeys(
        row.action for row in [*mine, *obligations_of(situation)] if not _can_wait(row, situation)
    ):
        refusal = BY_NAME[name].refusal(situation=situation, relations=relations)
        if refusal not in {None, ActionNotAllowed, ActionUnavailable}:
            missing = missing or refusal.title
        chosen = offered.get(BEFORE.get(refusal, name))
        if chosen is not None:
            or_not = offered.get(OR_NOT.get(chosen.action, ""))
            others = [step for step in steps if step not in (chosen, or_not)]
            return NextStep(chosen, others, missing, or_not)
    return NextStep(None, steps, missing)


def _can_wait(owed: Obligation, situation: Situation) -> bool:
    """Say whether a word about the work is not due yet, so that the work itself comes first."""
    return owed.action in LATER and owed.due_at is not None and owed.due_at > situation.now


def _form(action: Action[Any], ticket: Ticket, *, as_reporter: bool) -> StepForm:
    words = ACTION_WORDS[action.name]
    specs = [spec for spec in field_specs(action.said) if spec.when is None or spec.when(ticket)]
    tapped = [spec for spec in specs if as_reporter and spec.name == TAPPED]
    proof = proof_asked(ticket) if action in {RESOLVE, FIX_AT_ONCE} else ()
    return StepForm(
        action=action.name,
        label=(as_reporter and words.for_reporter) or words.label,
        icon=words.icon,
        introduction=proof_said(proof=proof) if proof else INTRODUCTIONS.get(action.name, ""),
        taps=[choice for spec in tapped if spec.choices for choice in spec.choices.choices],
        fields=[
            StepField(spec, LABELS.get(spec.name, words.question), HINTS.get(spec.name, ""), spec.is_required(ticket))
            for spec in specs
            if spec not in tapped
        ],
        is_one_tap=not words.question,
        takes_files=action.takes_files and (not as_reporter or action is FIX_AT_ONCE),
        needs_files=not FILES.isdisjoint(proof),
    )
