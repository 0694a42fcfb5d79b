"""Routes of saved views in the API."""

from django.urls import path

from backend.portal.api import SavedViewListView, SavedViewView

urlpatterns = [
    path("me/views", SavedViewListView.as_view()),
    path("me/views/<uuid:view_id>", SavedViewView.as_view()),
]
