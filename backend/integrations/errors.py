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


class TooManyWebhooks(Conflict):
    """The service account has as many webhooks as one may have."""

    code = "too_many_webhooks"
    title = _("There are five webhooks already. Remove one that is not used any more.")


class WebhookOfSchool(Conflict):
    """A bureau's service account sees nothing by itself, so nothing could be sent to it."""

    code = "webhook_of_school"
    title = _("Only a service account of a school can have webhooks.")


class WebhookOfProgram(PermissionDenied):
    """A webhook belongs to a service account; a person has none."""

    code = "webhook_of_program"
    title = _("A webhook belongs to a program. Make it with the token of its service account.")


class WebhookOff(Conflict):
    """Nothing is sent to a webhook that is switched off."""

    code = "webhook_off"
    title = _("This webhook is switched off. Switch it on first.")
