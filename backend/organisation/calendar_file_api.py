"""The API of holidays and terms from a calendar file: looked at first, then taken into the school's calendar."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from backend.calendars.file_serializers import CalendarDaysInput, CalendarFileInput, CalendarFileOutput
from backend.calendars.ical import IcalProblem
from backend.calendars.ical_merge import Merged
from backend.calendars.models import Calendar
from backend.calendars.services.taking_in import calendar_file_read, calendar_join, calendar_take_in
from backend.common.idempotency import idempotent
from backend.common.preconditions import etag, require_match
from backend.organisation.permissions import Permission
from backend.organisation.selectors.school_calendars import calendar_lock
from backend.organisation.staff_view import StaffView


class CalendarFileCheckView(StaffView):
    """A look at what a calendar file would bring."""

    access = Permission.CALENDAR_WRITE
    uses_idempotency_key = True
    answers_etag = True

    @extend_schema(operation_id="calendars_file_check", request=CalendarFileInput, responses=CalendarFileOutput)
    def post(self, request: Request, calendar_id: UUID) -> Response:
        """Answer with the days of a file, what they seem to be, and what would become of each; nothing is changed."""

        def act(now: datetime) -> Response:
            calendar = calendar_lock(actor=self.actor, calendar_id=calendar_id)
            self.actor.require(Permission.CALENDAR_WRITE)
            given = CalendarFileInput(data=request.data)
            given.is_valid(raise_exception=True)
            zone = ZoneInfo(calendar.school.time_zone)
            content = given.validated_data["file"].encode()
            found = calendar_file_read(content=content, zone=zone, today=_today(now, zone))
            return _answer(calendar, calendar_join(calendar=calendar, rows=found.days), found.problems)

        return idempotent(request, act)


class CalendarFileImportView(StaffView):
    """Taking the days of a calendar file into the calendar."""

    access = Permission.CALENDAR_WRITE
    uses_idempotency_key = True
    uses_if_match = True
    answers_etag = True

    @extend_schema(operation_id="calendars_file_import", request=CalendarDaysInput, responses=CalendarFileOutput)
    def post(self, request: Request, calendar_id: UUID) -> Response:
        """Add the days that a file was found to have, each as the kind it is sent with; nothing is taken away."""

        def act(_now: datetime) -> Response:
            calendar = calendar_lock(actor=self.actor, calendar_id=calendar_id)
            self.actor.require(Permission.CALENDAR_WRITE)
            require_match(request, calendar.version)
            given = CalendarDaysInput(data=request.data)
            given.is_valid(raise_exception=True)
            return _answer(calendar, calendar_take_in(calendar=calendar, rows=given.rows()), ())

        return idempotent(request, act)


def _today(now: datetime, zone: ZoneInfo) -> date:
    return now.astimezone(zone).date()


def _answer(calendar: Calendar, merged: Merged, problems: Sequence[IcalProblem]) -> Response:
    days: list[dict[str, Any]] = [
        {"first": row.first, "last": row.last, "name": row.name, "kind": row.kind, "outcome": outcome}
        for row, outcome in merged.outcomes
    ]
    body = CalendarFileOutput({"days": days, "problems": problems}).data
    return Response(body, headers={"ETag": etag(calendar.version)})
