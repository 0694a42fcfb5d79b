"""The one sentence that says why somebody is told, and what to do now: by the name of the event's type. Pure."""

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from backend.notifications.bulletin_words import bulletin_sentence
from backend.notifications.contact_words import contact_sentence
from backend.notifications.duty_words import duty_sentence, unmanned_sentence
from backend.notifications.gate_words import gate_sentence
from backend.notifications.ledger_words import ledger_sentence
from backend.notifications.outside_words import outside_sentence
from backend.notifications.period_words import period_sentence
from backend.notifications.power_words import power_sentence
from backend.notifications.reply_words import reply_sentence
from backend.notifications.response_words import approved_sentence, told_sentence
from backend.notifications.round_words import unanswered_sentence
from backend.notifications.training_words import due_sentence
from backend.notifications.webhook_words import webhook_sentence
from backend.rulebook.ruleset import Confidentiality
from backend.workflow.models import Ticket
from backend.workflow.states import State

RULEBOOK_CHECKED = "rulebook.checked"
POWER_CHANGED = "people.power_changed"
DUTY_CHANGED = "duty.changed"
DUTY_UNMANNED = "duty.unmanned"
FIGURES_EXPORTED = "figures.exported"
ROUND_UNANSWERED = "round.unanswered"
BULLETIN_TOLD = "bulletin.told"
GATE_TOLD = "gate.told"
CONTACT_TOLD = "contact.told"
PERIOD_TOLD = "period.told"
RESPONSE_APPROVED, RESPONSE_TOLD = "response.approved", "response.told"
OUTSIDE_TOLD = "outside.told"
TRAINING_TOLD = "training.told"
REPLY_TOLD = "reply.told"
WEBHOOK_STOPPED = "webhook.stopped"
LEDGER_TOLD = "ledger.told"
OWN_WORDS: Mapping[str, Callable[[Mapping[str, Any]], str]] = {
    POWER_CHANGED: power_sentence,
    DUTY_CHANGED: duty_sentence,
    DUTY_UNMANNED: unmanned_sentence,
    ROUND_UNANSWERED: unanswered_sentence,
    BULLETIN_TOLD: bulletin_sentence,
    GATE_TOLD: gate_sentence,
    CONTACT_TOLD: contact_sentence,
    PERIOD_TOLD: period_sentence,
    RESPONSE_APPROVED: approved_sentence,
    RESPONSE_TOLD: told_sentence,
    OUTSIDE_TOLD: outside_sentence,
    TRAINING_TOLD: due_sentence,
    REPLY_TOLD: reply_sentence,
    WEBHOOK_STOPPED: webhook_sentence,
    LEDGER_TOLD: ledger_sentence,
}
"""The kinds of news without a ticket whose sentence is made from their params."""

Text = str | Promise

TO_REPORTER: dict[str, Text] = {
    "acknowledge": gettext_lazy("Your report has been seen, and somebody is taking care of it."),
    "resolve": gettext_lazy("Your report has been dealt with. Please look whether it is really solved."),
    "fix-at-once": gettext_lazy("What you reported was fixed on the spot. Please look whether it is really solved."),
    "verify": gettext_lazy(
        "Your report has been checked and closed. Please say whether it is solved; you can reopen it for seven days."
    ),
    "confirm": gettext_lazy("Somebody who reported the same says that it is solved, and it is closed."),
    "comment": gettext_lazy("There is a comment on your report."),
    "progress": gettext_lazy("There is news about the work on your report."),
    "decide": gettext_lazy("It has been decided above the office how what you reported goes on. Please read what."),
    "promise": gettext_lazy("You have been promised a date by which what you reported is solved. Please look at it."),
    "change-promise": gettext_lazy("The date promised for your report has changed. Please read why."),
    "contain": gettext_lazy("What you reported has been made safe. The work on it goes on."),
    "reclassify": gettext_lazy("Your report has been filed under another heading. Please look whether it fits."),
    "confirm-decline": gettext_lazy(
        "Your report has been declined; two people looked at it. Please read why. If you see it differently, say so."
    ),
    "merge": gettext_lazy("Your report has been put together with an earlier one about the same. It goes on there."),
    "merged-here": gettext_lazy("Another report about the same has been put together with yours."),
    "unmerge": gettext_lazy("Your report is about something else after all, so it is handled by itself again."),
    "split": gettext_lazy("A second problem in your report is handled by itself now. Neither waits for the other."),
    "unmerged-here": gettext_lazy("A report that was put together with yours is handled by itself again."),
    "ask-question": gettext_lazy("Whoever works on your report asks you something. Please answer."),
    "publish-result": gettext_lazy("What came of your report has been published, without names. Please read it."),
    "disclose-name": gettext_lazy(
        "The principal and the student protection lead know your name now: both agreed that they need it. "
        "Nobody else learns it."
    ),
    "refuse-decline": gettext_lazy("Your report stays open, and somebody is taking care of it."),
}
TO_REPORTER_MERGED: dict[str, Text] = {
    "verify": gettext_lazy(
        "The earlier report with which yours was put together has been checked and closed. If it is not solved, please "
        "report it again."
    ),
}
"""In place of the same where the reporter's own report was merged: the other one is not theirs to reopen."""
TO_STAFF: dict[str, Text] = {
    "route": gettext_lazy("A new report is with your office."),
    "assign": gettext_lazy("A ticket has been assigned to you."),
    "escalated": gettext_lazy("A deadline has passed and nobody has acted. It has come to you: please step in."),
    "wait": gettext_lazy("A ticket that is with you waits for somebody outside. Its time to be solved rests."),
    "resume": gettext_lazy("A ticket that waited goes on. Please go on with the work."),
    "resolve": gettext_lazy("A ticket has been resolved."),
    "fix-at-once": gettext_lazy("Something that was reported was fixed on the spot. Please look at it."),
    "verify": gettext_lazy("A ticket you worked on has been verified and closed."),
    "confirm": gettext_lazy("The reporter confirms that a ticket you worked on is solved."),
    "reject-fix": gettext_lazy("It is not solved yet: the ticket has come back. Please look at the note."),
    "reopen": gettext_lazy("A closed ticket has been reopened. Please look at the note."),
    "comment": gettext_lazy("There is a comment on a ticket you are working on."),
    "progress": gettext_lazy("Somebody reported progress on a ticket that concerns you. Please read it."),
    "cannot-solve": gettext_lazy("An office cannot solve a ticket alone. Please read what is needed, and decide."),
    "offer": gettext_lazy("Another office offers you a ticket. Please accept it, or say why it is not yours."),
    "accept-offer": gettext_lazy("An office took a ticket over. Please look at it."),
    "refuse-offer": gettext_lazy("An office refused to take over the ticket you offered. It stays with your office."),
    "withdraw-offer": gettext_lazy("An offer that concerned you was withdrawn. The ticket stays where it is."),
    "assign-office": gettext_lazy("It was decided that your office takes a ticket over. Please look at it now."),
    "lift-decision": gettext_lazy("A ticket of your office may be offered to another office again. Please read why."),
    "ask-interim-control": gettext_lazy("A place that your office looks after is dangerous. Please make it safe now."),
    "ask-subtask": gettext_lazy("Another office asks yours to do a part of the work. Please read what, and by when."),
    "complete-subtask": gettext_lazy("An office has done the part it was asked for. Please look at it."),
    "refuse-subtask": gettext_lazy("An office cannot do the part it was asked for. Please read why, and decide."),
    "waive-subtask": gettext_lazy("A ticket goes on without a part that was asked of another office. Please read why."),
    "withdraw-subtask": gettext_lazy("A part that was asked of another office is not needed any more."),
    "order": gettext_lazy(
        "There is a supervision order on a ticket that is with you. Please read it, and answer in time."
    ),
    "answer-order": gettext_lazy("Your supervision order has been answered. Please read the answer."),
    "decide": gettext_lazy("What your office cannot solve alone has been decided. Please read what, and go on."),
    "recommend": gettext_lazy(
        "Something is recommended on a ticket. Please read it, and see that it is answered in time."
    ),
    "accept-recommendation": gettext_lazy("What you recommended has been accepted. Please read by when."),
    "carry-out-recommendation": gettext_lazy("What you recommended has been carried out. Please read what changed."),
    "withdraw-recommendation": gettext_lazy("A recommendation was withdrawn. Please read why."),
    "refuse-recommendation": gettext_lazy("A recommendation has been refused. Please read why."),
    "withdraw-order": gettext_lazy("A supervision order to you was withdrawn. Please read why."),
    "promise": gettext_lazy("A date was promised to the reporter of a ticket that is with you. Please keep to it."),
    "change-promise": gettext_lazy("The promised date of a ticket that is with you has changed. Please read why."),
    "next-step": gettext_lazy("The next step on a ticket that is with you was named. Please keep to its date."),
    "finish-step": gettext_lazy("A step that you named is done. Please read what came of it."),
    "adopt": gettext_lazy("A leader helps with a ticket that is with you. Please read how; you go on with it."),
    "follow-adoption": gettext_lazy("A leader who helps with a ticket of yours said how it goes. Please read it."),
    "review-cause": gettext_lazy("The cause of something was reviewed. Please read it, and decide about the lesson."),
    "publish-lesson": gettext_lazy("A lesson that you wrote has been published for all colleagues."),
    "contain": gettext_lazy("The danger has been contained. Please look what remains to be done."),
    "reclassify": gettext_lazy("A ticket has been reclassified, and it concerns you. Please look at it anew."),
    "propose-lowering": gettext_lazy(
        "Somebody proposes to make a confidential ticket less confidential. Please read why, and decide."
    ),
    "confirm-lowering": gettext_lazy("A ticket that is with you is less confidential now. Please look at it anew."),
    "refuse-lowering": gettext_lazy("A ticket stays as confidential as it is. Please read why."),
    "propose-disclosure": gettext_lazy(
        "The reporter's name in a confidential ticket is asked for. Please read why; it takes both of you."
    ),
    "disclose-name": gettext_lazy("The reporter's name for which you asked is disclosed to you. Please read why."),
    "propose-decline": gettext_lazy("Somebody proposes to decline a report. Please read it, and confirm or refuse."),
    "confirm-decline": gettext_lazy("A report that was with you has been declined."),
    "refuse-decline": gettext_lazy("A report is not declined: it stays with you. Please go on with it."),
    "answer-question": gettext_lazy("A question that you asked about a ticket has been answered. Please read it."),
    "answered-by-link": gettext_lazy("Somebody outside answered a question about a ticket. Please read it."),
    "withdraw-question": gettext_lazy("A question about a ticket was withdrawn. You need not do anything."),
    "rate-handling": gettext_lazy("The reporter said how a ticket of your office was handled. Please read it."),
    "contest-decline": gettext_lazy("The reporter contests that a report was declined. Please look at it again."),
    "withdraw": gettext_lazy("The reporter has withdrawn a report that was with you. You need not do anything."),
    "merge": gettext_lazy("A ticket that concerns you has been merged into an earlier one. It goes on there."),
    "merged-here": gettext_lazy("Another report has been merged into a ticket that is with you. Please read it too."),
    "unmerge": gettext_lazy("A ticket that had been merged is with you again. Please look at its deadlines."),
    "unmerged-here": gettext_lazy("A report is no longer merged into a ticket that is with you."),
    "lapsed": gettext_lazy(
        "What you asked about a ticket was not answered, and the ticket is over. Please look at it."
    ),
    "amend": gettext_lazy("The reporter has added something to a report that is with you. Please read it."),
    "assignee-left": gettext_lazy("Whoever worked on a ticket of your office has left; it is the office's again."),
    "adopter-left": gettext_lazy("The leader who helped with a ticket has left. Please see whether another one helps."),
    "clocks-moved": gettext_lazy("The deadlines of a ticket that is with you have changed. Please look at them."),
}
ASKING = frozenset({"route", "assign", "resolve", "fix-at-once", "assignee-left"})
"""The kinds that go on with what their reader can do now; the others say themselves what they ask for."""
ROUTED_ELSEWHERE: Text = gettext_lazy("A new report has come in, and is with the office that answers for it.")
"""In place of what that office itself is told."""
ASKED: dict[str, Text] = {
    "acknowledge": gettext_lazy("Please acknowledge it."),
    "record-interim-control": gettext_lazy("Please make the place safe first, and record how."),
    "start": gettext_lazy("It has been acknowledged. Please start on it."),
    "resolve": gettext_lazy("Work on it has begun. Please see that it is solved."),
    "resume": gettext_lazy("It waits for somebody outside. Please go on as soon as that is over."),
    "verify": gettext_lazy("Please verify that it is really solved."),
}
"""By the action that can be taken now."""
NOTHING_TO_DO: Text = gettext_lazy("You need not do anything now.")
SETTLED: Text = gettext_lazy("This has been settled meanwhile.")
GONE_ON: Text = gettext_lazy("It has gone on since then.")
"""The same to a reporter: that work went on does not mean that it is solved."""
ONLY_STAFF = frozenset(TO_STAFF) - frozenset(TO_REPORTER)
"""The kinds by which nobody ever hears as the reporter."""
NEWS_FOR_REPORTER: Text = gettext_lazy("There is news about your report. Please look at it.")
NEWS_FOR_STAFF: Text = gettext_lazy("There is news about a ticket that concerns you. Please look at it.")
NEWS: Text = gettext_lazy("There is news for you. Please sign in to read it.")
EXPORTED: Text = gettext_lazy("The file you asked for is ready. You find it under Figures, for one day.")
CONFIDENTIAL: Text = gettext_lazy("Something confidential waits for you. Please sign in to read it.")


def tells_reporter(*, kind: str, is_reporter: bool) -> bool:
    """Say whether an event reaches somebody as the reporter, not as one who has to act."""
    return is_reporter and kind not in ONLY_STAFF


def headline(
    *,
    kind: str,
    ticket: Ticket,
    to_reporter: bool,
    in_office: bool,
    can: str | None,
    is_settled: bool = False,
) -> str:
    """Return why somebody is told, and what they can do now; classes K1 and K2 say only that something waits.

    `in_office`: that the reader works in the office that has the ticket. `can` is the action that the reader can take
    next, None for none. `is_settled`: that what it tells is so no more, as a list says of what was told before.
    """
    if ticket.confidentiality != Confidentiality.K0:
        return str(CONFIDENTIAL)
    if tells_reporter(kind=kind, is_reporter=to_reporter):
        merged = TO_REPORTER_MERGED.get(kind) if ticket.state == State.MERGED else None
        news, then = merged or TO_REPORTER.get(kind, NEWS_FOR_REPORTER), GONE_ON if is_settled else None
    else:
        is_elsewhere = kind == "route" and not in_office
        news = ROUTED_ELSEWHERE if is_elsewhere else TO_STAFF.get(kind, NEWS_FOR_STAFF)
        asked = ASKED.get(can or "", NOTHING_TO_DO) if kind in ASKING else None
        then = SETTLED if is_settled else asked
    return _("%(news)s %(asked)s") % {"news": news, "asked": then} if then else str(news)


def news_headline(*, kind: str, params: Mapping[str, Any]) -> str:
    """Return the sentence of news that belongs to no ticket; what is not known here is still announced."""
    if kind in OWN_WORDS:
        return OWN_WORDS[kind](params)
    if kind == FIGURES_EXPORTED:
        return str(EXPORTED)
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
