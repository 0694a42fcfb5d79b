"""The stages of a hazard in the register, and the ways in which one is found. Pure, but for the conditions of reads."""

from collections.abc import Mapping

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from backend.workflow.models import Ticket
from backend.workflow.states import State


class HazardState(models.TextChoices):
    """The stages of a hazard in the register."""

    OPEN = "open", _("Not put right yet")
    PUT_RIGHT = "put_right", _("Put right, to be signed off")
    SIGNED_OFF = "signed_off", _("Signed off")
    DROPPED = "dropped", _("Taken back, or not taken on")


class FoundBy(models.TextChoices):
    """The ways in which a hazard came to light."""

    REPORT = "report", pgettext_lazy("how a hazard was found", "A report")
    ROUND = "round", pgettext_lazy("how a hazard was found", "A round")
    OUTSIDE = "outside", pgettext_lazy("how a hazard was found", "An inspection from outside")


OF_STATE: Mapping[HazardState, Q] = {
    HazardState.OPEN: ~Q(state__in=[State.RESOLVED, State.CLOSED, State.DECLINED]),
    HazardState.PUT_RIGHT: Q(state=State.RESOLVED),
    HazardState.SIGNED_OFF: Q(state=State.CLOSED, resolved_at__isnull=False),
    HazardState.DROPPED: Q(state=State.DECLINED) | Q(state=State.CLOSED, resolved_at=None),
}


def hazard_state(ticket: Ticket) -> HazardState:
    """Return how far a hazard is; what its reporter took back was closed without having been solved."""
    if ticket.state == State.RESOLVED:
        return HazardState.PUT_RIGHT
    if ticket.state == State.CLOSED:
        return HazardState.SIGNED_OFF if ticket.resolved_at else HazardState.DROPPED
    return HazardState.DROPPED if ticket.state == State.DECLINED else HazardState.OPEN
