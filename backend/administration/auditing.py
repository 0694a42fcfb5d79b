"""The models that are configuration; every change of them is recorded."""

from auditlog.registry import auditlog
from django.apps import apps
from django.db import models

NEVER_RECORDED: dict[str, frozenset[str]] = {
    "accounts.User": frozenset({"password", "last_login"}),
    "identity.ExternalIdentity": frozenset({"subject"}),
    "identity.IdentityProvider": frozenset({"client_secret"}),
    "integrations.Webhook": frozenset({"secret", "former_secret"}),
    "organisation.ContactChannel": frozenset({"code_digest", "code_sent_at", "code_attempts", "invited_at"}),
    "organisation.PendingPower": frozenset({"change", "what", "look_at"}),
    "organisation.Place": frozenset({"token"}),
    "people.PeopleSync": frozenset({"roster", "counts", "digest"}),
    "calendars.Calendar": frozenset({"version"}),
    "todos.TodoSystem": frozenset(
        {
            *("secret", "tried_at", "try_error", "leased_until", "rests_until", "failures", "last_error"),
            *("checked_at", "checking_after"),
        }
    ),
    "duty.DutyShift": frozenset({"version", "unmanned_told_at"}),
}
"""Secrets, and what changes by itself."""

CONFIGURATION: tuple[str, ...] = (
    "accounts.User",
    "duty.Absence",
    "organisation.Appointment",
    "organisation.Bureau",
    "calendars.Calendar",
    "calendars.CalendarDay",
    "calendars.CalendarPeriod",
    "organisation.ContactChannel",
    "calendars.DutyHours",
    "duty.DutyShift",
    "duty.DutySlot",
    "duty.DutySwap",
    "gate.GateRule",
    "gate.OpenDay",
    "organisation.PendingPower",
    "people.PeopleSource",
    "people.PeopleSync",
    "organisation.Person",
    "organisation.Place",
    "organisation.Post",
    "organisation.School",
    "responsibility.LeadingGroup",
    "responsibility.LeadingSeat",
    "responsibility.OfficeSlot",
    "responsibility.Share",
    "organisation.TelephoneNumber",
    "calendars.Term",
    "training.TrainingSession",
    "organisation.Unit",
    "calendars.WorkingHours",
    "calendars.YearlyHoliday",
    "identity.ExternalIdentity",
    "identity.IdentityProvider",
    "integrations.ServiceAccount",
    "integrations.Webhook",
    "todos.TodoSystem",
    "rulebook.SchoolRulebook",
    "rulebook.StandardReply",
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
            mask_fields=["address"] if label in {"organisation.ContactChannel", "integrations.Webhook"} else [],
            mask_callable="backend.administration.employers.address_masked",
        )
