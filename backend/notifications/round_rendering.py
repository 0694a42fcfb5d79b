"""The ringing and the words of notices about rounds that nobody has answered."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from uuid import UUID

from django.conf import settings
from django.utils.translation import get_language

from backend.duty.selectors import actors_of
from backend.notifications.messages import Facts
from backend.notifications.models import Notice
from backend.notifications.ringing import Group, Ring
from backend.notifications.round_words import unanswered_sentence
from backend.rounds.selectors.firing import rounds_waiting, rounds_with_school
from backend.rounds.sight import hears_of
from backend.rulebook.ruleset import Confidentiality, Severity
from backend.rulebook.selectors import ruleset_get

SEVERITY_OF_ROUNDS, SEVERITY_OF_NIGHTS = Severity.P3, Severity.P2
"""As an ordinary matter, which in the quiet hours waits for the morning; a round of the night cannot."""


class RoundRenderer:
    """Notices about rounds that nobody has answered."""

    def rings(self, notices: Sequence[Notice]) -> Mapping[UUID, Ring]:
        """Return how each rings: as a missed deadline, by the rulebook its rounds were made under."""
        rounds = {row.id: row for row in rounds_with_school(round_ids={notice.subject_id for notice in notices})}
        found = {}
        for notice in notices:
            row = rounds[notice.subject_id]
            rules = ruleset_get(row.rulebook_id)
            severity = SEVERITY_OF_NIGHTS if rules.round_plans[row.plan].is_over_night else SEVERITY_OF_ROUNDS
            found[notice.id] = Ring(row.school_id, row.school.time_zone, Group.ESCALATION, severity, rules.quiet_hours)
        return found

    def words(self, notices: Sequence[Notice]) -> Mapping[UUID, Callable[[], Facts]]:
        """Return the sentence of each about the rounds that still wait and that its reader still answers for.

        Where none is left, there is nothing to say.
        """
        named = {UUID(office["round"]) for notice in notices for office in notice.params["offices"]}
        waiting = rounds_waiting(round_ids=named)
        readers = actors_of(person_ids={notice.person_id for notice in notices})
        found = {}
        for notice in notices:
            reader = readers[notice.person_id]
            open_to = {str(row.id) for row in waiting if hears_of(actor=reader, row=row)}
            offices = [office for office in notice.params["offices"] if office["round"] in open_to]
            if offices:
                found[notice.id] = partial(_facts, notice, {**notice.params, "offices": offices})
        return found


def _facts(notice: Notice, params: Mapping[str, object]) -> Facts:
    language = "en" if (get_language() or "").startswith("en") else "zh"
    return Facts(
        sentence=unanswered_sentence(params),
        confidentiality=Confidentiality.K0,
        link=f"{settings.PUBLIC_URL}/rounds",
        school="" if notice.person.school_id else notice.params["school"][language],
    )
