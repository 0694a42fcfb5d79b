"""The door: a typed tracking code, and the report behind it."""

from datetime import datetime

from django.http import HttpRequest
from rest_framework.request import Request

from backend.anonymous.codes import code_digest, code_read
from backend.anonymous.limits import guess_counted, sources_of
from backend.anonymous.selectors import report_of_code
from backend.incidents.models import Report


def report_opened(request: HttpRequest | Request, *, typed: str, now: datetime) -> Report:
    """Return the report that a typed code opens; one that is wrong has its source wait longer and longer."""
    code = code_read(typed)
    with guess_counted(sources=sources_of(request, now=now)):
        return report_of_code(digest=code_digest(code))
