"""The actions open to somebody as forms: what each is called, what it asks for, and in which words. Pure."""

from collections.abc import Collection
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from backend.workflow.states import BY_ACTION, Action, Evidence, Fact, Relation, State, actions_available

QUESTIONS: dict[Action, Promise] = {
    Action.ASSIGN: _("Anything they should know? (optional)"),
    Action.RECORD_INTERIM_CONTROL: _("What was done at once? For example: closed off, switched off, a sign put up."),
    Action.WAIT: _("Why can nobody here go on without them, and what was agreed?"),
    Action.RESUME: _("What has changed? (optional)"),
    Action.RESOLVE: _("What was done, and how can one see that it is solved?"),
    Action.VERIFY: _("What did you look at?"),
    Action.REJECT_FIX: _("What is still wrong?"),
    Action.REOPEN: _("What is wrong again?"),
    Action.PROGRESS: _("How far is it, and what happens next?"),
    Action.CONTAIN: _("What was done, so that it cannot spread or hurt anybody any more?"),
    Action.RECLASSIFY: _("What was wrong, and why is it so?"),
    Action.PROPOSE_DECLINE: _("Why should it be declined? The reporter will read this."),
    Action.CONFIRM_DECLINE: _("Anything to add? The reporter will read this. (optional)"),
    Action.REFUSE_DECLINE: _("Why should work on it go on?"),
    Action.CONTEST_DECLINE: _("Why should it not be declined?"),
    Action.WITHDRAW: _("Why do you withdraw it? (optional)"),
    Action.COMMENT: _("What would you like to add?"),
}
SHORTER: dict[Action, Promise] = {Action.RECLASSIFY: _("Correct how it is classed")}
FOR_REPORTERS: dict[Action, Promise] = {
    Action.VERIFY: _("Yes, it is solved"),
    Action.REJECT_FIX: _("No, it is not solved"),
    Action.REOPEN: _("The problem is back"),
    Action.CONTEST_DECLINE: _("I see it differently"),
    Action.WITHDRAW: _("Withdraw it"),
    Action.COMMENT: _("Add something"),
}
ICONS: dict[Action, str] = {
    Action.ACKNOWLEDGE: "eye",
    Action.ASSIGN: "person",
    Action.RECORD_INTERIM_CONTROL: "shield",
    Action.START: "tool",
    Action.WAIT: "clock",
    Action.RESUME: "tool",
    Action.RESOLVE: "check",
    Action.VERIFY: "check",
    Action.REJECT_FIX: "back",
    Action.REOPEN: "back",
    Action.PROGRESS: "speech",
    Action.CONTAIN: "shield",
    Action.RECLASSIFY: "pen",
    Action.PROPOSE_DECLINE: "back",
    Action.CONFIRM_DECLINE: "check",
    Action.REFUSE_DECLINE: "back",
    Action.CONTEST_DECLINE: "back",
    Action.WITHDRAW: "back",
    Action.COMMENT: "speech",
}


@dataclass(frozen=True, slots=True)
class StepForm:
    """One action as a form: one tap where it asks for nothing."""

    action: Action
    label: str | Promise
    icon: str
    question: str | Promise
    needs_note: bool
    needs_assignee: bool
    needs_party: bool
    corrects: bool

    @property
    def is_one_tap(self) -> bool:
        """Say whether a button is enough."""
        return not self.question


def steps_open(
    *, state: State, relations: Collection[Relation], facts: Collection[Fact], as_reporter: bool = False
) -> tuple[StepForm, ...]:
    """Return the forms of the actions open to somebody, in the order of the transition table."""
    names = FOR_REPORTERS if as_reporter else {}
    return tuple(
        StepForm(
            action=action,
            label=names.get(action, SHORTER.get(action, action.label)),
            icon=ICONS[action],
            question=QUESTIONS.get(action, ""),
            needs_note=Evidence.NOTE in BY_ACTION[action].evidence,
            needs_assignee=Evidence.ASSIGNEE in BY_ACTION[action].evidence,
            needs_party=Evidence.PARTY in BY_ACTION[action].evidence,
            corrects=action is Action.RECLASSIFY,
        )
        for action in actions_available(state, relations, facts)
    )
