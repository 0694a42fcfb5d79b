"""The parameters of the hazard register; those it shares with the list of tickets mean the same there."""

from collections.abc import Sequence
from functools import reduce
from operator import or_

from django.db.models import Q, QuerySet
from django_filters import MultipleChoiceFilter

from backend.common.clock import database_now
from backend.common.filtering import FlagFilter
from backend.rounds.hazard_rules import OF_STATE, HazardState
from backend.rounds.selectors.hazards import late_of
from backend.workflow.filters import OfficeFilters
from backend.workflow.models import Ticket


class HazardFilters(OfficeFilters):
    """The parameters of the register: how far it is, office, place, category, severity, and what is overdue."""

    state = MultipleChoiceFilter(choices=HazardState.choices, method="that_stands", distinct=False)
    overdue = FlagFilter(method="that_is_late", label="Whether the time to put it right is over.")

    def that_stands(self, tickets: QuerySet[Ticket], _name: str, states: Sequence[str]) -> QuerySet[Ticket]:
        """Keep what is as far as one of the states says."""
        return (
            tickets.filter(reduce(or_, (OF_STATE[HazardState(state)] for state in states), Q())) if states else tickets
        )

    def that_is_late(self, tickets: QuerySet[Ticket], _name: str, late: bool) -> QuerySet[Ticket]:
        """Keep what is not put right although its time is over, or everything else."""
        is_late = Q(late_of(now=database_now())) & OF_STATE[HazardState.OPEN]
        return tickets.filter(is_late) if late else tickets.exclude(is_late)
