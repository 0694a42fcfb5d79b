"""The roles a post can carry, and who stands in when nobody in a role can be reached."""

from collections.abc import Mapping

from django.db import models
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    """The roles that posts carry; a flag on an account never gives one."""

    REPORTER = "reporter", _("Staff member")
    HANDLER = "handler", _("Handler")
    OFFICE_HEAD = "office_head", _("Head of office")
    VICE_PRINCIPAL = "vice_principal", _("Vice principal")
    PRINCIPAL = "principal", _("Principal")
    BOARD_CHAIR = "board_chair", _("Board chair")
    DUTY_LEADER = "duty_leader", _("Duty leader")
    COORDINATOR = "coordinator", _("Safety coordinator")
    PROTECTION_LEAD = "protection_lead", _("Student protection lead")
    BUREAU_OFFICER = "bureau_officer", _("Bureau duty officer")
    ADMINISTRATOR = "administrator", _("Administrator")


UNIT_ROLES = frozenset({Role.REPORTER, Role.HANDLER, Role.OFFICE_HEAD})
"""Roles held in one unit of a school; the others are held for the whole school or bureau."""

STAND_INS: dict[Role, Role] = {
    Role.REPORTER: Role.OFFICE_HEAD,
    Role.HANDLER: Role.OFFICE_HEAD,
    Role.OFFICE_HEAD: Role.VICE_PRINCIPAL,
    Role.DUTY_LEADER: Role.VICE_PRINCIPAL,
    Role.COORDINATOR: Role.VICE_PRINCIPAL,
    Role.VICE_PRINCIPAL: Role.PRINCIPAL,
    Role.PROTECTION_LEAD: Role.PRINCIPAL,
    Role.ADMINISTRATOR: Role.PRINCIPAL,
    Role.PRINCIPAL: Role.BOARD_CHAIR,
    Role.BOARD_CHAIR: Role.BUREAU_OFFICER,
}
"""The role above, asked when a role's holder and deputies are all out of reach."""


def _chain(role: Role) -> tuple[Role, ...]:
    chain = [role]
    while above := STAND_INS.get(chain[-1]):
        chain.append(above)
    return tuple(chain)


CHAINS: Mapping[Role, tuple[Role, ...]] = {role: _chain(role) for role in Role}
"""Each role followed by every role above it, in the order they are asked."""


def with_those_above(*roles: Role) -> frozenset[Role]:
    """Return these roles and every one above them: whoever is told something as one of them holds one of these."""
    return frozenset(above for role in roles for above in CHAINS[role])
