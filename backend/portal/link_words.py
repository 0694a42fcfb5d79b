"""The words of the actions that split and link tickets. Pure."""

from django.utils.translation import gettext_lazy as _

from backend.portal.action_wording import ActionWords

LINK_WORDS: dict[str, ActionWords] = {
    "split": ActionWords(
        label=_("Split off a second problem"),
        icon="arrow",
        question=_("What is the second problem? Write it so that another office understands it."),
        done=_("%(who)s made a second problem a ticket of its own:"),
    ),
    "link": ActionWords(
        label=_("Link with another ticket"),
        icon="arrow",
        question=_("Why do they belong together? (optional)"),
        done=_("%(who)s linked it with another ticket."),
    ),
    "unlink": ActionWords(
        label=_("Undo a link"),
        icon="back",
        question=_("Why do they not belong together? (optional)"),
        done=_("%(who)s undid a link with another ticket."),
    ),
}
"""By the name of the action."""
