"""Routes of service accounts, of the feed of events, and of webhooks."""

from django.urls import path

from backend.integrations.api import (
    ServiceCallListView,
    ServiceDetailView,
    ServiceListView,
    ServiceRevokeView,
    ServiceRotateView,
)
from backend.integrations.event_api import EventListView
from backend.integrations.webhook_api import (
    WebhookDeliveryListView,
    WebhookDetailView,
    WebhookListView,
    WebhookReplayView,
    WebhookRotateView,
    WebhookSwitchView,
    WebhookTestView,
)

ONE = "service-accounts/<uuid:account_id>"
HOOK = "webhooks/<uuid:webhook_id>"

urlpatterns = [
    path("events", EventListView.as_view()),
    path("service-accounts", ServiceListView.as_view()),
    path(ONE, ServiceDetailView.as_view()),
    path(f"{ONE}/calls", ServiceCallListView.as_view()),
    path(f"{ONE}/rotate", ServiceRotateView.as_view()),
    path(f"{ONE}/revoke", ServiceRevokeView.as_view()),
    path("webhooks", WebhookListView.as_view()),
    path(HOOK, WebhookDetailView.as_view()),
    path(f"{HOOK}/deliveries", WebhookDeliveryListView.as_view()),
    path(f"{HOOK}/replay", WebhookReplayView.as_view()),
    path(f"{HOOK}/rotate", WebhookRotateView.as_view()),
    path(f"{HOOK}/switch", WebhookSwitchView.as_view()),
    path(f"{HOOK}/test", WebhookTestView.as_view()),
]
