"""Trainings that are due: told before, in the one list, done by an entry, due again after a mistake, late as a gap."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext

from backend.accounts.models import User
from backend.notifications.models import Notice
from backend.notifications.news_standing import news_standing
from backend.notifications.sentences import news_headline
from backend.notifications.tasks import tell_trainings
from backend.organisation.models import Appointment, School
from backend.organisation.roles import Role
from backend.todos.selectors.everything import waiting_for
from backend.training.models import TrainingDue
from backend.training.owed import trainings_owed
from backend.training.services.keeping import dues_keep
from backend.workflow.owing import Sought
from tests.notifications.hands import only_staff
from tests.roles import as_owner
from tests.training.test_recording import day, held, room
from tests.world import Member, World, appoint

SOON, LATE = timedelta(days=35), timedelta(days=61)


def begun(world: World, ago: timedelta) -> World:
    """Let the schools have worked with the system for some time, everybody on their posts and with a second factor."""
    School.objects.update(live_at=world.now - ago)
    User.objects.update(second_factor_at=world.now)
    with as_owner():
        Appointment.objects.update(starts_at=world.now - ago)
    return world


def due_of(member: Member, *codes: str) -> list[str]:
    """Return which trainings are due that somebody may know of, whose they are, by the API."""
    items = member.client.get("trainings/due").data["items"]
    wanted = [row for row in items if not codes or row["code"] in codes]
    return sorted({row["person"]["name"] if row["person"] else row["unit"]["name"] for row in wanted})


def said(told: Iterable[Notice]) -> list[str]:
    """Return what notices say."""
    return [news_headline(kind=row.kind, params=row.params) for row in told]


def waiting(world: World, who: str) -> list[tuple[str, str]]:
    """Return what waits for somebody of trainings, in the one list."""
    found = waiting_for(actor=world.members[who].actor, now=world.now)
    return [(row.action, row.about()) for row in found.rows if row.kind == "training"]


def test_whose_training_is_due_is_told_before_and_once(world: World) -> None:
    begun(world, timedelta(days=20))
    dues_keep(now=world.now)
    assert {row.code for row in TrainingDue.objects.all()} == {"GUARDS"}, "nobody is told two months ahead"
    begun(world, SOON)
    assert dues_keep(now=world.now) > 0
    assert dues_keep(now=world.now) == 0, "a second run changes nothing"
    assert {"Alice", "Bob", "Dan"} <= {*due_of(world.dan, "FIRE_SAFETY")}
    assert due_of(world.alice) == ["Alice"]
    assert due_of(world.dan, "GUARDS") == ["Ben", "Bob"], "of the security office alone"
    tell_trainings()
    told = list(Notice.objects.filter(kind="training.told", person=world.alice.person))
    assert any("“Fire safety training” is due for you by" in words for words in said(told))
    assert len(news_standing(notices=told, now=world.now)) == len(told)
    held(world, "bob", "alice")
    assert len(news_standing(notices=told, now=world.now)) == len(told) - 1, "it was held meanwhile"
    assert world.mallory.client.get("trainings/due").data["items"] != []
    assert "Alice" not in due_of(world.mallory)


def test_whoever_left_the_post_hears_nothing_late_of_what_is_asked_of_it(world: World) -> None:
    room(world, "1-1", teacher="alice")
    begun(world, SOON)
    dues_keep(now=world.now)
    tell_trainings()
    told = list(Notice.objects.filter(kind="training.told", person__in=[world.alice.person, world.bob.person]))
    assert news_standing(notices=told, now=world.now) == told
    for member in (world.alice, world.bob):
        only_staff(world, member.person)
    left = [notice for notice in told if notice not in news_standing(notices=told, now=world.now)]
    names = {notice.params["name"]["en"] for notice in left}
    assert {"Lesson on road safety", "Training for gate and patrols"} <= names, "a class's is its head teacher's"
    assert "Fire safety training" not in names, "it is asked of everybody"


def test_an_entry_does_what_was_due_and_a_mistake_makes_it_due_again(world: World) -> None:
    begun(world, SOON)
    dues_keep(now=world.now)
    due = TrainingDue.objects.get(person=world.carol.person, code="FIRE_SAFETY")
    assert ("go-to-training", "Fire safety training") in waiting(world, "carol")
    entry = held(world, "bob", "carol").data["id"]
    assert "Carol" not in due_of(world.dan, "FIRE_SAFETY")
    assert ("go-to-training", "Fire safety training") not in waiting(world, "carol")
    (done,) = trainings_owed(actors=[world.carol.actor], sought=Sought(ids=[due.id]), now=world.now)
    assert (done.is_done, done.owed_by, done.known_to) == (True, frozenset(), frozenset({world.carol.person.id}))
    assert dues_keep(now=world.now + timedelta(days=340)) > 0
    assert TrainingDue.objects.get(person=world.carol.person, code="FIRE_SAFETY", closed_at=None).due_on == day(
        world, 365
    )
    world.bob.client.post(f"trainings/{entry}/void", {"reason": "She was ill."})
    again = TrainingDue.objects.get(person=world.carol.person, code="FIRE_SAFETY", closed_at=None)
    assert again.due_on == day(world, 25)
    with as_owner():
        Appointment.objects.filter(person=world.carol.person).update(ends_at=world.now)
    dues_keep(now=world.now)
    assert not TrainingDue.objects.filter(person=world.carol.person, closed_at=None).exists(), "she has left"


def test_what_ran_out_and_was_never_held_again_is_not_done_when_somebody_leaves(world: World) -> None:
    begun(world, SOON)
    held(world, "bob", "carol")
    dues_keep(now=world.now + timedelta(days=370))
    due = TrainingDue.objects.get(person=world.carol.person, code="FIRE_SAFETY", closed_at=None)
    with as_owner():
        Appointment.objects.filter(person=world.carol.person).update(ends_at=world.now)
    dues_keep(now=world.now + timedelta(days=371))
    due.refresh_from_db()
    assert (due.closed_at is None, due.session) == (False, None)


def test_a_lesson_of_a_class_is_its_head_teachers(world: World) -> None:
    unit = room(world, "1-1", teacher="alice")
    begun(world, SOON)
    dues_keep(now=world.now)
    assert ("hold-lesson", "Lesson on road safety · Class 1-1") in waiting(world, "alice")
    assert "Class 1-1" in due_of(world.alice, "TRAFFIC_LESSON")
    assert due_of(world.ben, "TRAFFIC_LESSON") == []
    tell_trainings()
    told = Notice.objects.filter(kind="training.told", person=world.alice.person)
    assert any("is due in Class 1-1 by" in words for words in said(told))
    classes = [{"unit": str(unit.id), "due": 40, "present": 40}]
    held(world, "alice", code="TRAFFIC_LESSON", kind="lesson", classes=classes)
    assert "Class 1-1" not in due_of(world.dan, "TRAFFIC_LESSON")


def test_what_is_overdue_is_a_gap_by_post_and_a_number_for_the_bureau(world: World) -> None:
    begun(world, LATE)
    room(world, "1-1")
    dues_keep(now=world.now)
    (own,) = world.dan.client.get("gaps").data
    late = {gap["subject"]: gap for gap in own["gaps"] if gap["kind"] == "training_overdue"}
    assert {*late["GUARDS"]["details"]} == {"Head of office (Security office)", "Handler (Security office)"}
    assert late["TRAFFIC_LESSON"]["details"] == ["Class 1-1"]
    assert "Bob" not in str(late)
    (bureau, *_rest) = [row for row in world.olga.client.get("gaps").data if row["name"] == own["name"]]
    counts: dict[str, Any] = {row["kind"]: row["count"] for row in bureau["counts"]}
    assert (counts["training_overdue"], bureau["gaps"]) == (len(late), [])
    assert all(row["is_overdue"] for row in world.alice.client.get("trainings/due").data["items"])


def test_keeping_costs_the_same_for_any_number_of_people(world: World) -> None:
    begun(world, SOON)
    counts = []
    for name in ("ben", "vera"):
        appoint(world.members[name].person, Role.HANDLER, world.home.units["health-room"], world.now)
        TrainingDue.objects.filter(closed_at=None).update(closed_at=world.now)
        with CaptureQueriesContext(connection) as asked:
            dues_keep(now=world.now)
        counts.append(len(asked))
    assert counts[0] == counts[1]
