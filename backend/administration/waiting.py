"""Rows that the pages save through services, because part of them may wait for a second person."""

from datetime import datetime
from typing import Any, TypeAlias

from django.contrib import messages
from django.db.models import Model
from django.forms import BaseInlineFormSet
from django.http import Http404, HttpRequest
from django.utils.translation import gettext_lazy as _

from backend.administration.scope import administrator
from backend.common.clock import database_now
from backend.duty.models import Absence
from backend.duty.services.absences import absence_put, absence_remove
from backend.organisation.actors import Actor
from backend.organisation.models import Appointment, ContactChannel
from backend.organisation.services.appointing import appointment_put
from backend.organisation.services.entered_addresses import address_remove, addresses_enter

Rows: TypeAlias = "BaseInlineFormSet[Any, Any, Any]"
WAITS = _(
    "Part of this waits for a second person: the principal, the student protection lead, the board chair or the "
    "bureau's duty officer. Nothing of that part has changed yet."
)


def rows_save(request: HttpRequest, formset: Rows) -> None:
    """Save rows under a person or a post through the services that say what waits for a second person."""
    actor, now = administrator(request), database_now()
    if actor is None:
        raise Http404
    waits = [_row_put(actor, row, now) for row in formset.save(commit=False)]
    for row in formset.deleted_objects:
        _row_remove(actor, row, now)
    if any(waits):
        messages.warning(request, WAITS)


def _row_put(actor: Actor, row: Model, now: datetime) -> bool:
    if isinstance(row, Appointment):
        return appointment_put(by=actor, appointment=row, now=now)
    if isinstance(row, Absence):
        return absence_put(by=actor, absence=row, now=now)
    if isinstance(row, ContactChannel):
        addresses_enter(by=actor, channels=[row], now=now)
        return row._state.adding  # noqa: SLF001 - public by Django's word
    raise TypeError(row)


def _row_remove(actor: Actor, row: Model, now: datetime) -> None:
    if isinstance(row, Absence):
        absence_remove(by=actor, absence=row, now=now)
    elif isinstance(row, ContactChannel):
        address_remove(by=actor, channel_id=row.pk, now=now)
    else:
        raise TypeError(row)
