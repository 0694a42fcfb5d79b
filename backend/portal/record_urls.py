"""Routes of the pages of what is on record: how it stands, who opened confidential tickets, evidence about people."""

from django.urls import path

from backend.portal.views import access_log, ledger, person_holds

urlpatterns = [
    path("ledger", ledger.ledger, name="ledger"),
    path("ledger/<int:verification_id>/answer", ledger.ledger_answer, name="ledger_answer"),
    path("access-log", access_log.access_log, name="access_log"),
    path("person-holds", person_holds.person_holds, name="person_holds"),
    path("person-holds/<int:hold_id>/end", person_holds.person_hold_ended, name="person_hold_ended"),
    path("access-log/<uuid:ticket_id>", access_log.access_log, name="access_log_of"),
]
