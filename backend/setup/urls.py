"""Routes of setting a school up and keeping it."""

from django.urls import path

from backend.setup.api import LeavingView
from backend.setup.configuration_api import ConfigurationCheckView, ConfigurationView
from backend.setup.plan_api import RoundPlanAdditionView, RoundPlanChangeView

urlpatterns = [
    path("configuration", ConfigurationView.as_view()),
    path("configuration/check", ConfigurationCheckView.as_view()),
    path("round-plans/add", RoundPlanAdditionView.as_view()),
    path("round-plans/<slug:code>/change", RoundPlanChangeView.as_view()),
    path("people/<uuid:person_id>/leaving", LeavingView.as_view()),
]
