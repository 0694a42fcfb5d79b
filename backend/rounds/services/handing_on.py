"""Rounds that wait for an answer from somebody who leaves: whoever is reached in that role then is asked."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from backend.rounds.models import Round
from backend.rounds.selectors.asked import rounds_asked, then_asked


@transaction.atomic(savepoint=False)
def rounds_hand_on(*, person_id: UUID, now: datetime) -> None:
    """Ask the next person for every round that waits for somebody; where nobody is reached, the head of the office."""
    rounds = list(rounds_asked(person_id=person_id).select_for_update(no_key=True, of=("self",)))
    then = then_asked(rounds=rounds, besides=person_id, now=now)
    for row in rounds:
        row.assignee_id = then[row.id]
    Round.objects.bulk_update(rounds, ["assignee"])
