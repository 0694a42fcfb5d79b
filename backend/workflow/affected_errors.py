"""Refusals about telling those affected and about publishing what came of it, each with a stable code."""

from django.utils.translation import gettext_lazy as _

from backend.common.errors import Conflict, Invalid


class UnknownAffected(Invalid):
    """Nobody of this id is still to be told, or several are and none is named."""

    code = "unknown_affected"
    title = _("Choose whom you mean. Whoever is not in the list has been told already.")


class SomebodyUntold(Conflict):
    """Everybody affected is told, or waived with a reason, before a ticket is closed."""

    code = "somebody_untold"
    title = _("Not everybody affected has been told. Inform them first, or record why that is not needed.")


class TooManyAffected(Conflict):
    """A ticket has at most twenty affected parties."""

    code = "too_many_affected"
    title = _("Twenty affected groups are enough. Put several into one line.")


class NobodyToAsk(Invalid):
    """Nobody known reported it, or its reporter cannot read it, so somebody outside has to be named."""

    code = "nobody_to_ask"
    title = _("The reporter cannot be asked here. Name somebody else, or ask them yourself.")


class StaysUnpublished(Conflict):
    """The result of a strictly confidential ticket is published nowhere."""

    code = "stays_unpublished"
    title = _("This is strictly confidential, so what came of it is not published.")


class NamesSomebody(Conflict):
    """A result or a lesson is published without names; whoever means the word otherwise says so."""

    code = "names_somebody"
    title = _("This seems to name somebody. Write it without names; if it is no name, say so below.")
