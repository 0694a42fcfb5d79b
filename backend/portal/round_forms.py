"""The forms of a round: its checklist with words, and the reason for which it need not be answered."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from backend.portal.forms import LONGEST_WAIT, TOO_LONG, CleanText
from backend.rounds.checking import MOST_COUNTED, AnswerDraft, Value
from backend.rounds.models import Said
from backend.rounds.services.answering import Sent
from backend.rounds.services.visiting import Spot
from backend.rulebook.round_rules import AnsweredBy, CheckItem, Checklist

YES, NO = "yes", "no"


class ExcuseForm(forms.Form):
    """The reason for which a round need not be answered."""

    reason = CleanText(max_length=1000, error_messages={"required": _("Please say why."), **TOO_LONG})


class OmissionForm(forms.Form):
    """A ticket about something that had happened before all was said to be well."""

    ticket = forms.CharField(max_length=40, error_messages={"required": _("Please enter the ticket's reference.")})


class RoundForm(forms.Form):
    """An answer to a checklist: each line may be left open, and nothing is filled in for anybody."""

    said = forms.ChoiceField(choices=Said.choices, error_messages={"required": _("Please choose one of the two.")})
    words = CleanText(required=False, max_length=4000, error_messages=TOO_LONG)
    token = forms.UUIDField(required=False)
    seen = forms.IntegerField(required=False, min_value=0)

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        *,
        checklist: Checklist,
        initial: dict[str, Any] | None = None,
        auto_id: str = "id_%s",
    ) -> None:
        """Take a field for each line of the checklist."""
        super().__init__(data, initial=initial, auto_id=auto_id)
        self.checklist = checklist
        for item in self.answered:
            self.fields[f"item-{item.key}"] = (
                forms.ChoiceField(choices=[(YES, YES), (NO, NO)], required=False)
                if item.kind is AnsweredBy.YES_NO
                else forms.IntegerField(
                    min_value=0,
                    max_value=MOST_COUNTED,
                    required=item.is_required,
                    error_messages={
                        "invalid": _("Please enter a whole number."),
                        "required": _("%(ask)s: please fill it in, also where it is nought.") % {"ask": item.label},
                    },
                )
            )

    @property
    def lines(self) -> list[dict[str, Any]]:
        """The lines of the checklist, each with its field; one that is a report of its own has none."""
        return [
            {"item": item, "is_report": True}
            if item.kind is AnsweredBy.REPORT
            else {"item": item, "field": self[f"item-{item.key}"], "is_count": item.kind is AnsweredBy.COUNT}
            for item in self.checklist.items
        ]

    @property
    def answered(self) -> list[CheckItem]:
        """The lines that an answer holds something of."""
        return [item for item in self.checklist.items if item.kind is not AnsweredBy.REPORT]

    def sent(self) -> Sent:
        """Return by which way it was sent."""
        return Sent(self.cleaned_data["token"], self.cleaned_data["seen"])

    def draft(self) -> AnswerDraft:
        """Return what was said."""
        return AnswerDraft(Said(self.cleaned_data["said"]), self.cleaned_data["words"], self._values())

    def _values(self) -> dict[str, Value]:
        given = {item: self.cleaned_data[f"item-{item.key}"] for item in self.answered}
        return {
            item.key: value == YES if item.kind is AnsweredBy.YES_NO else value
            for item, value in given.items()
            if value not in {None, ""}
        }


class VisitForm(RoundForm):
    """The word of somebody on one place of a route; with the code on its wall, where that was read."""

    code = forms.CharField(required=False, max_length=40)
    waited = forms.IntegerField(required=False, min_value=0, max_value=LONGEST_WAIT)

    def sent(self) -> Sent:
        """Return by which way it was sent, and for how long it had waited on its device."""
        return replace(super().sent(), waited=timedelta(seconds=self.cleaned_data["waited"] or 0))

    def told(self, place_id: UUID) -> tuple[Spot, AnswerDraft]:
        """Return of which place it is said, and what."""
        code = self.cleaned_data["code"]
        return Spot(code=code) if code else Spot(place_id), self.draft()
