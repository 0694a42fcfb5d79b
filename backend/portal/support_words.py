"""The words of the actions by which offices support the one that leads. Pure."""

from django.utils.translation import gettext_lazy as _

from backend.portal.action_wording import ActionWords

SUPPORT_WORDS: dict[str, ActionWords] = {
    "ask-interim-control": ActionWords(
        label=_("Have the place made safe"),
        icon="shield",
        question=_("Anything they should know? (optional)"),
        done=_("%(who)s asked %(office)s, which looks after the place, to make it safe."),
    ),
    "ask-subtask": ActionWords(
        label=_("Ask another office to do a part"),
        icon="person",
        question=_("What are they to do? Your office goes on leading."),
        done=_("%(who)s asked %(office)s to do a part:"),
    ),
    "take-subtask": ActionWords(
        label=_("I do our part"),
        icon="tool",
        question=_("Anything to add? (optional)"),
        done=_("%(who)s (%(office)s) does the part of that office."),
    ),
    "complete-subtask": ActionWords(
        label=_("Our part is done"),
        icon="check",
        question=_("What was done? A photo helps."),
        done=_("%(who)s (%(office)s) did their part:"),
    ),
    "refuse-subtask": ActionWords(
        label=_("We cannot do our part"),
        icon="alert",
        question=_("Why not? Whoever leads will read this and decide."),
        done=_("%(who)s (%(office)s) cannot do their part:"),
    ),
    "waive-subtask": ActionWords(
        label=_("Go on without a part"),
        icon="arrow",
        question=_("Why can it be solved without that?"),
        done=_("%(who)s decided to go on without the part of %(office)s:"),
    ),
    "withdraw-subtask": ActionWords(
        label=_("Withdraw a part"),
        icon="back",
        question=_("Why is it not needed any more?"),
        done=_("%(who)s asks nothing of %(office)s any more:"),
    ),
}
"""By the name of the action."""
