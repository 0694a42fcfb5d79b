"""The refusals of whoever neither starts nor approves a response plan, nor decides about special periods."""

from django.utils.translation import gettext_lazy as _

from backend.common.errors import PermissionDenied


class NotForStarting(PermissionDenied):
    """A response plan is started and ended by somebody who leads."""

    code = "not_for_starting"
    title = _("Only the leader on duty, the coordinator or a principal starts and ends a response plan.")


class NotPlanApprover(PermissionDenied):
    """The person does not answer for the whole school."""

    code = "not_plan_approver"
    title = _("Only the principals and the safety coordinator approve response plans.")


class NotForPeriods(PermissionDenied):
    """The person does not answer for the whole school."""

    code = "not_for_periods"
    title = _("Only the principals and the safety coordinator decide about special periods.")
