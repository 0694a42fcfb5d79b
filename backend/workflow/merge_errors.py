"""Refusals about merging tickets, each with a stable code."""

from django.utils.translation import gettext_lazy as _

from backend.common.errors import Conflict, Invalid, PermissionDenied


class UnknownTicket(Invalid):
    """The ticket is none of the school, or none that the person may know of."""

    code = "unknown_ticket"
    title = _("There is no such ticket for you. Check the reference; you find it under Tickets.")


class TicketBusy(Conflict):
    """Somebody changes the other ticket at the same instant."""

    code = "ticket_busy"
    title = _("Somebody is changing the other ticket right now. Please try again in a moment.")


class MergedIntoItself(Invalid):
    """A ticket is merged into another one."""

    code = "merged_into_itself"
    title = _("This is the same ticket. Choose the one that it is to be merged into.")


class MergedAlready(Conflict):
    """Nothing is merged into a ticket that was merged itself."""

    code = "merged_already"
    title = _("That ticket was merged itself. Choose the one into which it went; its page names it.")


class OthersMergedHere(Conflict):
    """A ticket into which others were merged is not merged itself."""

    code = "others_merged_here"
    title = _("Other reports were merged into this one, so it stays. Merge the other way round, or undo that first.")


class OthersReportedToo(Conflict):
    """A report that others were merged into is not withdrawn by one of those who reported it."""

    code = "others_reported_too"
    title = _("Others have reported the same, so the office looks at it all the same. Say in a comment what you know.")


class EarlierOneLeads(Conflict):
    """A ticket is merged into the one that was reported before it, so that no deadline begins anew."""

    code = "earlier_one_leads"
    title = _("This one was reported first, and its deadlines count. Merge the later one into it instead.")


class CannotBeOne(Conflict):
    """Two tickets differ in what decides who may see them, or in whether they are a drill."""

    code = "cannot_be_one"
    title = _("These two cannot be made one, because different rules hold for them. Leave a comment on both instead.")


class MergedIntoClosed(Conflict):
    """A merge into a ticket that is over is possible only on purpose."""

    code = "merged_into_closed"
    title = _("That ticket is over already. Reopen it first, or say that you want it all the same.")


class MergingIsNotYours(PermissionDenied):
    """A ticket is merged into one that is over by whoever could verify it, not by its office alone."""

    code = "merging_is_not_yours"
    title = _(
        "That ticket is over, so nobody would look at this one again. Reopen that one, or ask the safety coordinator, "
        "a vice principal or the principal to merge them."
    )


class MergingIsThePrincipals(MergingIsNotYours):
    """Of a strictly confidential ticket it is the principal alone."""

    title = _(
        "That ticket is over, so nobody would look at this one again. Reopen that one, or ask the principal to merge "
        "them."
    )


class PromiseWouldBeLost(PermissionDenied):
    """A merge by which a promised date would be gone, or easier to move, is for whoever can change that date."""

    code = "promise_would_be_lost"
    title = _(
        "A date is promised on this one, and merging would lose it. Ask somebody who may change that date to merge "
        "them, or to promise the other one first, for the same date or sooner."
    )


class UnmergingTooLate(Conflict):
    """A merge can be undone for seven days."""

    code = "unmerging_too_late"
    title = _("These were merged more than seven days ago. If it is another problem after all, file a new report.")
