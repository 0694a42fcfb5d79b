"""Routes of schools and people."""

from django.urls import path

from backend.organisation.api import MeView, PeopleListView, PlaceListView, UnitListView

urlpatterns = [
    path("me", MeView.as_view()),
    path("offices", UnitListView.as_view()),
    path("people", PeopleListView.as_view()),
    path("places", PlaceListView.as_view()),
]
