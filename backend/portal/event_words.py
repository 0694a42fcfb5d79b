"""The words and the icon of each event of a ledger, by the name of its type. Pure."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from backend.portal.action_words import ACTION_WORDS

DONE: dict[str, str | Promise] = {
    "opened": gettext_lazy("%(who)s filed the report."),
    "amend": gettext_lazy("%(who)s added to the report:"),
    "clocks-moved": gettext_lazy("The school's calendar changed, and deadlines moved with it."),
    "erased": gettext_lazy("Something that was said here was erased."),
    "caller-forgotten": gettext_lazy("On whose behalf it was reported is not kept any more."),
    "words-sealed": gettext_lazy("What is said here is stored encrypted from now on."),
    **{name: words.done for name, words in ACTION_WORDS.items()},
    "assignee-left": gettext_lazy("%(assignee)s has left, so it is the office's again."),
    "adopter-left": gettext_lazy("%(adopter)s has left and helps with it no more; another leader can adopt it."),
    "merged-here": gettext_lazy("%(who)s merged another report about the same into this one."),
    "unmerged-here": gettext_lazy("%(who)s took a report out again that had been merged into this one."),
    "class-followed": gettext_lazy("The report it was merged into became more confidential, and so did it."),
    "recurred": gettext_lazy("The same was closed here within thirty days before, so it came back."),
    "lapsed": gettext_lazy("What was still asked about it is over with it; whoever waits for an answer was told."),
    "file-added": gettext_lazy("%(who)s added a file: %(file)s."),
    "file-removed": gettext_lazy("%(who)s removed a file:"),
    "link-made": gettext_lazy("%(who)s made a link by which the question can be answered."),
    "link-ended": gettext_lazy("%(who)s withdrew the link to a question."),
    "answered-by-link": gettext_lazy("A question was answered by link:"),
    "period-reviewed": gettext_lazy("%(who)s decided about it before a special period: %(choice)s."),
    "response-started": gettext_lazy("%(who)s started the response plan “%(plan)s”."),
    "response-there": gettext_lazy("%(who)s is on the spot: %(step)s."),
    "response-done": gettext_lazy("%(who)s has done a step: %(step)s."),
    "response-missed": gettext_lazy("A step is not done in time, and somebody more was told: %(step)s."),
    "response-ended": gettext_lazy("%(who)s ended the response plan “%(plan)s”."),
    "outside-started": gettext_lazy("%(who)s noted that this has to be told outside: %(trigger)s."),
    "outside-said": gettext_lazy("%(who)s noted about a report to somebody outside: %(to)s: %(what)s."),
    "outside-missed": gettext_lazy("Not told outside in time, and somebody more heard of it: %(to)s."),
    "opened-to": gettext_lazy("Whoever had to act could not be reached, so it was opened to %(opened_to)s."),
}
"""By the name of the event's type; escalations and routing are told by functions of their own."""
ICONS: dict[str, str] = {
    **dict.fromkeys(("opened", "amend"), "pen"),
    **dict.fromkeys(("route", "merged-here"), "arrow"),
    **dict.fromkeys(("file-added", "file-removed"), "file"),
    **dict.fromkeys(("assignee-left", "adopter-left", "opened-to"), "person"),
    **dict.fromkeys(("link-made", "link-ended", "answered-by-link"), "speech"),
    **dict.fromkeys(("escalated", "response-started", "response-missed", "outside-missed"), "alert"),
    **dict.fromkeys(("period-reviewed", "response-there", "response-done", "response-ended"), "check"),
    **dict.fromkeys(("outside-started", "outside-said"), "speech"),
    **dict.fromkeys(("clocks-moved", "lapsed"), "clock"),
    "erased": "shield",
    **dict.fromkeys(("words-sealed", "caller-forgotten"), "shield"),
    **dict.fromkeys(("unmerged-here", "recurred"), "back"),
    "class-followed": "lock",
    **{name: words.icon for name, words in ACTION_WORDS.items()},
}
