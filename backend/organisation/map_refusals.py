"""The refusals of whoever neither says nor reads who answers for what."""

from django.utils.translation import gettext_lazy as _

from backend.common.errors import PermissionDenied


class NotForSharing(PermissionDenied):
    """The person answers for no office and no school."""

    code = "not_for_sharing"
    title = _("Only the principals, the safety coordinator and the head of a place's office name who answers for it.")


class NotForSlots(PermissionDenied):
    """The person does not answer for the whole school."""

    code = "not_for_slots"
    title = _("Only the principals and the safety coordinator name who is in charge of an office, or supports it.")


class NotForGroup(PermissionDenied):
    """The person does not answer for the whole school."""

    code = "not_for_group"
    title = _("Only the principals and the safety coordinator set up the leading group.")


class NotGapsReader(PermissionDenied):
    """The person answers for no whole school."""

    code = "not_gaps_reader"
    title = _("Only the principals, the coordinator, the administrator and the bureau see what nobody answers for.")
