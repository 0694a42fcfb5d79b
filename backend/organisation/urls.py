"""Routes of schools and people."""

from django.urls import path

from backend.organisation.api import (
    MeView,
    PeopleListView,
    PlaceByTokenView,
    PlaceDetailView,
    PlaceListView,
    ReachView,
    UnitListView,
)
from backend.organisation.calendar_api import CalendarDayView, CalendarDetailView, CalendarListView
from backend.organisation.invitation_api import InviteView
from backend.organisation.roster_api import (
    AbsenceDetailView,
    AbsenceListView,
    RosterDetailView,
    RosterListView,
    RosterSwapView,
)

urlpatterns = [
    path("absences", AbsenceListView.as_view()),
    path("absences/<int:absence_id>", AbsenceDetailView.as_view()),
    path("calendars", CalendarListView.as_view()),
    path("calendars/<uuid:calendar_id>", CalendarDetailView.as_view()),
    path("calendars/<uuid:calendar_id>/days/<str:day>", CalendarDayView.as_view()),
    path("me", MeView.as_view()),
    path("offices", UnitListView.as_view()),
    path("people", PeopleListView.as_view()),
    path("people/<uuid:person_id>/invite", InviteView.as_view()),
    path("places", PlaceListView.as_view()),
    path("places/<uuid:place_id>", PlaceDetailView.as_view()),
    path("places/by-token/<str:token>", PlaceByTokenView.as_view()),
    path("reachable", ReachView.as_view()),
    path("rosters", RosterListView.as_view()),
    path("rosters/<uuid:shift_id>", RosterDetailView.as_view()),
    path("rosters/<uuid:shift_id>/slots/<uuid:slot_id>/swap", RosterSwapView.as_view()),
]
