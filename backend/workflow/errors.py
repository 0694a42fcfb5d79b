"""Refusals about tickets, each with a stable code."""

from django.utils.translation import gettext_lazy as _

from backend.common.errors import Conflict, Invalid, PermissionDenied


class UnknownCategory(Invalid):
    """The code is not in the rulebook of the school."""

    code = "unknown_category"
    title = _("There is no such category at your school. Choose one from the list.")


class UnknownQuestion(Invalid):
    """The category has no question of this key."""

    code = "unknown_question"
    title = _("There is no such question about this. Load the page again, or leave the answer out.")


class UnknownAnswer(Invalid):
    """The question takes no such answer."""

    code = "unknown_answer"
    title = _("This question has no such answer. Choose one from the list, or leave it out.")


class UnknownPlace(Invalid):
    """The place is not one of the school; another school's place answers the same."""

    code = "unknown_place"
    title = _("There is no such place at your school. Choose one from the list.")


class UnknownOffice(Invalid):
    """The office is not one of the school; another school's office answers the same."""

    code = "unknown_office"
    title = _("There is no such office at your school. Choose one from the list.")


class WordsTooShort(Invalid):
    """There is no word of two characters to look for."""

    code = "words_too_short"
    title = _("Please type at least two characters.")


class UnknownPart(Invalid):
    """Nothing of this kind is open on the ticket under this id, or several are and none is named."""

    code = "unknown_part"
    title = _("Choose which one you mean. If it is not in the list, it is over already.")


class DueTooSoon(Invalid):
    """The date by which something is asked for is not in the future."""

    code = "due_too_soon"
    title = _("Choose a time in the future.")


class UnknownPerson(Invalid):
    """The person is not one of the school."""

    code = "unknown_person"
    title = _("There is no such person at your school. Choose one from the list.")


class InTheFuture(Invalid):
    """A report is about something that has happened."""

    code = "in_the_future"
    title = _("This time lies in the future. Give the time at which it happened or was noticed.")


class TooLongAgo(Invalid):
    """Nobody reports what happened before living memory of the school's records."""

    code = "too_long_ago"
    title = _("This time lies more than ten years back. Check the date.")


class ActionUnavailable(Conflict):
    """The action does not start from the state the ticket is in."""

    code = "action_unavailable"
    title = _("This is not possible in the ticket's present state. Load it again to see what is.")


class ActionNotAllowed(PermissionDenied):
    """The person sees the ticket, but the action is for others."""

    code = "action_not_allowed"
    title = _("This step is for somebody else. The ticket shows what you can do.")


class FixerCannotVerify(PermissionDenied):
    """Whoever worked on it does not check it."""

    code = "fixer_cannot_verify"
    title = _("You worked on this, so somebody else has to verify it.")


class InterimControlMissing(Conflict):
    """An urgent or important hazard is made safe before work on it starts."""

    code = "interim_control_missing"
    title = _("First record how the place was made safe: stopped, closed off or signed. Then start work.")


class TooManyParts(Conflict):
    """Twenty things that are asked about a ticket can be open at once."""

    code = "too_many_parts"
    title = _("Very much is asked about this already. Wait for some of the answers, or withdraw what is not needed.")


class PromiseStands(Conflict):
    """One date at a time is promised."""

    code = "promise_stands"
    title = _("A date is promised already. Somebody above can change it, with a reason.")


class StepStands(Conflict):
    """One next step at a time is named."""

    code = "step_stands"
    title = _("A next step is named already. Say how it went first.")


class DeadlineMissed(Conflict):
    """A missed deadline cannot be hidden by waiting."""

    code = "deadline_missed"
    title = _("The time to solve it is over already, so it cannot wait. Please go on, or ask the person above you.")


class WaitingUsedUp(Conflict):
    """In all a ticket waits only as long as its rules allow, and only so many times."""

    code = "waiting_used_up"
    title = _("This has waited as long as the rules allow. Please go on, or ask the person above you.")


class AssigneeOutsideOffice(Invalid):
    """A ticket is assigned within the office that owns it."""

    code = "assignee_outside_office"
    title = _("This person does not work in the office that owns the ticket, or cannot take it. Choose somebody else.")


class NobodyReachable(Conflict):
    """Nobody on a higher step can be reached now."""

    code = "nobody_reachable"
    title = _("Nobody above can be reached right now, so nobody was told. Please call them, and write a comment.")


class NobodyAbove(Conflict):
    """Everybody up to the highest step has been told already."""

    code = "nobody_above"
    title = _("Everybody up to the highest step has been told already. Please speak with them directly.")


class AssigneeAway(Conflict):
    """Whoever should take it on is away; that is possible only on purpose."""

    code = "assignee_away"
    title = _("This person is away. Choose somebody else, or say that you want it all the same.")


class ReopeningTooLate(Conflict):
    """A closed ticket can be reopened for seven days."""

    code = "reopening_too_late"
    title = _("This was closed more than seven days ago. Please file a new report; mention the old reference.")


class ContestingTooLate(Conflict):
    """Declining can be contested for seven days."""

    code = "contesting_too_late"
    title = _("This was declined more than seven days ago. Please file a new report; mention the old reference.")


class NoLongerOpen(Conflict):
    """A report that was withdrawn, declined or closed takes no more words."""

    code = "no_longer_open"
    title = _("This is not open any more. If something is still wrong, please file a new report.")


class TakesNoFiles(NoLongerOpen):
    """A ticket that is closed or declined takes no files, whoever sends them and by whichever door."""

    title = _("This is not open any more and takes no files. Reopen it first, or file a new report.")


class AmendingTooLate(Conflict):
    """A report can be added to until somebody has acknowledged it."""

    code = "amending_too_late"
    title = _("Somebody is taking care of this report already. Please write a comment instead: they will be told.")


class NothingToCorrect(Invalid):
    """Reclassifying changes at least one thing."""

    code = "nothing_to_correct"
    title = _("Nothing would change. Say which of severity, category, class or place is to be corrected.")


class LoweringNotAllowed(PermissionDenied):
    """Anybody who handles a ticket may make it more urgent; fewer people less urgent."""

    code = "lowering_not_allowed"
    title = _("Only the head of the office, or somebody above, may make it less urgent. Ask them.")


class SecondPersonNeeded(Conflict):
    """Opening a confidential ticket to more people takes two persons."""

    code = "second_person_needed"
    title = _(
        "This would show a confidential matter to more people, so it takes two persons. Please propose it, and the "
        "principal or the protection lead decides."
    )


class NothingToLower(Invalid):
    """A proposal to lower a seal opens the ticket to more people."""

    code = "nothing_to_lower"
    title = _("This would not make it less confidential. Choose a more open class or category, or correct it directly.")


class ProposerCannotConfirm(PermissionDenied):
    """Whoever proposed to lower a seal does not confirm it."""

    code = "proposer_cannot_confirm"
    title = _("You proposed this, so somebody else has to confirm it.")


class ClassTooOpen(Invalid):
    """A ticket is never more open than its category."""

    code = "class_too_open"
    title = _("This category is more confidential than that. Choose a stricter class, or another category.")


class SchoolNotReady(Conflict):
    """A school without an intake office or a rulebook cannot take reports."""

    code = "school_not_ready"
    title = _(
        "Your school is not set up for reports yet. Please tell your administrator; call for help if it is urgent."
    )


class NotAtASchool(PermissionDenied):
    """Reports are filed by people of a school."""

    code = "not_at_a_school"
    title = _("Only staff of a school can file a report.")


class FileStays(PermissionDenied):
    """A file that was added more than an hour ago stays, unless somebody who answers for the office takes it away."""

    code = "file_stays"
    title = _("You can take back your own files for an hour. Afterwards the head of the office can remove them.")


class EvidenceMissing(Invalid):
    """The action is recorded together with what was done, or with whom it is given to."""

    code = "required"
    title = _("Please fill this in; the step is recorded together with it.")


class ProofMissing(Invalid):
    """A photo or document that the category asks for, so that one can see the fix, is not with the ticket."""

    code = "proof_missing"
    title = _("Something is missing that shows that it is solved. Please add it.")


class NoteDoubtful(Conflict):
    """The words that go with closing it say that it is not solved; whoever means it says so."""

    code = "note_doubtful"
    title = _("Your note sounds as if it is not solved. If so, send it back; if it is solved, say that you are sure.")
