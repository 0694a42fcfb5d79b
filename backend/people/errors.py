"""Refusals of bringing people from a portal."""

from django.utils.translation import gettext_lazy as _

from backend.common.errors import Conflict, DomainError, Invalid, PermissionDenied


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


class PersonKept(PermissionDenied):
    """Somebody with a guarded post is not changed from a portal."""

    code = "person_kept"
    title = _("This person holds a post with power here. Only the school's administrator changes them, and here.")


class UserTaken(Conflict):
    """Somebody from the portal has this id or staff number already, or somebody here who is not to be touched by it."""

    code = "user_taken"
    title = _("Somebody else here has this user name or external ID.")


class UserChanged(DomainError):
    """Somebody from the portal is otherwise by now than the program thinks."""

    code = "user_changed"
    status = 412
    title = _("This person was changed in the meantime. Please read them again.")


class ScimUnreadable(Invalid):
    """Something in a request of SCIM is not as the specification has it, or not served here."""

    code = "scim_unreadable"
    title = _("This request of SCIM cannot be understood here. Its detail says which part.")
