"""Routes of the pages."""

from django.urls import path

from backend.portal.views import entry, notices, reports, tickets

app_name = "portal"

urlpatterns = [
    path("", entry.home, name="home"),
    path("sign-in", entry.sign_in, name="sign_in"),
    path("sign-out", entry.sign_out, name="sign_out"),
    path("settings/language", entry.language, name="language"),
    path("report", reports.report, name="report"),
    path("reports", reports.reports, name="reports"),
    path("reports/<uuid:report_id>", reports.report_detail, name="report_detail"),
    path("reports/<uuid:report_id>/actions/<slug:action>", reports.report_action, name="report_action"),
    path("tickets", tickets.tickets, name="tickets"),
    path("tickets/<uuid:ticket_id>", tickets.ticket_detail, name="ticket_detail"),
    path("tickets/<uuid:ticket_id>/actions/<slug:action>", tickets.ticket_action, name="ticket_action"),
    path("notices", notices.notices, name="notices"),
]
