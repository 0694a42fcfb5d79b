"""The answer to a request whose database is away: it promises nothing that nobody can know yet."""

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from rest_framework.request import Request

from backend.common.errors import DatabaseAway

API_PREFIX = "/api/"
READING = frozenset({"GET", "HEAD", "OPTIONS"})
WITH_KEY = _(
    "The database cannot be reached at the moment. We cannot tell yet whether this was saved. Please send it again in "
    "a few seconds with the same Idempotency-Key: it will exist once."
)
WITHOUT_KEY = _(
    "The database cannot be reached at the moment. We cannot tell yet whether this was saved. Please look in a few "
    "seconds, and send it again if it is missing."
)
ON_A_PAGE = _(
    "The database cannot be reached at the moment. We cannot tell yet whether what you sent was saved. Please go back "
    "in a few seconds and send it again: a report or a step on a ticket exists only once, however often it is sent. If "
    "it was something else, please look first."
)


def away_answer(request: HttpRequest | Request) -> DatabaseAway:
    """Return the answer to a request whose database is away.

    The database may have stored a change and fallen silent before it said so. With a key it is safe to send it again.
    """
    if request.method in READING:
        return DatabaseAway()
    if not request.path.startswith(API_PREFIX):
        return DatabaseAway(ON_A_PAGE)
    return DatabaseAway(WITH_KEY if request.headers.get("Idempotency-Key") else WITHOUT_KEY)
