"""The administration pages, opened by several people."""

from collections.abc import Callable
from datetime import date, time, timedelta
from typing import Any

import pytest
from django.apps import apps
from django.db.models import Model
from django.test import Client

from backend.calendars.models import Calendar, CalendarDay, CalendarPeriod, WorkingHours
from backend.duty.models import DutyShift, DutySlot
from backend.organisation.models import TelephoneNumber
from backend.organisation.roles import Role
from backend.organisation.services import calendar_give
from backend.rulebook.models import RulebookVersion, SchoolRulebook
from tests.world import Member, World, member_add

Opens = Callable[[Member], Client]


@pytest.fixture
def school_day(world: World) -> World:
    """The cast with administrators (Ada here, Abe elsewhere, Una at the bureau), a calendar and a shift."""
    return staffed(world)


def staffed(world: World) -> World:
    """Add administrators, a calendar and a shift to the cast."""
    member_add(world, "ada", [(Role.ADMINISTRATOR, None, False)], site=world.home)
    member_add(world, "abe", [(Role.ADMINISTRATOR, None, False)], site=world.elsewhere)
    member_add(world, "una", [(Role.ADMINISTRATOR, None, False)])
    calendar = Calendar(name_zh="校历", name_en="School year", published_until=date(2027, 1, 1))
    calendar_give(school=world.school, calendar=calendar)
    WorkingHours.objects.create(calendar=calendar, weekday=0, opens=time(8), closes=time(17))
    CalendarPeriod.objects.create(calendar=calendar, first=date(2027, 1, 20), last=date(2027, 2, 20), note="寒假")
    CalendarDay.objects.create(calendar=calendar, day=date(2026, 10, 1), note="国庆节")
    TelephoneNumber.objects.create(school=world.school, name_zh="校门口", name_en="Gate", number="8001")
    shift = DutyShift.objects.create(
        school=world.school,
        kind=DutyShift.Kind.NIGHT,
        place=world.home.places["stairwell"],
        starts_at=world.now,
        ends_at=world.now + timedelta(hours=9),
    )
    DutySlot.objects.create(shift=shift, part=DutySlot.Part.LEADER, person=world.vera.person)
    return world


def rows_of(world: World) -> dict[str, Model]:
    """Return one row of each kind that has a page."""
    bob = world.bob.person
    return {
        "accounts.User": world.bob.user,
        "organisation.Bureau": world.bureau,
        "calendars.Calendar": Calendar.objects.get(school=world.school),
        "calendars.CalendarPeriod": CalendarPeriod.objects.get(calendar__school=world.school),
        "duty.DutyShift": world.school.shifts.get(),
        "organisation.Person": bob,
        "organisation.Place": world.home.places["stairwell"],
        "organisation.Post": bob.appointments.get().post,
        "organisation.School": world.school,
        "organisation.TelephoneNumber": TelephoneNumber.objects.get(school=world.school),
        "organisation.Unit": world.home.units["security"],
        "rulebook.RulebookVersion": RulebookVersion.objects.get(),
        "rulebook.SchoolRulebook": SchoolRulebook.objects.get(school=world.school),
    }


def address(label: str, row: Model | None = None, what: str = "change") -> str:
    """Return the address of a list, or of a row's page."""
    options = apps.get_model(label)._meta
    listed = f"/admin/{options.app_label}/{options.model_name}/"
    return listed if row is None else f"{listed}{row.pk}/{what}/"


def form_of(client: Client, path: str, **changes: object) -> dict[str, Any]:
    """Return what the form on a page would send, with changes."""
    page = client.get(path)
    assert page.status_code == 200, path
    context = page.context
    forms = [context["adminform"].form]
    for inline in context["inline_admin_formsets"]:
        forms += [inline.formset.management_form, *inline.formset.forms]
    sent: dict[str, Any] = {}
    for form in forms:
        for field in form:
            sent |= _sent(field)
    return {**sent, **changes}


def _sent(field: Any) -> dict[str, Any]:
    value = field.value()
    widgets = getattr(field.field.widget, "widgets", None)
    if widgets:
        parts = field.field.widget.decompress(value) if not isinstance(value, list) else value
        return {f"{field.html_name}_{number}": part or "" for number, part in enumerate(parts)}
    if value is None or value is False:
        return {}
    return {field.html_name: value}
