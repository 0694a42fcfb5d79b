"""Routes of the pages of what is on record: how it stands as a whole, and who opened confidential tickets."""

from django.urls import path

from backend.portal.views import access_log, ledger

urlpatterns = [
    path("ledger", ledger.ledger, name="ledger"),
    path("ledger/<int:verification_id>/answer", ledger.ledger_answer, name="ledger_answer"),
    path("access-log", access_log.access_log, name="access_log"),
    path("access-log/<uuid:ticket_id>", access_log.access_log, name="access_log_of"),
]
