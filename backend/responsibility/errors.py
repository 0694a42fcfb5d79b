"""Refusals about who answers for what, each with a stable code."""

from django.utils.translation import gettext_lazy as _

from backend.common.errors import Conflict, Invalid, PermissionDenied


class NotYourPlace(PermissionDenied):
    """A head of office shares out the places that their own office looks after, and no other."""

    code = "not_your_place"
    title = _("Your office does not look after this place. Ask the safety coordinator or a principal.")


class UnknownShared(Invalid):
    """The place or office is none of the school."""

    code = "unknown_shared"
    title = _("Please choose from the places and offices of this school.")


class UnknownAccountable(Invalid):
    """Whoever is to answer does not work at the school, or (given by a head of office) not in that office."""

    code = "unknown_accountable"
    title = _("Please choose somebody who works here; as a head of office, somebody of your office.")


class SharePast(Invalid):
    """Nobody is made to answer for days that are over."""

    code = "share_past"
    title = _("This day is over. Nobody answers afterwards for days that have passed: choose today or later.")


class ShareBackwards(Invalid):
    """The last day lies before the first."""

    code = "share_backwards"
    title = _("The last day lies before the first one.")


class ShareTaken(Conflict):
    """Somebody else answers for the same from a later day on."""

    code = "share_taken"
    title = _("For some of these days somebody has been named already. End that first, or choose other days.")


class SeatTwice(Invalid):
    """Two seats of a leading group are of the same post."""

    code = "seat_twice"
    title = _("Each post has one seat. Please take one of the two away.")


class ShareOver(Conflict):
    """Something that is over, or ends earlier than that, is not ended again."""

    code = "share_over"
    title = _("This is over already, or ends sooner. Load the page again and look.")
