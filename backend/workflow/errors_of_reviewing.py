"""Refusals about reviews of the cause and their lessons, each with a stable code."""

from django.utils.translation import gettext_lazy as _

from backend.common.errors import PermissionDenied


class ReviewerCannotPublish(PermissionDenied):
    """Whoever found the cause does not approve the lesson alone."""

    code = "reviewer_cannot_publish"
    title = _(
        "You looked for this cause yourself, so somebody else has to approve the lesson: the principal or a deputy, of "
        "a confidential case the student protection lead too."
    )
