"""Routes of the figures."""

from django.urls import path

from backend.insights.api import FiguresView

urlpatterns = [
    path("insights/figures", FiguresView.as_view()),
]
