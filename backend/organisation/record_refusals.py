"""Refusals of what is on record: the access log, and how the ledger as a whole stands."""

from django.utils.translation import gettext_lazy as _

from backend.common.errors import PermissionDenied


class NotAccessLogReader(PermissionDenied):
    """The access log is read by whoever answers for the protection of students."""

    code = "not_access_log_reader"
    title = _("Only the student protection lead sees who opened confidential tickets.")


class NotEvidenceKeeper(PermissionDenied):
    """Evidence is kept by whoever leads the school or protects its students."""

    code = "not_evidence_keeper"
    title = _("Only the principal and the student protection lead can have evidence about a person kept.")


class NotLedgerAnswerer(PermissionDenied):
    """The person answers neither for a school nor for its bureau."""

    code = "not_ledger_answerer"
    title = _("Only the principal and the bureau see how the record stands, and answer for it.")
