"""The judge of `make chaos` finds nothing wrong with rounds after an ordinary day, and each kind of broken promise."""

from datetime import timedelta
from typing import cast
from uuid import uuid4

import pytest
from django.db import connection

from backend.deadlines.models import Escalation
from backend.deadlines.services import fire_due
from backend.notifications.tasks import tell_rounds
from backend.rounds.models import Round, RoundAnswer
from tests.roles import as_owner
from tests.rounds.conftest import at, live_world, opened, round_of  # noqa: F401 - a fixture
from tests.rounds.test_answering import WELL, say
from tests.tools.test_chaos_checks import EARLIER, TARGET
from tests.world import World
from tools.prove.bench.parts import Talking
from tools.prove.chaos import checks
from tools.prove.chaos.load import Load
from tools.prove.chaos.rounds import DOUBLED, RoundsDue

pytestmark = pytest.mark.django_db


def test_each_kind_of_broken_promise_about_rounds_is_found(live_world: World) -> None:  # noqa: F811 - the fixture
    row, bob = opened(live_world), str(live_world.bob.person.id)
    rounds = RoundsDue(cast("Load", None), cast("Talking", None), planned=[str(row.id)], sent={(str(row.id), bob)})
    say(live_world.bob.client, row, WELL)
    answered = Round.objects.get(id=row.id).answered_at
    assert answered is not None
    rounds.confirmed = {(str(row.id), bob): answered + timedelta(seconds=1)}
    fire_due(now=at(live_world, "18:00", days=3))
    tell_rounds()
    assert [*rounds.lost(TARGET), *checks.lines(TARGET, DOUBLED), *rounds.broken(TARGET)] == []
    assert rounds.is_over(TARGET)

    rounds.sent.clear()
    assert any("nobody has said so" in line for line in rounds.broken(TARGET))
    rounds.planned.append(str(uuid4()))
    rounds.confirmed[str(round_of(live_world, "facilities").id), bob] = answered
    assert [line.rpartition(": ")[2] for line in rounds.lost(TARGET)] == ["planned, not stored", "answered, not stored"]
    with as_owner(), connection.cursor() as cursor:
        cursor.execute(EARLIER.replace("2 h", "9 d"))
        missed = round_of(live_world, "facilities")
        Escalation.objects.filter(timer__subject_id=missed.id, rung=2).delete()
        Round.objects.filter(id=row.id).update(opened_at=row.opened_at, answered_at=row.opened_at)
        Escalation.objects.filter(timer__subject_id=row.id).update(fired_at=at(live_world, "18:00") + timedelta(days=1))
        first = RoundAnswer.objects.get(round=row)
        RoundAnswer.objects.create(round=row, number=2, by_id=first.by_id, at=first.at, said=first.said)
    found = [*rounds.broken(TARGET), *checks.lines(TARGET, DOUBLED)]
    for words in ("rang after somebody had answered", "did not climb every rung", "answered twice"):
        assert any(words in line for line in found), words


def test_what_rings_while_an_answer_is_on_its_way_breaks_no_promise(
    live_world: World,  # noqa: F811 - the fixture
) -> None:
    row, bob = opened(live_world), str(live_world.bob.person.id)
    say(live_world.bob.client, row, WELL)
    sent_at = Round.objects.get(id=row.id).answered_at
    assert sent_at is not None
    rounds = RoundsDue(cast("Load", None), cast("Talking", None), planned=[str(row.id)], sent={(str(row.id), bob)})
    rounds.confirmed = {(str(row.id), bob): sent_at + timedelta(seconds=1)}
    opening = Escalation.objects.filter(timer__subject_id=row.id)
    with as_owner():
        Round.objects.filter(id=row.id).update(opened_at=sent_at)
        opening.update(due_at=sent_at, fired_at=sent_at + timedelta(milliseconds=4))
        assert list(rounds.broken(TARGET)) == []
        opening.update(fired_at=sent_at + timedelta(seconds=2))
        (found,) = rounds.broken(TARGET)
    assert found.startswith("a round rang after somebody had answered it")
