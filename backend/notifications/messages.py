"""The words of a message: why it came, what to do, by when, and where. Pure."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backend.rulebook.ruleset import Confidentiality
from backend.workflow.models import EventKind

Text = str | Promise

TO_REPORTER: dict[str, Text] = {
    EventKind.ACKNOWLEDGED: gettext_lazy("Your report has been seen, and somebody is taking care of it."),
    EventKind.RESOLVED: gettext_lazy("Your report has been dealt with. Please look whether it is really solved."),
    EventKind.VERIFIED: gettext_lazy("Your report has been checked and closed. You can reopen it for seven days."),
    EventKind.COMMENTED: gettext_lazy("There is a comment on your report."),
}
TO_STAFF: dict[str, Text] = {
    EventKind.ROUTED: gettext_lazy("A new report is with your office. Please acknowledge it."),
    EventKind.ASSIGNED: gettext_lazy("A ticket has been assigned to you. Please start on it."),
    EventKind.ESCALATED: gettext_lazy(
        "A deadline has passed and nobody has acted. It has come to you: please step in."
    ),
    EventKind.RESOLVED: gettext_lazy("A ticket has been resolved. Please verify that it is really solved."),
    EventKind.VERIFIED: gettext_lazy("A ticket you worked on has been verified and closed."),
    EventKind.FIX_REJECTED: gettext_lazy("It is not solved yet: the ticket has come back. Please look at the note."),
    EventKind.REOPENED: gettext_lazy("A closed ticket has been reopened. Please look at the note."),
    EventKind.COMMENTED: gettext_lazy("There is a comment on a ticket you are working on."),
}
CONFIDENTIAL: Text = gettext_lazy("Something confidential waits for you. Please sign in to read it.")


@dataclass(frozen=True, slots=True)
class Facts:
    """What a message may draw on; confidential tickets use only the link."""

    kind: str
    reference: str
    category: str
    place: str
    confidentiality: str
    to_reporter: bool
    due_at: datetime | None
    link: str


@dataclass(frozen=True, slots=True)
class Message:
    """A subject and a body in the reader's language."""

    subject: str
    body: str


def tells_reporter(*, kind: str, is_reporter: bool) -> bool:
    """Say whether an event reaches somebody as the reporter, not as one who has to act."""
    return is_reporter and kind in TO_REPORTER


def headline(*, kind: str, confidentiality: str, to_reporter: bool) -> str:
    """Return the one sentence that says why somebody is told; classes K1 and K2 say only that something waits."""
    if confidentiality != Confidentiality.K0:
        return str(CONFIDENTIAL)
    table = TO_REPORTER if tells_reporter(kind=kind, is_reporter=to_reporter) else TO_STAFF
    return str(table[kind])


def compose(facts: Facts) -> Message:
    """Return the message in the active language and time zone."""
    sentence = headline(kind=facts.kind, confidentiality=facts.confidentiality, to_reporter=facts.to_reporter)
    if facts.confidentiality != Confidentiality.K0:
        return Message(_("Allclear: something waits for you"), f"{sentence}\n\n{facts.link}\n")
    what = " · ".join(part for part in (facts.reference, facts.category, facts.place) if part)
    lines = [sentence, "", what]
    if facts.due_at and not facts.to_reporter:
        lines.append(_("Next deadline: %(time)s") % {"time": date_format(facts.due_at, "DATETIME_FORMAT")})
    lines += ["", facts.link, ""]
    return Message(f"Allclear {facts.reference}: {sentence}", "\n".join(lines))
