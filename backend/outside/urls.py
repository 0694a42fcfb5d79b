"""Routes of what has to be told outside."""

from django.urls import path

from backend.outside.api import (
    OutsideAppliesView,
    OutsideDueView,
    OutsideFollowUpView,
    OutsideNotApplicableView,
    OutsideNumberListView,
    OutsideNumberView,
    OutsideToldView,
    TicketOutsideView,
)

urlpatterns = [
    path("outside-duties", OutsideDueView.as_view()),
    path("outside-numbers", OutsideNumberListView.as_view()),
    path("outside-numbers/<slug:code>", OutsideNumberView.as_view()),
    path("tickets/<uuid:ticket_id>/outside-duties", TicketOutsideView.as_view()),
    path("tickets/<uuid:ticket_id>/outside-duties/<uuid:duty_id>/tell", OutsideToldView.as_view()),
    path("tickets/<uuid:ticket_id>/outside-duties/<uuid:duty_id>/follow-up", OutsideFollowUpView.as_view()),
    path("tickets/<uuid:ticket_id>/outside-duties/<uuid:duty_id>/put-aside", OutsideNotApplicableView.as_view()),
    path("tickets/<uuid:ticket_id>/outside-duties/<uuid:duty_id>/take-up", OutsideAppliesView.as_view()),
]
