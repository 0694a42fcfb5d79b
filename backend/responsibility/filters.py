"""The parameters of the map: a day, a place, a matter, and one's own share; there is none for somebody else's."""

from datetime import date

from django.db.models import QuerySet
from django_filters import FilterSet, MultipleChoiceFilter, UUIDFilter

from backend.common.filtering import DayFilter, FlagFilter
from backend.responsibility.models import Share
from backend.responsibility.selectors.shares import holds_on
from backend.rulebook.wording import Group


class ShareFilters(FilterSet):  # type: ignore[misc]
    """The parameters of the map."""

    day = DayFilter(method="of_day", label="Only those that hold on this day; without it, all that ever were.")
    place = UUIDFilter(field_name="place", label="Only those of this place itself.")
    topic = MultipleChoiceFilter(choices=Group.choices, distinct=False, label="Only those in these matters.")
    mine = FlagFilter(method="of_reader", label="Only those of the signed-in person, or only those of others.")

    class Meta:
        model = Share
        fields: list[str] = []

    def of_day(self, shares: QuerySet[Share], _name: str, day: date) -> QuerySet[Share]:
        """Keep those that hold on a day."""
        return shares.filter(holds_on(day))

    def of_reader(self, shares: QuerySet[Share], _name: str, mine: bool) -> QuerySet[Share]:
        """Keep those of the reader, or of everybody else."""
        reader = self.request.parser_context["view"].actor.person_id
        return shares.filter(person=reader) if mine else shares.exclude(person=reader)
