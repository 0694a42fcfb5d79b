"""Functions of higher rooms that changes of power over people call, and how many people a portal may let leave."""

from backend.config.env import env_int

POWER_CHANGES = {
    "post": "backend.organisation.services.appointing.post_apply",
    "address": "backend.organisation.services.entered_addresses.address_apply",
    "invitation": "backend.organisation.services.invitations.invitation_apply",
    "account_unlinked": "backend.organisation.services.accounts.account_unlink_apply",
    "sign_in_opened": "backend.organisation.services.accounts.sign_in_open_apply",
    "factor_reset": "backend.organisation.services.accounts.factor_reset_apply",
    "absence": "backend.duty.services.absences.absence_apply",
}
"""A kind of change → the function that writes it once it is confirmed."""
SCHOOLS_HAVE_TICKETS = "backend.workflow.selectors.schools_have_tickets"
"""Says whether any of some schools has a ticket; its first one, or going live, ends setting it up."""
PEOPLE_LEAVING_PERCENT = env_int("PEOPLE_LEAVING_PERCENT", 10)
"""The share of those who came from a portal that may leave at once without an administrator's second look."""
