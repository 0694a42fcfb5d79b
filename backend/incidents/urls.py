"""Routes of reports."""

from django.urls import path

from backend.incidents.api import (
    ReportAmendmentView,
    ReportDetailView,
    ReportListView,
    ReportWithdrawalView,
    TicketReportsView,
)
from backend.incidents.file_api import ReportFilesView

urlpatterns = [
    path("reports", ReportListView.as_view()),
    path("reports/<uuid:report_id>", ReportDetailView.as_view()),
    path("reports/<uuid:report_id>/amendments", ReportAmendmentView.as_view()),
    path("reports/<uuid:report_id>/files", ReportFilesView.as_view()),
    path("reports/<uuid:report_id>/withdraw", ReportWithdrawalView.as_view()),
    path("tickets/<uuid:ticket_id>/reports", TicketReportsView.as_view()),
]
