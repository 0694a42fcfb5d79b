"""Refusals about linking and splitting tickets, each with a stable code."""

from django.utils.translation import gettext_lazy as _

from backend.common.errors import Conflict, Invalid


class LinkedToItself(Invalid):
    """A ticket is linked to another one."""

    code = "linked_to_itself"
    title = _("This is the same ticket. Choose another one.")


class LinkedAlready(Conflict):
    """Two tickets are linked once."""

    code = "linked_already"
    title = _("These two are linked already.")


class CannotBeLinked(Conflict):
    """Two tickets differ in whether they are strictly confidential, or a drill."""

    code = "cannot_be_linked"
    title = _("These two cannot be linked, because different rules hold for them.")


class SplitIntoConfidential(Conflict):
    """A strictly confidential ticket comes from a report of its own, so that nothing about it stands elsewhere."""

    code = "split_into_confidential"
    title = _("This is strictly confidential. Please report it by itself, so that nothing about it stands here.")
