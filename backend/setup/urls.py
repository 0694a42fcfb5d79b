"""Routes of setting a school up and keeping it."""

from django.urls import path

from backend.setup.api import LeavingView

urlpatterns = [
    path("people/<uuid:person_id>/leaving", LeavingView.as_view()),
]
