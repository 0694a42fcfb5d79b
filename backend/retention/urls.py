"""Routes of what is kept."""

from django.urls import path

from backend.retention.api import KeptView

urlpatterns = [path("kept", KeptView.as_view())]
"""Below /api/v1."""
