"""Which models are configuration: every change of them is recorded."""

from auditlog.registry import auditlog
from django.apps import apps
from django.db import models

NEVER_RECORDED: dict[str, frozenset[str]] = {
    "accounts.User": frozenset({"password", "last_login"}),
    "organisation.ContactChannel": frozenset({"code_digest", "code_sent_at", "code_attempts"}),
    "organisation.Place": frozenset({"token"}),
    "organisation.Calendar": frozenset({"version"}),
    "organisation.DutyShift": frozenset({"version"}),
}
"""Secrets, and what changes by itself."""

CONFIGURATION: tuple[str, ...] = (
    "accounts.User",
    "organisation.Absence",
    "organisation.Appointment",
    "organisation.Bureau",
    "organisation.Calendar",
    "organisation.CalendarDay",
    "organisation.CalendarPeriod",
    "organisation.ContactChannel",
    "organisation.DutyHours",
    "organisation.DutyShift",
    "organisation.DutySlot",
    "organisation.DutySwap",
    "organisation.Person",
    "organisation.Place",
    "organisation.Post",
    "organisation.School",
    "organisation.Term",
    "organisation.Unit",
    "organisation.WorkingHours",
    "rulebook.SchoolRulebook",
)


def configuration_models() -> list[type[models.Model]]:
    """Return the models whose changes are recorded."""
    return [apps.get_model(label) for label in CONFIGURATION]


def configuration_audit() -> None:
    """Have every change of configuration recorded, without secrets."""
    for label in CONFIGURATION:
        model = apps.get_model(label)
        hidden = NEVER_RECORDED.get(label, frozenset())
        auditlog.register(
            model,
            include_fields=[field.name for field in model._meta.concrete_fields if field.name not in hidden],  # noqa: SLF001
            mask_fields=["address"] if label == "organisation.ContactChannel" else [],
            mask_callable="backend.administration.employers.address_masked",
        )
