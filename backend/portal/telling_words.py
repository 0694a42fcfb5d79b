"""The words of the actions by which people are told and asked: those affected, and the reporter. Pure."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from backend.portal.action_wording import ActionWords

TELLING: dict[str, ActionWords] = {
    "add-affected": ActionWords(
        label=_("Add somebody who has to be told"),
        icon="person",
        question=_("Anything to remember when they are told? (optional)"),
        done=_("%(who)s added who else has to be told:"),
    ),
    "inform-affected": ActionWords(
        label=_("Somebody affected was told"),
        icon="speech",
        question=_("How were they told? For example a notice at the door, or a message to the parents."),
        done=_("%(who)s told somebody affected:"),
    ),
    "waive-affected": ActionWords(
        label=_("Somebody need not be told"),
        icon="person",
        question=_("Why need they not be told? This is kept."),
        done=_("%(who)s recorded why somebody affected need not be told:"),
    ),
    "publish-result": ActionWords(
        label=_("Publish what came of it"),
        icon="check",
        question=_(
            "What was done about it? Write it without names: the reporter and, unless confidential, all staff read it."
        ),
        done=_("%(who)s published what came of it:"),
    ),
    "rate-handling": ActionWords(
        label=_("Was it well handled?"),
        icon="speech",
        question=_("Would you like to say more? In a line. (optional)"),
        done=_("%(who)s said how it was handled:"),
    ),
    "ask-question": ActionWords(
        label=_("Ask the reporter or somebody outside"),
        icon="speech",
        question=_("What do you want to know? Whoever is asked reads exactly this."),
        done=_("%(who)s asked a question:"),
    ),
    "answer-question": ActionWords(
        label=_("Answer a question"),
        icon="speech",
        question=_("What is the answer?"),
        for_reporter=_("Answer what they ask"),
        done=_("%(who)s answered a question:"),
    ),
    "withdraw-question": ActionWords(
        label=_("Withdraw a question"),
        icon="back",
        question=_("Why is no answer needed any more? (optional)"),
        done=_("%(who)s withdrew a question."),
    ),
}
TELLING_LABELS: dict[str, str | Promise] = {
    "affected": _("Who is affected?"),
    "who": _("Which ones? For example the classes on the second floor."),
    "party": _("Whom?"),
    "what": _("What was wrong? In one line, without names."),
    "whom": _("Whom outside the school? For example a firm or a parent. Leave it empty to ask the reporter."),
    "question": _("Which question?"),
    "handled": _("How was it handled?"),
    "although_named": _("No person is named here"),
}
