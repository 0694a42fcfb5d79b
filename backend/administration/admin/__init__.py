"""The pages, one for each kind of configuration, and never one for a ticket, report, notice or timer."""

from django.apps import apps

from backend.administration.admin.accounts import AccountAdmin
from backend.administration.admin.calendars import CalendarAdmin, CalendarPeriodAdmin
from backend.administration.admin.changes import ChangeAdmin
from backend.administration.admin.duty import DutyShiftAdmin
from backend.administration.admin.people import PersonAdmin, PostAdmin
from backend.administration.admin.rulebooks import RulebookVersionAdmin, SchoolRulebookAdmin
from backend.administration.admin.schools import BureauAdmin, PlaceAdmin, SchoolAdmin, TelephoneNumberAdmin, UnitAdmin
from backend.administration.base import ConfigurationAdmin
from backend.administration.site import site

__all__ = ["PAGES", "site"]

PAGES: dict[str, type[ConfigurationAdmin]] = {
    "accounts.User": AccountAdmin,
    "administration.Change": ChangeAdmin,
    "organisation.Bureau": BureauAdmin,
    "calendars.Calendar": CalendarAdmin,
    "calendars.CalendarPeriod": CalendarPeriodAdmin,
    "duty.DutyShift": DutyShiftAdmin,
    "organisation.Person": PersonAdmin,
    "organisation.Place": PlaceAdmin,
    "organisation.Post": PostAdmin,
    "organisation.School": SchoolAdmin,
    "organisation.TelephoneNumber": TelephoneNumberAdmin,
    "organisation.Unit": UnitAdmin,
    "rulebook.RulebookVersion": RulebookVersionAdmin,
    "rulebook.SchoolRulebook": SchoolRulebookAdmin,
}

for label, page in PAGES.items():
    site.register(apps.get_model(label), page)
