"""Refusals about sub-tasks of supporting offices, each with a stable code."""

from django.utils.translation import gettext_lazy as _

from backend.common.errors import Conflict


class SubtaskUnsettled(Conflict):
    """A ticket is not solved while another office still has a part of it to do, or refused it and nobody waived it."""

    code = "subtask_unsettled"
    title = _("Another office has not done its part yet. Wait for it, withdraw it, or have it waived with a reason.")


class OwnPlace(Conflict):
    """The office that has the ticket looks after the place itself, so it makes it safe itself."""

    code = "own_place"
    title = _("No other office looks after this place. Please make it safe, and record how.")


class SafeAlready(Conflict):
    """The place is made safe already, somebody is asked to do so, or it is no important hazard."""

    code = "safe_already"
    title = _("Nobody has to be asked for this: it is made safe, or asked for already.")
