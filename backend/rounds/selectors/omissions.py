"""Reads for linking events with the "all well" behind which they lay: scoped to nobody."""

from collections.abc import Collection
from datetime import date, datetime
from uuid import UUID

from django.db.models import F

from backend.organisation.models import School
from backend.rounds.models import Round, RoundAnswer, Said
from backend.rounds.omissions import UNFIT
from backend.rulebook.ruleset import Confidentiality
from backend.workflow.models import Ticket

MOST_TICKETS = 5000


def tickets_filed(*, since: datetime) -> list[Ticket]:
    """Return the tickets filed since then that an office has, but for exercises and what is or was sealed."""
    schools = School.objects.filter(live_at__isnull=False).values("id")
    filed = Ticket.objects.filter(school__in=schools, filed_at__gte=since, is_exercise=False)
    with_office = filed.exclude(state__in=UNFIT).select_related("school").order_by("-filed_at")
    unsealed = with_office.exclude(confidentiality=Confidentiality.K2).exclude(seal=Confidentiality.K2)
    return list(unsealed[:MOST_TICKETS])


def answers_all_well(*, offices: Collection[UUID], days: Collection[date]) -> list[RoundAnswer]:
    """Return the latest answers that these offices gave on these days, where it says that all is well."""
    well = Round.objects.filter(unit__in=offices, day__in=days, said=Said.ALL_WELL)
    answers = RoundAnswer.objects.filter(round__in=well, number=F("round__answer_count"))
    return list(answers.select_related("round"))
