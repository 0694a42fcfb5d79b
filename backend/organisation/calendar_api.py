"""The API of calendars: when the school works, and the days on which it differs."""

from datetime import date
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import QuerySet
from django.utils.dateparse import parse_date
from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework import status
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from backend.calendars.models import Calendar
from backend.calendars.serializers import (
    CalendarDayInput,
    CalendarDayOutput,
    CalendarOutput,
    CalendarRow,
    SpanInput,
    span_of,
)
from backend.calendars.services.days import DayHours, calendar_clear_day, calendar_set_day
from backend.common.clock import database_now
from backend.common.errors import Invalid, NotFound
from backend.common.preconditions import etag, require_match
from backend.organisation.models import School
from backend.organisation.permissions import Permission
from backend.organisation.selectors import school_get
from backend.organisation.selectors.school_calendars import calendar_lock, calendar_with_days, calendars_visible
from backend.organisation.staff_view import StaffView

DAYS_SHOWN = 400
DAY_PARAMETER = OpenApiParameter("day", OpenApiTypes.DATE, OpenApiParameter.PATH)


class SpanInvalid(Invalid):
    """The days asked for are no span, or too many."""

    code = "span_invalid"
    title = _("Give `from` and `until` as days such as 2026-09-01, in this order and at most 800 days apart.")


@extend_schema_view(get=extend_schema(operation_id="calendars_list"))
class CalendarListView(StaffView, ListAPIView[Calendar]):
    """The calendar of the signed-in person's school."""

    serializer_class = CalendarRow
    ordering = ("id",)

    def get_queryset(self) -> QuerySet[Calendar]:
        """Return what the person may see."""
        return calendars_visible(actor=self.actor)


class CalendarDetailView(StaffView):
    """One calendar; the ETag names its version."""

    asks = SpanInput
    answers_etag = True

    @extend_schema(
        operation_id="calendars_retrieve",
        responses=CalendarOutput,
    )
    def get(self, _request: Request, calendar_id: UUID) -> Response:
        """Answer with the hours, terms and periods, and the days that differ (the next 400 unless told otherwise)."""
        days = span_of(self.asked.validated_data, today=_today(school_get(actor=self.actor)), days=DAYS_SHOWN)
        since, until = days or (date.min, date.min)
        calendar = calendar_with_days(actor=self.actor, calendar_id=calendar_id, since=since, until=until)
        if days is None:
            raise SpanInvalid
        return Response(CalendarOutput(calendar).data, headers={"ETag": etag(calendar.version)})


class CalendarDayView(StaffView):
    """One day on which the school works differently."""

    access = Permission.CALENDAR_WRITE
    uses_if_match = True
    answers_etag = {"put"}
    is_conflicting = {"delete"}

    @extend_schema(
        operation_id="calendars_day_set",
        parameters=[DAY_PARAMETER],
        request=CalendarDayInput,
        responses=CalendarDayOutput,
    )
    def put(self, request: Request, calendar_id: UUID, day: str) -> Response:
        """Set how the day is worked, also on a public holiday; answers with the day and the calendar's new ETag."""
        with transaction.atomic():
            calendar, which = self._locked(request, calendar_id, day)
            given = CalendarDayInput(data=request.data)
            given.is_valid(raise_exception=True)
            row = calendar_set_day(
                calendar=calendar, day=which, hours=_hours(given.validated_data), today=_today(calendar.school)
            )
        return Response(CalendarDayOutput(row).data, headers={"ETag": etag(calendar.version)})

    @extend_schema(operation_id="calendars_day_clear", parameters=[DAY_PARAMETER], request=None, responses={204: None})
    def delete(self, request: Request, calendar_id: UUID, day: str) -> Response:
        """Take back a day the school set; what the public table or the week says holds again."""
        with transaction.atomic():
            calendar, which = self._locked(request, calendar_id, day)
            calendar_clear_day(calendar=calendar, day=which)
        return Response(status=status.HTTP_204_NO_CONTENT, headers={"ETag": etag(calendar.version)})

    def _locked(self, request: Request, calendar_id: UUID, day: str) -> tuple[Calendar, date]:
        calendar = calendar_lock(actor=self.actor, calendar_id=calendar_id)
        which = _day(day)
        self.actor.require(Permission.CALENDAR_WRITE)
        require_match(request, calendar.version)
        return calendar, which


def _today(school: School) -> date:
    return database_now().astimezone(ZoneInfo(school.time_zone)).date()


def _day(text: str) -> date:
    try:
        day = parse_date(text)
    except ValueError as error:
        raise NotFound from error
    if day is None:
        raise NotFound
    return day


def _hours(values: dict[str, object]) -> DayHours:
    return DayHours(
        works_as_weekday=values["works_as"],  # type: ignore[arg-type]
        opens=values["opens"],  # type: ignore[arg-type]
        closes=values["closes"],  # type: ignore[arg-type]
        note=str(values["note"]),
    )
