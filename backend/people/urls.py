"""Routes of bringing people from a portal."""

from django.urls import path

from backend.people.api import SyncApplyView, SyncDetailView, SyncListView, SyncPreviewView

ONE = "people-syncs/<uuid:sync_id>"

urlpatterns = [
    path("people-syncs", SyncListView.as_view()),
    path(ONE, SyncDetailView.as_view()),
    path(f"{ONE}/preview", SyncPreviewView.as_view()),
    path(f"{ONE}/apply", SyncApplyView.as_view()),
]
