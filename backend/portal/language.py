"""The language a browser reads, kept in a cookie beside the choice of the account."""

from django.conf import settings
from django.http import HttpResponse

YEAR = 365 * 24 * 3600


def with_language(response: HttpResponse, language_code: str) -> HttpResponse:
    """Return the answer with the language remembered for a year."""
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        language_code,
        max_age=YEAR,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
    )
    return response
