"""Refusals of to-do systems."""

from django.utils.translation import gettext_lazy as _

from backend.common.errors import Conflict, Invalid


class TemplateWrong(Invalid):
    """The set-up of a to-do system does not say what its kind needs."""

    code = "todo_setup_wrong"
    title = _("This set-up does not say how the system is told of to-dos. Please look at the example.")


class TodoSystemNameTaken(Conflict):
    """Another to-do system of the school has the same name."""

    code = "todo_system_name_taken"
    title = _("Another to-do system has this name already. Please choose another one.")


class PulledAlready(Conflict):
    """The school has another to-do system that is pulled."""

    code = "todo_pulled_already"
    title = _("Another to-do system asks for itself already. One is enough for all programs.")


class TooManyTodoSystems(Conflict):
    """The school has as many to-do systems as one may have."""

    code = "too_many_todo_systems"
    title = _("There are five to-do systems already. Remove one that is not used any more.")


class TodoSystemUnproved(Conflict):
    """The set-up as it is now was not tried, or the try failed."""

    code = "todo_system_unproved"
    title = _("Please try it first. It can be switched on once a try has succeeded.")


class TodoSystemOn(Conflict):
    """The system is switched on."""

    code = "todo_system_on"
    title = _("Please switch it off first.")


class TodoNameUnknown(Invalid):
    """Nobody at the school has this staff number, or two lines name the same."""

    code = "todo_name_unknown"
    title = _("Each line needs the staff number of one of your colleagues, and each of them another name there.")


class NotKnownThere(Conflict):
    """The system does not know who asks for a try."""

    code = "not_known_there"
    title = _("The system does not know you. Enter the name by which it knows you, then try again.")
