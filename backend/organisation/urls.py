"""Routes of schools and people."""

from django.urls import path

from backend.organisation.api import (
    PeopleListView,
    PlaceByTokenView,
    PlaceDetailView,
    PlaceListView,
    TelephoneNumberListView,
    UnitListView,
)
from backend.organisation.calendar_api import CalendarDayView, CalendarDetailView, CalendarListView
from backend.organisation.calendar_file_api import CalendarFileCheckView, CalendarFileImportView
from backend.organisation.invitation_api import InviteView
from backend.organisation.power_api import PowerConfirmView, PowerListView, PowerRefuseView

urlpatterns = [
    path("calendars", CalendarListView.as_view()),
    path("calendars/<uuid:calendar_id>", CalendarDetailView.as_view()),
    path("calendars/<uuid:calendar_id>/days/<str:day>", CalendarDayView.as_view()),
    path("calendars/<uuid:calendar_id>/import/check", CalendarFileCheckView.as_view()),
    path("calendars/<uuid:calendar_id>/import", CalendarFileImportView.as_view()),
    path("offices", UnitListView.as_view()),
    path("people", PeopleListView.as_view()),
    path("people/<uuid:person_id>/invite", InviteView.as_view()),
    path("power-changes", PowerListView.as_view()),
    path("power-changes/<uuid:power_id>/confirm", PowerConfirmView.as_view()),
    path("power-changes/<uuid:power_id>/refuse", PowerRefuseView.as_view()),
    path("places", PlaceListView.as_view()),
    path("places/<uuid:place_id>", PlaceDetailView.as_view()),
    path("places/by-token/<str:token>", PlaceByTokenView.as_view()),
    path("telephone-numbers", TelephoneNumberListView.as_view()),
]
