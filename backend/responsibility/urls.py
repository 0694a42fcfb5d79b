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

urlpatterns = [
    path("gaps", GapsView.as_view()),
    path("office-slots", OfficeSlotListView.as_view()),
    path("office-slots/<uuid:slot_id>/end", OfficeSlotEndView.as_view()),
    path("shares", ShareListView.as_view()),
    path("shares/<uuid:share_id>", ShareView.as_view()),
    path("shares/<uuid:share_id>/end", ShareEndView.as_view()),
]
