"""Routes of tickets."""

from django.urls import path

from backend.workflow.access_api import AccessLogView
from backend.workflow.api import TicketBulkView, TicketDetailView, TicketListView, TicketTimelineView, action_views

urlpatterns = [
    path("access-log", AccessLogView.as_view()),
    path("tickets", TicketListView.as_view()),
    path("tickets/bulk", TicketBulkView.as_view()),
    path("tickets/<uuid:ticket_id>", TicketDetailView.as_view()),
    path("tickets/<uuid:ticket_id>/timeline", TicketTimelineView.as_view()),
    *(path(f"tickets/<uuid:ticket_id>/actions/{name}", view.as_view()) for name, view in action_views().items()),
]
