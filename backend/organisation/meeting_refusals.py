"""The refusals of whoever neither calls nor reads meetings, nor prepares or publishes a bulletin."""

from django.utils.translation import gettext_lazy as _

from backend.common.errors import PermissionDenied


class NotMeetingCaller(PermissionDenied):
    """The person does not answer for the whole school."""

    code = "not_meeting_caller"
    title = _("Only the principals and the safety coordinator call meetings and record what comes of them.")


class NotMeetingReader(PermissionDenied):
    """The person heads no office and answers for no school."""

    code = "not_meeting_reader"
    title = _("Only heads of office, the student protection lead, the coordinator and the principals see meetings.")


class NotBulletinPreparer(PermissionDenied):
    """The person does not answer for the whole school."""

    code = "not_bulletin_preparer"
    title = _("Only the principals and the safety coordinator prepare the weekly bulletin.")


class NotBulletinPublisher(PermissionDenied):
    """The person does not lead the school."""

    code = "not_bulletin_publisher"
    title = _("Only the principal approves a bulletin and publishes it.")
