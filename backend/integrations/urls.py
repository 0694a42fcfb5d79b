"""Routes of service accounts."""

from django.urls import path

from backend.integrations.api import (
    ServiceCallListView,
    ServiceDetailView,
    ServiceListView,
    ServiceRevokeView,
    ServiceRotateView,
)

ONE = "service-accounts/<uuid:account_id>"

urlpatterns = [
    path("service-accounts", ServiceListView.as_view()),
    path(ONE, ServiceDetailView.as_view()),
    path(f"{ONE}/calls", ServiceCallListView.as_view()),
    path(f"{ONE}/rotate", ServiceRotateView.as_view()),
    path(f"{ONE}/revoke", ServiceRevokeView.as_view()),
]
