"""Routes of tickets."""

from django.urls import path

from backend.workflow.api import TicketActionView, TicketBulkView, TicketDetailView, TicketListView, TicketTimelineView

urlpatterns = [
    path("tickets", TicketListView.as_view()),
    path("tickets/bulk", TicketBulkView.as_view()),
    path("tickets/<uuid:ticket_id>", TicketDetailView.as_view()),
    path("tickets/<uuid:ticket_id>/timeline", TicketTimelineView.as_view()),
    path("tickets/<uuid:ticket_id>/actions/<slug:action>", TicketActionView.as_view()),
]
