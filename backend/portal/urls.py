"""Routes of the pages."""

from django.urls import path

from backend.portal.views import account, channels, duty, entry, notices, powers, reports, staff, tickets

app_name = "portal"

urlpatterns = [
    path("", entry.home, name="home"),
    path("sign-in", entry.sign_in, name="sign_in"),
    path("sign-out", entry.sign_out, name="sign_out"),
    path("settings/language", entry.language, name="language"),
    path("account", account.account, name="account"),
    path("account/password", account.password, name="password"),
    path("invitation", account.invitation, name="invitation"),
    path("password/forgotten", account.forgotten, name="password_forgotten"),
    path("password/new", account.reset, name="password_reset"),
    path("staff/import", staff.staff_import_page, name="staff_import"),
    path("staff/invite", staff.invite, name="staff_invite"),
    path("power-changes", powers.powers, name="powers"),
    path("power-changes/<uuid:power_id>/confirm", powers.power_decide, {"decision": "confirm"}, name="power_confirm"),
    path("power-changes/<uuid:power_id>/refuse", powers.power_decide, {"decision": "refuse"}, name="power_refuse"),
    path("report", reports.report, name="report"),
    path("reports", reports.reports, name="reports"),
    path("reports/<uuid:report_id>", reports.report_detail, name="report_detail"),
    path("reports/<uuid:report_id>/amend", reports.report_amend, name="report_amend"),
    path("reports/<uuid:report_id>/withdraw", reports.report_withdraw, name="report_withdraw"),
    path("reports/<uuid:report_id>/actions/<slug:action>", reports.report_action, name="report_action"),
    path("tickets", tickets.tickets, name="tickets"),
    path("tickets/<uuid:ticket_id>", tickets.ticket_detail, name="ticket_detail"),
    path("tickets/<uuid:ticket_id>/actions/<slug:action>", tickets.ticket_action, name="ticket_action"),
    path("notices", notices.notices, name="notices"),
    path("duty", duty.duty, name="duty"),
    path("duty.ics", duty.download, name="duty_download"),
    path("duty/feed", duty.feed, name="duty_feed"),
    path("duty/feed/end", duty.feed_end, name="duty_feed_end"),
    path("duty/feed/<str:token>.ics", duty.feed_read, name="duty_feed_read"),
    path("duty/slots/<uuid:slot_id>/take-over", duty.take_over, name="duty_take_over"),
    path("settings/channels", channels.channels, name="channels"),
    path("settings/channels/<int:channel_id>/verify", channels.channel_verify_page, name="channel_verify"),
    path("settings/channels/<int:channel_id>/code", channels.channel_code_page, name="channel_code"),
    path("settings/channels/<int:channel_id>/remove", channels.channel_remove_page, name="channel_remove"),
    path("settings/choices", channels.choices, name="choices"),
]
