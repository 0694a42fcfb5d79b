"""The one sentence that says why somebody is told, and what to do now: one for each kind of event. Pure."""

from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from backend.notifications.kinds import RULEBOOK_CHECKED
from backend.rulebook.ruleset import Confidentiality
from backend.workflow.models import EventKind

Text = str | Promise

TO_REPORTER: dict[str, Text] = {
    EventKind.ACKNOWLEDGED: gettext_lazy("Your report has been seen, and somebody is taking care of it."),
    EventKind.RESOLVED: gettext_lazy("Your report has been dealt with. Please look whether it is really solved."),
    EventKind.VERIFIED: gettext_lazy("Your report has been checked and closed. You can reopen it for seven days."),
    EventKind.COMMENTED: gettext_lazy("There is a comment on your report."),
    EventKind.PROGRESSED: gettext_lazy("There is news about the work on your report."),
    EventKind.CONTAINED: gettext_lazy("What you reported has been made safe. The work on it goes on."),
    EventKind.RECLASSIFIED: gettext_lazy(
        "Your report has been filed under another heading. Please look whether it fits."
    ),
    EventKind.DECLINED: gettext_lazy(
        "Your report has been declined; two people looked at it. Please read why. If you see it differently, say so."
    ),
    EventKind.DECLINE_REFUSED: gettext_lazy("Your report stays open, and somebody is taking care of it."),
}
TO_STAFF: dict[str, Text] = {
    EventKind.ROUTED: gettext_lazy("A new report is with your office. Please acknowledge it."),
    EventKind.ASSIGNED: gettext_lazy("A ticket has been assigned to you. Please start on it."),
    EventKind.ESCALATED: gettext_lazy(
        "A deadline has passed and nobody has acted. It has come to you: please step in."
    ),
    EventKind.WAITED: gettext_lazy(
        "A ticket that is with you waits for somebody outside. Its time to be solved rests."
    ),
    EventKind.RESUMED: gettext_lazy("A ticket that waited goes on. Please go on with the work."),
    EventKind.RESOLVED: gettext_lazy("A ticket has been resolved. Please verify that it is really solved."),
    EventKind.VERIFIED: gettext_lazy("A ticket you worked on has been verified and closed."),
    EventKind.FIX_REJECTED: gettext_lazy("It is not solved yet: the ticket has come back. Please look at the note."),
    EventKind.REOPENED: gettext_lazy("A closed ticket has been reopened. Please look at the note."),
    EventKind.COMMENTED: gettext_lazy("There is a comment on a ticket you are working on."),
    EventKind.PROGRESSED: gettext_lazy("Somebody reported progress on a ticket that concerns you. Please read it."),
    EventKind.CONTAINED: gettext_lazy("The danger has been contained. Please look what remains to be done."),
    EventKind.RECLASSIFIED: gettext_lazy(
        "A ticket has been reclassified, and it concerns you. Please look at it anew."
    ),
    EventKind.DECLINE_PROPOSED: gettext_lazy(
        "Somebody proposes to decline a report. Please read it, and confirm or refuse."
    ),
    EventKind.DECLINED: gettext_lazy("A report that was with you has been declined."),
    EventKind.DECLINE_REFUSED: gettext_lazy("A report is not declined: it stays with you. Please go on with it."),
    EventKind.DECLINE_CONTESTED: gettext_lazy(
        "The reporter contests that a report was declined. Please look at it again."
    ),
    EventKind.WITHDRAWN: gettext_lazy(
        "The reporter has withdrawn a report that was with you. You need not do anything."
    ),
    EventKind.AMENDED: gettext_lazy("The reporter has added something to a report that is with you. Please read it."),
    EventKind.CLOCKS_MOVED: gettext_lazy(
        "The deadlines of a ticket that is with you have changed. Please look at them."
    ),
}
NEWS_FOR_REPORTER: Text = gettext_lazy("There is news about your report. Please look at it.")
NEWS_FOR_STAFF: Text = gettext_lazy("There is news about a ticket that concerns you. Please look at it.")
NEWS: Text = gettext_lazy("There is news for you. Please sign in to read it.")
CONFIDENTIAL: Text = gettext_lazy("Something confidential waits for you. Please sign in to read it.")


def tells_reporter(*, kind: str, is_reporter: bool) -> bool:
    """Say whether an event reaches somebody as the reporter, not as one who has to act."""
    return is_reporter and (kind in TO_REPORTER or kind not in TO_STAFF)


def headline(*, kind: str, confidentiality: str, to_reporter: bool) -> str:
    """Return the one sentence that says why somebody is told; classes K1 and K2 say only that something waits."""
    if confidentiality != Confidentiality.K0:
        return str(CONFIDENTIAL)
    if tells_reporter(kind=kind, is_reporter=to_reporter):
        return str(TO_REPORTER.get(kind, NEWS_FOR_REPORTER))
    return str(TO_STAFF.get(kind, NEWS_FOR_STAFF))


def news_headline(*, kind: str, params: Mapping[str, Any]) -> str:
    """Return the sentence of news that belongs to no ticket; what is not known here is still announced."""
    if kind != RULEBOOK_CHECKED:
        return str(NEWS)
    words = {"findings": params.get("findings", 0), "warnings": params.get("warnings", 0)}
    if not words["findings"]:
        return (
            _("The rulebook check found everybody reachable; it has %(warnings)d warnings. You need not do anything.")
            % words
        )
    sentence = (
        _(
            "The rulebook check found %(findings)d places where nobody could be reached, and %(warnings)d warnings. "
            "Please fill the posts or rosters."
        )
        % words
    )
    language = "en" if (get_language() or "").startswith("en") else "zh"
    first = (params.get("first") or {}).get(language, "")
    return _("%(sentence)s For example: %(first)s") % {"sentence": sentence, "first": first} if first else sentence
