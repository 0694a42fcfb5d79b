"""The groups of messages people choose about, and which messages have to reach somebody. Pure."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from backend.rulebook.ruleset import Severity
from backend.workflow.actions.comment import COMMENT
from backend.workflow.actions.route import ROUTE
from backend.workflow.system_events import ESCALATED

RULEBOOK_CHECKED = "rulebook.checked"
POWER_CHANGED = "people.power_changed"
DUTY_CHANGED = "duty.changed"
DUTY_UNMANNED = "duty.unmanned"


class Group(models.TextChoices):
    """The groups of messages for which people choose their channels."""

    NEW_TICKET = "new_ticket", _("New tickets for my office")
    ESCALATION = "escalation", _("Missed deadlines that come to me")
    WORK = "work", _("Changes on tickets I work on")
    MY_REPORT = "my_report", _("My own reports")
    COMMENT = "comment", _("Comments")
    SYSTEM = "system", _("Rulebook and system")


GROUPS: dict[str, Group] = {
    ROUTE.name: Group.NEW_TICKET,
    ESCALATED.name: Group.ESCALATION,
    COMMENT.name: Group.COMMENT,
}
MUST_REACH = frozenset({ROUTE.name, ESCALATED.name})
"""Whoever is told these has to act; if nothing reaches them, the next person up is told."""
ALWAYS_RINGS = frozenset({Group.NEW_TICKET, Group.ESCALATION})


def group_of(*, kind: str, has_ticket: bool, to_reporter: bool) -> Group:
    """Return the group a message belongs to; one of a kind not known here is a change, or news of the system."""
    if not has_ticket:
        return Group.SYSTEM
    if kind in GROUPS:
        return GROUPS[kind]
    return Group.MY_REPORT if to_reporter else Group.WORK


def keeps_one_channel(*, group: Group, severity: str) -> bool:
    """Say whether a message rings on one channel even where the person has switched all of them off."""
    return severity == Severity.P1 and group in ALWAYS_RINGS
