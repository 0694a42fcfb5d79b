"""The shape of an action's words on the pages. Pure."""

from dataclasses import dataclass

from django.utils.functional import Promise


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionWords:
    """The words of one action.

    `label` stands on the button (for the reporter `for_reporter` where there is one), `question` beside the note
    (empty: one tap is enough), `done` in the timeline.
    """

    label: str | Promise
    icon: str
    done: str | Promise
    question: str | Promise = ""
    for_reporter: str | Promise = ""
