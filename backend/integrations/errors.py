"""Refusals of service accounts, and of changing them."""

from django.utils.translation import gettext_lazy as _

from backend.common.errors import Conflict, DomainError, PermissionDenied


class ScopeMissing(PermissionDenied):
    """The service account was not given the scope that the operation needs, or no scope opens it."""

    code = "scope_missing"
    title = _("This service account may not use this operation. Ask the administrator for the scope it needs.")


class OnBehalfRequired(PermissionDenied):
    """The operation is for a person, and the request names none."""

    code = "on_behalf_required"
    title = _("Name in the header On-Behalf-Of the staff number of the person for whom this is.")


class OnBehalfUnknown(PermissionDenied):
    """Nobody with that staff number works there, or their account is closed."""

    code = "on_behalf_unknown"
    title = _("Nobody with this staff number can be acted for. Check the header On-Behalf-Of.")


class ServiceNameTaken(Conflict):
    """Another service account that is not revoked has the same name."""

    code = "service_name_taken"
    title = _("Another service account has this name already. Please choose another one.")


class TooManyServices(Conflict):
    """The school or bureau has as many service accounts as one may have."""

    code = "too_many_services"
    title = _("There are twenty service accounts already. Revoke one that is not used any more.")


class ServiceOver(Conflict):
    """The service account is revoked, or its end date has passed."""

    code = "service_over"
    title = _("This service account has ended. Please make a new one.")


class ServiceSecretDead(Conflict):
    """The secret that a request made was replaced or ended before the request was repeated."""

    code = "service_secret_dead"
    title = _("This secret no longer works. Send a new Idempotency-Key to make another.")


class EndOutOfRange(DomainError):
    """A service account ends between tomorrow and two years from now."""

    code = "out_of_range"
    title = _("It has to end within two years from now. Please choose another day.")


class EventsAnew(DomainError):
    """Events cannot be followed from this cursor: it is too old, or its reader holds other posts by now."""

    code = "events_anew"
    status = 410
    title = _("Events cannot be followed from here any more. Take a new cursor, then read the list of tickets anew.")
