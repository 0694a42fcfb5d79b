"""One action on many tickets of a list: what can be chosen, what a form sends, and what came of each."""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from backend.common.errors import Invalid, NotFound
from backend.organisation.actors import Actor
from backend.portal.action_words import ACTION_WORDS, ASKED_BACK
from backend.portal.forms import TOO_LONG, CleanText, LocalTime
from backend.portal.services import Steps, steps_take
from backend.portal.step_forms import plausible_check
from backend.portal.step_options import Choice
from backend.portal.ticket_cards import TicketCard
from backend.workflow.action import Action
from backend.workflow.action_input import LONGEST_NOTE, FieldKind, field_specs, said_from
from backend.workflow.actions import BY_NAME, FOR_PEOPLE
from backend.workflow.selectors import tickets_visible
from backend.workflow.services.bulk import BulkItem

MOST = 100


def _asked(action: Action[Any]) -> dict[str, FieldKind]:
    """Return the fields of an action that its form asks for, but for the note."""
    specs = field_specs(action.said)
    return {spec.name: spec.kind for spec in specs if spec.name not in {*ASKED_BACK, "note"}}


def _is_offered(action: Action[Any]) -> bool:
    return action.in_bulk and not action.asks_proof and list(_asked(action).values()) in ([], [FieldKind.MOMENT])


CHOICES = tuple(action.name for action in FOR_PEOPLE if _is_offered(action))
"""The actions that ask for a note, or for a note and a date."""
DATES = {name: field for name in CHOICES for field in _asked(BY_NAME[name])}
"""The field of the date by the action that asks for one."""
NEED_A_DATE = frozenset(
    name for name in DATES if any(spec.required for spec in field_specs(BY_NAME[name].said) if spec.name == DATES[name])
)


class NothingChosen(Invalid):
    """A form for many tickets without a ticket, or without an action."""

    code = "nothing_chosen"
    title = _("Please tick at least one ticket and choose what to do.")


class BulkForm(forms.Form):
    """The form under the list; the tickets are the boxes ticked in its rows."""

    action = forms.ChoiceField(choices=[(name, name) for name in CHOICES])
    note = CleanText(required=False, max_length=LONGEST_NOTE, error_messages=TOO_LONG)
    until = LocalTime(required=False, validators=[plausible_check])
    token = forms.CharField(max_length=64)

    def clean_until(self) -> datetime | None:
        """Ask for the date where the action is nothing without it."""
        until: datetime | None = self.cleaned_data["until"]
        if until is None and self.cleaned_data.get("action") in NEED_A_DATE:
            raise forms.ValidationError(_("Please say by when."))
        return until


@dataclass(frozen=True, slots=True)
class Outcome:
    """The outcome for one ticket: saved, or (`refusal`) why not."""

    ticket_id: UUID
    reference: str
    refusal: str


@dataclass(frozen=True, slots=True)
class BulkResult:
    """The outcomes for all of them, and what was sent, so that it can be sent again."""

    outcomes: Sequence[Outcome] = ()
    problem: str = ""
    action: str = ""
    note: str = ""
    until: str = ""

    @property
    def is_done(self) -> bool:
        """Whether every ticket was taken."""
        return not self.problem and not any(row.refusal for row in self.outcomes)

    @property
    def refused(self) -> Collection[UUID]:
        """The tickets that stay ticked."""
        return {row.ticket_id for row in self.outcomes if row.refusal}


def bulk_choices(*, cards: Sequence[TicketCard]) -> list[Choice]:
    """Return the actions that can be taken on one of the tickets at least, in the order in which they are offered."""
    able = {name for card in cards for name in card.can}
    return [Choice(name, str(ACTION_WORDS[name].label)) for name in CHOICES if name in able]


def bulk_take(*, actor: Actor, data: Mapping[str, str], picks: Sequence[str], now: datetime) -> BulkResult:
    """Take the action that a form names on every ticket ticked in it; each succeeds or is refused by itself."""
    form = BulkForm(data)
    form.fields["until"].now = now  # type: ignore[attr-defined]  # an hour that comes twice is told apart by it
    items = _items(picks)
    typed = BulkResult(action=data.get("action", ""), note=data.get("note", ""), until=data.get("until", ""))
    if not form.is_valid() or not items:
        about = form.errors.get("note") or form.errors.get("until")
        return replace(typed, problem=str(about[0] if about else NothingChosen.title))
    given, action = form.cleaned_data, BY_NAME[form.cleaned_data["action"]]
    until = {DATES[action.name]: given["until"]} if action.name in DATES else {}
    said = said_from(action.said, {"note": given["note"], **until})
    body = steps_take(actor=actor, steps=Steps(items, action, said, given["token"]), now=now)
    return replace(typed, outcomes=_outcomes(actor, json.loads(body)))


def _items(picks: Sequence[str]) -> list[BulkItem]:
    """Return the tickets ticked, each once, in the version that its row showed; what is none is left out."""
    found: dict[UUID, BulkItem] = {}
    for pick in picks[:MOST]:
        ticket_id, _colon, version = pick.partition(":")
        try:
            item = BulkItem(UUID(ticket_id), int(version))
        except ValueError:
            continue
        found[item.ticket_id] = item
    return list(found.values())


def _outcomes(actor: Actor, stored: Mapping[str, str]) -> list[Outcome]:
    """Return what came of each, by the references that the reader may know of now."""
    names = dict(tickets_visible(actor=actor).filter(id__in=stored).values_list("id", "reference"))
    return [
        Outcome(ticket_id, names.get(ticket_id, ""), refusal if ticket_id in names else str(NotFound.title))
        for text, refusal in stored.items()
        for ticket_id in [UUID(text)]
    ]
