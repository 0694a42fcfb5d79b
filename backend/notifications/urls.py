"""Routes of notices."""

from django.urls import path

from backend.notifications.api import NoticeListView

urlpatterns = [path("notices", NoticeListView.as_view())]
