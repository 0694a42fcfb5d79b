"""Routes of the figures."""

from django.urls import path

from backend.insights.api import FiguresView
from backend.insights.bulletin_api import (
    BulletinDetailView,
    BulletinDraftListView,
    BulletinListView,
    BulletinPublishView,
)
from backend.insights.export_api import ExportContentView, ExportListView, ExportView
from backend.insights.handled_api import HandledView
from backend.insights.promise_api import PromisesView

urlpatterns = [
    path("bulletins", BulletinListView.as_view()),
    path("bulletins/drafts", BulletinDraftListView.as_view()),
    path("bulletins/drafts/<uuid:draft_id>/publish", BulletinPublishView.as_view()),
    path("bulletins/<uuid:bulletin_id>", BulletinDetailView.as_view()),
    path("insights/figures", FiguresView.as_view()),
    path("insights/handled", HandledView.as_view()),
    path("insights/promises", PromisesView.as_view()),
    path("insights/exports", ExportListView.as_view()),
    path("insights/exports/<uuid:export_id>", ExportView.as_view()),
    path("insights/exports/<uuid:export_id>/content", ExportContentView.as_view()),
]
