"""Routes of reports."""

from django.urls import path

from backend.incidents.api import ReportDetailView, ReportListView

urlpatterns = [
    path("reports", ReportListView.as_view()),
    path("reports/<uuid:report_id>", ReportDetailView.as_view()),
]
