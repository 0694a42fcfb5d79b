"""Routes of who answers for what."""

from django.urls import path

from backend.responsibility.api import (
    GapsView,
    OfficeSlotEndView,
    OfficeSlotListView,
    ShareEndView,
    ShareListView,
    ShareView,
)
from backend.responsibility.leading_api import LeadingGroupEndView, LeadingGroupListView, LeadingGroupTodayView

urlpatterns = [
    path("gaps", GapsView.as_view()),
    path("leading-groups", LeadingGroupListView.as_view()),
    path("leading-groups/today", LeadingGroupTodayView.as_view()),
    path("leading-groups/<uuid:group_id>/end", LeadingGroupEndView.as_view()),
    path("office-slots", OfficeSlotListView.as_view()),
    path("office-slots/<uuid:slot_id>/end", OfficeSlotEndView.as_view()),
    path("shares", ShareListView.as_view()),
    path("shares/<uuid:share_id>", ShareView.as_view()),
    path("shares/<uuid:share_id>/end", ShareEndView.as_view()),
]
