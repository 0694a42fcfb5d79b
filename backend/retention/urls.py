"""Routes of what is kept."""

from django.urls import path

from backend.retention.api import KeptView
from backend.retention.hold_api import PersonHoldEndView, PersonHoldListView

urlpatterns = [
    path("kept", KeptView.as_view()),
    path("person-holds", PersonHoldListView.as_view()),
    path("person-holds/<int:hold_id>/end", PersonHoldEndView.as_view()),
]
"""Below /api/v1."""
