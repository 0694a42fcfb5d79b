"""Routes of setting a school up and keeping it."""

from django.urls import path

from backend.setup.api import LeavingView
from backend.setup.configuration_api import ConfigurationCheckView, ConfigurationView

urlpatterns = [
    path("configuration", ConfigurationView.as_view()),
    path("configuration/check", ConfigurationCheckView.as_view()),
    path("people/<uuid:person_id>/leaving", LeavingView.as_view()),
]
