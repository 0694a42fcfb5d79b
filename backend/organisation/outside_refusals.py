"""The refusal of whoever does not judge what has to be told outside."""

from django.utils.translation import gettext_lazy as _

from backend.common.errors import PermissionDenied


class NotForJudging(PermissionDenied):
    """The person does not lead, nor answer for the protection of students."""

    code = "not_for_judging"
    title = _(
        "Whether this has to be told outside is judged by the leader on duty, the coordinator, a principal or the "
        "student protection lead."
    )
