"""The version of a calendar, which rises with every change that makes sense, and the message that says so."""

from collections.abc import Sequence
from copy import copy
from datetime import date
from itertools import pairwise
from typing import Any

from django.db.models import F
from django.utils.translation import gettext as _

from backend.calendars.models import Calendar
from backend.common.clock import database_now
from backend.common.errors import Conflict
from backend.common.outbox import OutboxDraft, outbox_add
from backend.common.recording import bulk_record

CALENDAR_CHANGED = "calendar.changed"
"""The outbox topic: a calendar has a new version."""


class SpansOverlap(Conflict):
    """Two terms, or two holidays, of a calendar hold on the same day, so that one of them would have no effect."""

    code = "spans_overlap"


def calendar_check(*, calendar: Calendar) -> None:
    """Raise SpansOverlap where a stored calendar contradicts itself, whatever door the change came through."""
    for rows in (calendar.periods, calendar.terms):
        _check_apart(list(rows.order_by("first").values_list("first", "last")))


def _check_apart(spans: Sequence[tuple[date, date]]) -> None:
    for earlier, later in pairwise(spans):
        if later[0] <= earlier[1]:
            words = {"later": f"{later[0]:%F}–{later[1]:%F}", "earlier": f"{earlier[0]:%F}–{earlier[1]:%F}"}
            raise SpansOverlap(_("%(later)s overlaps %(earlier)s. Please change one of the two.") % words)


def calendar_raise_version(*, calendar: Calendar, **fields: Any) -> None:
    """Give a changed calendar its next version, and have what rests on it recomputed; the one place where it rises.

    Raises SpansOverlap where the change makes no sense.
    """
    calendar_check(calendar=calendar)
    before = copy(calendar)
    Calendar.objects.filter(id=calendar.id).update(**fields, version=F("version") + 1)
    calendar.refresh_from_db()
    bulk_record(before=[before], after=[calendar])
    draft = OutboxDraft(
        topic=CALENDAR_CHANGED,
        dedup_key=f"calendar:{calendar.id}:{calendar.version}",
        payload={"calendar": str(calendar.id), "version": calendar.version},
    )
    outbox_add(drafts=[draft], now=database_now())
