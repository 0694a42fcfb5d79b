"""Refusals about evidence of a person's matters, each with a stable code."""

from django.utils.translation import gettext_lazy as _

from backend.common.errors import Conflict, Invalid


class UnknownHeld(Invalid):
    """The person is nobody of the school, or the one who asks: of their own matters somebody else decides."""

    code = "unknown_held"
    title = _("Please choose a colleague of this school other than yourself.")


class AlreadyHeld(Conflict):
    """Evidence of this person's matters is kept already."""

    code = "already_held"
    title = _("Evidence about this person is kept already.")


class HoldOver(Conflict):
    """The hold has ended."""

    code = "hold_over"
    title = _("This has ended already.")
