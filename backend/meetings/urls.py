"""Routes of meetings."""

from django.urls import path

from backend.meetings.api import (
    MeetingDetailView,
    MeetingEndView,
    MeetingItemsView,
    MeetingListView,
    MeetingNoteView,
    MeetingRenewView,
    MeetingTakeOffView,
    action_views,
)

ITEM = "meetings/<uuid:meeting_id>/items/<uuid:item_id>"

urlpatterns = [
    path("meetings", MeetingListView.as_view()),
    path("meetings/<uuid:meeting_id>", MeetingDetailView.as_view()),
    path("meetings/<uuid:meeting_id>/renew", MeetingRenewView.as_view()),
    path("meetings/<uuid:meeting_id>/items", MeetingItemsView.as_view()),
    path("meetings/<uuid:meeting_id>/end", MeetingEndView.as_view()),
    path(f"{ITEM}/take-off", MeetingTakeOffView.as_view()),
    path(f"{ITEM}/note", MeetingNoteView.as_view()),
    *[path(f"{ITEM}/actions/{name}", view.as_view()) for name, view in action_views().items()],
]
