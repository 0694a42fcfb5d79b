"""The parameters of the list of rounds; every filter narrows what the reader may see, none widens it."""

from django.db.models import QuerySet
from django_filters import ChoiceFilter, FilterSet, UUIDFilter

from backend.common.filtering import DayFilter
from backend.rounds.models import Round, RoundState, Said
from backend.rounds.sight import asked_of


class RoundFilters(FilterSet):  # type: ignore[misc]
    """The parameters of the list of rounds."""

    day = DayFilter(label="Only those of this day, by the school's clock.")
    state = ChoiceFilter(choices=RoundState.choices)
    said = ChoiceFilter(choices=Said.choices)
    office = UUIDFilter(field_name="unit_id", label="Only those of this office.")
    school = UUIDFilter(field_name="school_id", label="Only those of this school.")
    asked = ChoiceFilter(choices=[("me", "me")], method="of_mine", label="Only those asked of the reader.")

    class Meta:
        model = Round
        fields: list[str] = []

    def of_mine(self, rounds: QuerySet[Round], _name: str, _me: str) -> QuerySet[Round]:
        """Keep what the reader is asked, by name or as head of the office."""
        return rounds.filter(asked_of(actor=self.request.parser_context["view"].actor))
