"""The words of each action on the pages: its button, its question, its line in the timeline. Pure."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from backend.portal.action_wording import ActionWords
from backend.portal.holding_words import HOLDING_WORDS
from backend.portal.link_words import LINK_WORDS
from backend.portal.offer_words import OFFER_WORDS
from backend.portal.owning_words import OWNING_WORDS
from backend.portal.recommendation_words import RECOMMENDATION_WORDS
from backend.portal.support_words import SUPPORT_WORDS
from backend.portal.telling_words import TELLING, TELLING_LABELS

ACTION_WORDS: dict[str, ActionWords] = {
    "acknowledge": ActionWords(
        label=_("Acknowledge"),
        icon="eye",
        done=_("%(who)s acknowledged it and takes care of it."),
    ),
    "assign": ActionWords(
        label=_("Assign"),
        icon="person",
        question=_("Anything they should know? (optional)"),
        done=_("%(who)s gave it to %(assignee)s."),
    ),
    "record-interim-control": ActionWords(
        label=_("Record what was done at once"),
        icon="shield",
        question=_("What was done at once? For example: closed off, switched off, a sign put up."),
        done=_("%(who)s recorded what was done at once to make it safe."),
    ),
    "start": ActionWords(
        label=_("Start work"),
        icon="tool",
        done=_("%(who)s started work."),
    ),
    "wait": ActionWords(
        label=_("Wait for somebody outside"),
        icon="clock",
        question=_("Why can nobody here go on without them, and what was agreed?"),
        done=_("%(who)s let it wait for %(party)s."),
    ),
    "resume": ActionWords(
        label=_("Go on with the work"),
        icon="tool",
        question=_("What has changed? (optional)"),
        done=_("%(who)s went on with the work."),
    ),
    "resolve": ActionWords(
        label=_("Resolve"),
        icon="check",
        question=_("What was done, and how can one see that it is solved?"),
        done=_("%(who)s reported it solved."),
    ),
    "confirm": ActionWords(
        label=_("Confirm that it is solved"),
        icon="check",
        for_reporter=_("Yes, it is solved"),
        done=_("%(who)s confirmed that it is solved."),
    ),
    "verify": ActionWords(
        label=_("Verify and close"),
        icon="check",
        question=_("What did you look at?"),
        for_reporter=_("Yes, it is solved"),
        done=_("%(who)s checked it and closed it."),
    ),
    "reject-fix": ActionWords(
        label=_("Not fixed: send back"),
        icon="back",
        question=_("What is still wrong?"),
        for_reporter=_("No, it is not solved"),
        done=_("%(who)s looked: it is not solved yet, so it went back."),
    ),
    "reopen": ActionWords(
        label=_("Reopen"),
        icon="back",
        question=_("What is wrong again?"),
        for_reporter=_("The problem is back"),
        done=_("%(who)s reopened it."),
    ),
    "progress": ActionWords(
        label=_("Report progress"),
        icon="speech",
        question=_("How far is it, and what happens next?"),
        done=_("%(who)s reported progress."),
    ),
    "cannot-solve": ActionWords(
        label=_("We cannot solve this ourselves"),
        icon="arrow",
        question=_("Why can your office not solve it?"),
        done=_("%(who)s said that the office cannot solve it alone; the next person up has been told."),
    ),
    "contain": ActionWords(
        label=_("Report it contained"),
        icon="shield",
        question=_("What was done, so that it cannot spread or hurt anybody any more?"),
        done=_("%(who)s reported it contained."),
    ),
    "reclassify": ActionWords(
        label=_("Correct how it is classed"),
        icon="pen",
        question=_("What was wrong, and why is it so?"),
        done=_("%(who)s corrected how it is classed."),
    ),
    "propose-lowering": ActionWords(
        label=_("Propose to make it less confidential"),
        icon="lock",
        question=_("Why may more people see it? A second person will read this and decide."),
        done=_("%(who)s proposed to show it to more people."),
    ),
    "confirm-lowering": ActionWords(
        label=_("Confirm: make it less confidential"),
        icon="lock",
        question=_("Anything to add? (optional)"),
        done=_("%(who)s agreed: more people see it now."),
    ),
    "refuse-lowering": ActionWords(
        label=_("Do not make it less confidential"),
        icon="lock",
        question=_("Why should no more people see it? Whoever proposed it will read this."),
        done=_("%(who)s did not agree: it stays as confidential as it is."),
    ),
    "propose-disclosure": ActionWords(
        label=_("Ask to disclose the reporter's name"),
        icon="eye",
        question=_("Why do you both have to know who reported it? The other of you will read this and decide."),
        done=_("%(who)s asked to disclose the reporter's name."),
    ),
    "disclose-name": ActionWords(
        label=_("Agree: disclose the reporter's name"),
        icon="eye",
        question=_("Why do you agree? Only the two of you learn the name, and the reporter is told that you did."),
        done=_("%(who)s agreed: the reporter's name is known to the principal and the protection lead."),
    ),
    **HOLDING_WORDS,
    "propose-decline": ActionWords(
        label=_("Propose to decline it"),
        icon="back",
        question=_("Why should it be declined? The reporter will read this."),
        done=_("%(who)s proposed to decline it."),
    ),
    "confirm-decline": ActionWords(
        label=_("Decline it"),
        icon="check",
        question=_("Anything to add? The reporter will read this. (optional)"),
        done=_("%(who)s agreed: it is declined."),
    ),
    "refuse-decline": ActionWords(
        label=_("Do not decline it"),
        icon="back",
        question=_("Why should work on it go on?"),
        done=_("%(who)s did not agree to decline it: work goes on."),
    ),
    "contest-decline": ActionWords(
        label=_("Contest the declining"),
        icon="back",
        question=_("Why should it not be declined?"),
        for_reporter=_("I see it differently"),
        done=_("%(who)s contested the declining, so it begins again."),
    ),
    "withdraw": ActionWords(
        label=_("Withdraw the report"),
        icon="back",
        question=_("Why do you withdraw it? (optional)"),
        for_reporter=_("Withdraw it"),
        done=_("%(who)s withdrew the report."),
    ),
    **OFFER_WORDS,
    "lift-decision": ActionWords(
        label=_("Let it be offered again"),
        icon="back",
        question=_("What has changed? Offices may offer it to each other again."),
        done=_("%(who)s let offices offer it to each other again:"),
    ),
    **SUPPORT_WORDS,
    **RECOMMENDATION_WORDS,
    "order": ActionWords(
        label=_("Issue a supervision order"),
        icon="alert",
        question=_("What do you want to know, or to have done?"),
        done=_("%(who)s issued a supervision order, to be answered by a date:"),
    ),
    "answer-order": ActionWords(
        label=_("Answer the supervision order"),
        icon="speech",
        question=_("What was done, and what happens next? Whoever asked will read this."),
        done=_("%(who)s answered the supervision order:"),
    ),
    "withdraw-order": ActionWords(
        label=_("Withdraw the supervision order"),
        icon="back",
        question=_("Why is no answer needed any more? The office will read this."),
        done=_("%(who)s withdrew a supervision order:"),
    ),
    "promise": ActionWords(
        label=_("Promise a date"),
        icon="clock",
        question=_("Why not sooner? The reporter reads this."),
        done=_("%(who)s promised when it will be solved:"),
    ),
    "change-promise": ActionWords(
        label=_("Change the promised date"),
        icon="clock",
        question=_("Why does the promise not hold? The reporter reads this."),
        done=_("%(who)s changed the promised date:"),
    ),
    **OWNING_WORDS,
    "decide": ActionWords(
        label=_("Record what was decided"),
        icon="check",
        question=_("What was decided? The office and the reporter will read this."),
        done=_("%(who)s recorded what was decided:"),
    ),
    "merge": ActionWords(
        label=_("Merge into an earlier report"),
        icon="arrow",
        question=_("How do you know that it is the same? Both reporters will be told. (optional)"),
        done=_("%(who)s merged it into an earlier report about the same."),
    ),
    "unmerge": ActionWords(
        label=_("Undo the merge"),
        icon="back",
        question=_("Why is it another problem after all?"),
        done=_("%(who)s undid the merge: it is handled by itself again."),
    ),
    **LINK_WORDS,
    "comment": ActionWords(
        label=_("Comment"),
        icon="speech",
        question=_("What would you like to add?"),
        for_reporter=_("Add something"),
        done=_("%(who)s wrote:"),
    ),
    "message-reporter": ActionWords(
        label=_("Write to the reporter"),
        icon="speech",
        question=_("What do you ask or tell them? They gave no name, and read it with their tracking code."),
        done=_("%(who)s wrote to the reporter:"),
    ),
    **TELLING,
}
"""By the name of the action; a test compares them with the actions."""
LABELS: dict[str, str | Promise] = {
    "assignee": _("To whom?"),
    "although_away": _("Also if they are away now"),
    "waiting_for": _("For whom? Name the firm, office or person outside the school."),
    "needed": _("What is needed? For example money, a decision, a specialist."),
    "office": _("Which office?"),
    **dict.fromkeys(("order", "subtask", "waived", "recommendation", "recommended", "improvement"), _("Which one?")),
    "due_at": _("By when? If you leave it empty, the usual time counts."),
    "decided_in": _("Who decided, and when? For example the principal's meeting of 3 December."),
    "aim": _("What is it about?"),
    "carry_out_by": _("By when is it carried out?"),
    "provided": _("What is provided? For example money, people, a specialist."),
    "promised_for": _("By when will it be solved?"),
    "done_by": _("By when will it be done?"),
    "next_by": _("By when do you see to it next? If you leave it empty, you need not any more."),
    "cause": _("What sort of cause is it?"),
    "corrective": _("What was put right?"),
    "preventive": _("What keeps it from happening again?"),
    "published_as": _("In other words? If you leave it empty, it is published as it was proposed."),
    "lesson": _("What should every colleague know? Name nobody, and nothing that points to somebody."),
    "category": _("What is it about?"),
    "severity": _("How urgent is it?"),
    "confidentiality": _("Who may see it?"),
    "place": _("Where?"),
    "although_doubtful": _("I am sure that it is solved"),
    "control": _("How was the danger dealt with?"),
    "measured": _("What was measured?"),
    "unit": _("In which unit?"),
    "into": _("Into which one? Type its reference."),
    "other": _("With which one? Type its reference."),
    "link_as": _("How do they belong together?"),
    "linked": _("With which one?"),
    "although_closed": _("Also if that one is closed already"),
    **TELLING_LABELS,
}
"""The words beside each field of a form; a note has its action's own question."""
HINTS: dict[str, str | Promise] = {
    "control": _("The most effective stands first. Choose the one that removes most of the danger."),
    "into": _("The one that was reported first goes on, with the reports and photos of both."),
    "preventive": _("What has still to be done is reported anew, so that it has an owner and a date."),
    "lesson": _("Read by all colleagues once the principal has approved it. Leave it empty if there is none."),
    "waiting_for": _(
        "The time to solve it stands still meanwhile. When it has waited as long as it may, work goes on by itself."
    ),
}
ASKED_BACK = frozenset({"although_doubtful", "although_named"})
"""Fields that a form shows only once what was sent has been refused."""
INTRODUCTIONS: dict[str, str | Promise] = {
    "merge": _("For a second report about the same problem. It can be undone for seven days."),
    "unmerge": _("Its deadlines are counted from the time of the report, as if it had never been merged."),
    "split": _("Leave the category and the place as they are where the second problem has the same."),
    "reclassify": _(
        "Change only what is wrong. Deadlines are counted again from the time of the report. Where another office "
        "answers for the new category, it is offered to that office; yours answers for it until they accept."
    ),
}
