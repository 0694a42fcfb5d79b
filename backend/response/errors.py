"""Refusals about response plans, each with a stable code."""

from django.utils.translation import gettext_lazy as _

from backend.common.errors import Conflict, Invalid, PermissionDenied


class LastDayWrong(Invalid):
    """The day until which a plan is to hold is over, or later than the rulebook lets it be."""

    code = "last_day_wrong"
    title = _("Give a day that is yet to come, and no later than the rulebook lets a plan hold.")


class NotApproved(Conflict):
    """There is no approval that holds, so that there is nothing to confirm."""

    code = "plan_not_approved"
    title = _("This plan is not approved as it stands. A principal or the safety coordinator approves it first.")


class DraftChanged(Conflict):
    """The draft of a plan is not the one that the person had before them."""

    code = "plan_draft_changed"
    title = _(
        "Meanwhile somebody has changed this draft, or it is gone. Nothing was saved. Please read it again first."
    )


class NotYourPlan(Conflict):
    """The plan asks nothing of the person."""

    code = "not_your_plan"
    title = _("This plan asks nothing of you at the moment, so that you need not confirm it.")


class UnknownPlan(Invalid):
    """The rules of the ticket's school have no such response plan."""

    code = "unknown_plan"
    title = _("There is no such response plan at this school.")


class ResponseSealed(Conflict):
    """A plan tells many people, and the ticket is known to its case team alone."""

    code = "response_sealed"
    title = _(
        "This is confidential, and a response plan tells many people. Report the emergency by itself, without what is "
        "confidential about it, and start the plan there. Call for help at once."
    )


class ResponseTicketOver(Conflict):
    """The ticket is over."""

    code = "response_ticket_over"
    title = _("This ticket is over. If something happens now, report it and start the plan there.")


class ResponseOver(Conflict):
    """The plan was ended meanwhile."""

    code = "response_over"
    title = _("This is over: somebody who leads has ended it. You need not do anything more.")


class NotYourStep(PermissionDenied):
    """The step is asked of somebody else, and the person does not lead."""

    code = "not_your_step"
    title = _("This step is asked of somebody else. Whoever leads can say for them that it is done.")
