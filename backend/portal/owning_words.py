"""The words of the actions by which an owner fixes something at once, or says what comes next. Pure."""

from django.utils.translation import gettext_lazy as _

from backend.portal.action_wording import ActionWords

OWNING_WORDS: dict[str, ActionWords] = {
    "fix-at-once": ActionWords(
        label=_("Fixed on the spot"),
        icon="check",
        question=_("What was done? Somebody else will look at it."),
        for_reporter=_("I have fixed it already"),
        done=_("%(who)s fixed it on the spot:"),
    ),
    "review-cause": ActionWords(
        label=_("Review the cause"),
        icon="search",
        question=_("Why could it happen? Look at what was decided and done, not at who."),
        done=_("%(who)s reviewed the cause:"),
    ),
    "publish-lesson": ActionWords(
        label=_("Publish the lesson"),
        icon="check",
        question=_("Anything to add for those who work on this? (optional)"),
        done=_("%(who)s published the lesson for all colleagues."),
    ),
    "adopt": ActionWords(
        label=_("Adopt this case"),
        icon="person",
        question=_("What do you do to help? The office goes on answering for it."),
        done=_("%(who)s adopted the case:"),
    ),
    "follow-adoption": ActionWords(
        label=_("Say how your case goes"),
        icon="speech",
        question=_("What did you do, and what is agreed?"),
        done=_("%(who)s said how the adopted case goes:"),
    ),
    "next-step": ActionWords(
        label=_("Name the next step"),
        icon="clock",
        question=_("What do you do next?"),
        done=_("%(who)s named the next step:"),
    ),
    "finish-step": ActionWords(
        label=_("Say how the step went"),
        icon="check",
        question=_("What came of it?"),
        done=_("%(who)s said how the step went:"),
    ),
}
