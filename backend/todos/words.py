"""The words of a to-do: what to do, about what, where; of what is confidential only that something waits. Pure."""

from collections.abc import Callable
from typing import Protocol

from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backend.workflow.models import Ticket
from backend.workflow.selectors import category_name

TO_DO: dict[str, Promise] = {
    "acknowledge": gettext_lazy("Confirm that you have seen it"),
    "start": gettext_lazy("Start work on it"),
    "contain": gettext_lazy("See that nobody can be hurt"),
    "progress": gettext_lazy("Say how far it is"),
    "resolve": gettext_lazy("Solve it"),
    "resume": gettext_lazy("Go on with the work"),
    "verify": gettext_lazy("Check whether it is solved"),
    "accept-offer": gettext_lazy("Accept or refuse the hand-over"),
    "complete-subtask": gettext_lazy("Finish your part"),
    "answer-order": gettext_lazy("Answer the supervision order"),
    "accept-recommendation": gettext_lazy("Answer the recommendation"),
    "carry-out-recommendation": gettext_lazy("Carry out the recommendation"),
    "answer-question": gettext_lazy("See that the question is answered"),
    "review-cause": gettext_lazy("Say why it happened"),
    "follow-adoption": gettext_lazy("See to the adopted case"),
    "finish-step": gettext_lazy("Do the next step"),
    "decide": gettext_lazy("Decide on the request"),
    "inform-affected": gettext_lazy("Tell everybody affected"),
    "confirm-decline": gettext_lazy("Decide whether it is declined"),
    "confirm-lowering": gettext_lazy("Decide whether more people see it"),
    "answer-round": gettext_lazy("Say how it is"),
    "go-along-route": gettext_lazy("Go along the route"),
    "look-over-places": gettext_lazy("Look over the places"),
    "do-step": gettext_lazy("Do your step of the plan"),
    "tell-outside": gettext_lazy("Tell somebody outside"),
    "go-to-training": gettext_lazy("Go to the training"),
    "hold-lesson": gettext_lazy("See that the lesson is held"),
    "answer-authority": gettext_lazy("Answer the authority"),
}
"""By the action that is owed."""


class Said(Protocol):
    """The thing that a to-do is about: a ticket, or something beside tickets."""

    @property
    def about(self) -> Callable[[], str]: ...
    @property
    def is_public(self) -> bool: ...
    @property
    def is_exercise(self) -> bool: ...


def title_of(*, subject: Said, action: str | None, language: str, is_gone: bool = False) -> str:
    """Return the title in the reader's language; without an action only what it is about, and not even that once gone.

    Many portals are told of what is gone by the same request, words and all.
    """
    with translation.override(language):
        if is_gone or not subject.is_public:
            return _exercise(neutral_words(), subject)
        if action is None:
            return _exercise(subject.about(), subject)
        return _exercise(_("%(what)s: %(matter)s") % {"what": TO_DO[action], "matter": subject.about()}, subject)


def neutral_words() -> str:
    """Return the title of which nobody learns anything."""
    return _("Something waits for you in Allclear")


def about_ticket(ticket: Ticket) -> str:
    """Return what a ticket is about, and where, in the reader's language."""
    is_chinese = not (translation.get_language() or "").startswith("en")
    return " · ".join(
        filter(None, [category_name(ticket, chinese=is_chinese), ticket.place.name if ticket.place else ""])
    )


def _exercise(text: str, subject: Said) -> str:
    return _("[Exercise] %(text)s") % {"text": text} if subject.is_exercise else text


def trial_words(*, language: str) -> str:
    """Return the title of the to-do of a try."""
    with translation.override(language):
        return _("A try of Allclear: nothing has to be done")
