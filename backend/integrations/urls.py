"""Routes of service accounts, and of the feed of events."""

from django.urls import path

from backend.integrations.api import (
    ServiceCallListView,
    ServiceDetailView,
    ServiceListView,
    ServiceRevokeView,
    ServiceRotateView,
)
from backend.integrations.event_api import EventListView

ONE = "service-accounts/<uuid:account_id>"

urlpatterns = [
    path("events", EventListView.as_view()),
    path("service-accounts", ServiceListView.as_view()),
    path(ONE, ServiceDetailView.as_view()),
    path(f"{ONE}/calls", ServiceCallListView.as_view()),
    path(f"{ONE}/rotate", ServiceRotateView.as_view()),
    path(f"{ONE}/revoke", ServiceRevokeView.as_view()),
]
