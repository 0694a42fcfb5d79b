"""The bench's hands in the rounds of a school: many classes, what their teachers said, and the day summed up.

`python -m tools.prove.bench.rounds_process`: it reads and answers orders as `tools.prove.bench.django_process` does.
"""

import os
import time

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tools.prove.bench.settings")
django.setup()

from django.db import connection  # noqa: E402 - after setup
from django.test.utils import CaptureQueriesContext  # noqa: E402

from backend.common.clock import database_now  # noqa: E402
from backend.duty.selectors import actor_get  # noqa: E402
from backend.organisation.models import Person, Unit  # noqa: E402
from backend.rounds.models import Round, RoundAnswer, RoundState, Said  # noqa: E402
from backend.rounds.selectors.rollup import roll_up_of  # noqa: E402
from backend.rounds.services.making import school_rounds_make  # noqa: E402
from backend.rulebook.selectors import active_version_id  # noqa: E402
from tools.prove.bench.django_process import Hands, median_of  # noqa: E402
from tools.prove.bench.parts import answer_orders  # noqa: E402

COUNTS = {"due": 42, "present": 40, "fever": 1, "cough": 2}
CHECK, REPORT = "MORNING_CHECK", "SCHOOL_REPORT"


class RoundsHands(Hands):
    """The orders that the bench gives to the rounds of one school."""

    person: Person
    of_day: Round

    def lay_out(self, username: str, classes: int) -> int:
        """Give somebody's school so many classes; return how many were added."""
        self.person = Person.objects.select_related("school").get(user__username=username)
        there = Unit.objects.filter(school=self.person.school, kind=Unit.Kind.CLASS).count()
        added = Unit.objects.bulk_create(
            Unit(school=self.person.school, kind=Unit.Kind.CLASS, code=f"b{n}", name_zh=f"{n}班", name_en=f"Class {n}")
            for n in range(there, classes)
        )
        return len(added)

    def make(self) -> tuple[int, float]:
        """Make the rounds of the days ahead; return how many changed, and the seconds that it took."""
        school = self.person.school
        version_id = active_version_id(school_id=school.id) if school else None
        if school is None or version_id is None:
            raise AssertionError("a school without rules")
        now, began = database_now(), time.perf_counter()
        return school_rounds_make(school=school, version_id=version_id, now=now), time.perf_counter() - began

    def answer(self) -> int:
        """Let every class say its counts on the first whole day that is planned; return how many there are."""
        reports = Round.objects.filter(school=self.person.school, plan=REPORT, state=RoundState.PLANNED)
        self.of_day = reports.filter(opens_at__gt=database_now()).earliest("day")
        rows = Round.objects.filter(school=self.person.school, plan=CHECK, day=self.of_day.day)
        said = {"said": Said.ALL_WELL, "answer_count": 1}
        RoundAnswer.objects.bulk_create(
            RoundAnswer(round=row, number=1, by=self.person, at=row.due_at, said=Said.ALL_WELL, values=COUNTS)
            for row in rows
        )
        times = {"opened_at": self.of_day.opens_at, "answered_at": self.of_day.due_at}
        return rows.update(state=RoundState.ANSWERED, **said, **times)

    def sum_up(self, repeats: int) -> tuple[float, int]:
        """Sum the day up as the principal may know it; return the median in milliseconds, and the statements."""
        actor = actor_get(user_id=self.person.user_id or 0)
        if actor is None:
            raise AssertionError("nobody acts")

        def day() -> None:
            roll_up_of(actor=actor, row=self.of_day, now=self.of_day.due_at)

        milliseconds = median_of(day, repeats)
        with CaptureQueriesContext(connection) as captured:
            day()
        return milliseconds, len(captured)


if __name__ == "__main__":
    answer_orders(RoundsHands())
