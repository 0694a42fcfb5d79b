"""Refusals of bringing people from a portal."""

from django.utils.translation import gettext_lazy as _

from backend.common.errors import Conflict, PermissionDenied


class PeopleSyncClosed(PermissionDenied):
    """The school has not opened its staff to this program."""

    code = "people_sync_closed"
    title = _("The school has not let this program bring its staff. Ask its administrator to open that.")


class SyncOutdated(Conflict):
    """The school changed since the preview was made, or the preview was used or is gone."""

    code = "people_sync_outdated"
    title = _("Something changed since this was looked at. Please send the bundle again and look anew.")


class TooManyLeave(Conflict):
    """More people would leave than may without somebody looking at it a second time."""

    code = "too_many_leave"
    title = _("Unusually many people would leave. An administrator has to look at it and confirm it by hand.")
