"""The training log: who enters what, who reads whose name, what counts until when, and what a mistake leaves behind."""

from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connection, transaction
from django.db.utils import InternalError, ProgrammingError
from django.test.utils import CaptureQueriesContext

from backend.administration.models import Change
from backend.organisation.models import Unit
from backend.organisation.roles import Role
from backend.training.models import StaffAttendance, TrainingSession
from backend.training.services.forgetting import names_forget
from tests.roles import as_owner
from tests.world import World, appoint


def day(world: World, ahead: int = 0) -> date:
    """Return today by the school's clock, or a day ahead."""
    return world.now.astimezone(ZoneInfo(world.school.time_zone)).date() + timedelta(days=ahead)


def held(world: World, who: str, *present: str, **more: Any) -> Any:
    """Enter a fire training of today at which these people were."""
    body = {
        "code": "FIRE_SAFETY",
        "kind": "training",
        "held_on": str(day(world)),
        "minutes": 45,
        "held_by": "District fire brigade",
        "people": [str(world.members[name].person.id) for name in present],
        **more,
    }
    return world.members[who].client.post("trainings", body)


def room(world: World, code: str, *, teacher: str | None = None) -> Unit:
    """Make a class of the home school, with a head teacher if there is to be one."""
    unit = Unit.objects.create(
        school=world.school, kind=Unit.Kind.CLASS, code=code, name_zh=code, name_en=f"Class {code}"
    )
    if teacher:
        appoint(world.members[teacher].person, Role.OFFICE_HEAD, unit, world.now)
    return unit


def codes(*answers: Any) -> list[str]:
    """Return the codes for which these were refused."""
    return [[*answer.data.get("errors", ()), answer.data][0]["code"] for answer in answers]


def test_what_was_held_is_open_and_who_was_there_is_not(world: World) -> None:
    made = held(world, "bob", "alice", "carol", "bob", certificate="Fire warden")
    assert made.status_code == 201, made.data
    shown = made.data
    assert (shown["name"], shown["people_count"], shown["by"]["name"]) == ("Fire safety training", 3, "Bob")
    assert shown["counts_until"] == str(day(world, 365))
    path = f"trainings/{shown['id']}"
    seen = {
        name: [one["name"] for one in world.members[name].client.get(path).data["people"]]
        for name in ("alice", "carol", "ben", "bob", "dan")
    }
    everybody = ["Alice", "Bob", "Carol"]
    assert seen == {"alice": ["Alice"], "carol": ["Carol"], "ben": [], "bob": everybody, "dan": everybody}
    ben, alice = (world.members[name].client.get(path).data for name in ("ben", "alice"))
    assert (ben["people_count"], ben["certificate"], alice["certificate"]) == (3, "", "Fire warden")
    assert [row["id"] for row in world.alice.client.get("trainings", mine="true").data["items"]] == [shown["id"]]
    assert world.ben.client.get("trainings", mine="true").data["items"] == []
    assert world.mallory.client.get(path).status_code == 404
    assert world.mallory.client.post(f"{path}/void", {"reason": "No"}).status_code == 404
    assert world.mallory.client.get("trainings").data["items"] == []
    kept = Change.objects.filter(employer_id=world.school.id, object_pk=shown["id"])
    assert [row.actor_id for row in kept] == [world.bob.user.pk]


def test_head_teachers_enter_their_own_classes_alone_and_nobody_by_name(world: World) -> None:
    assert codes(held(world, "alice", "alice")) == ["not_training_recorder"]
    own, other = room(world, "1-1", teacher="alice"), room(world, "1-2")

    def lesson(who: str, unit: Unit, *present: str, **more: Any) -> Any:
        classes = [{"unit": str(unit.id), "due": 40, "present": 38, **more}]
        return held(world, who, *present, code="TRAFFIC_LESSON", kind="lesson", classes=classes)

    assert lesson("alice", own).data["classes"][0]["present"] == 38
    assert codes(lesson("alice", other), lesson("alice", own, "alice")) == ["not_your_class"] * 2
    assert lesson("bob", other, "carol").status_code == 201, "the office that holds it enters it for all"
    assert codes(lesson("dan", own, present=41)) == ["too_many_present"]
    assert codes(lesson("dan", world.home.units["security"])) == ["unknown_class"]


def test_what_makes_no_sense_is_refused(world: World) -> None:
    refused = [
        held(world, "dan"),
        held(world, "dan", "mallory"),
        held(world, "dan", "bob", held_on=str(day(world, 1))),
        held(world, "dan", "bob", counts_until=str(day(world, -1))),
        held(world, "dan", "bob", code="NO_SUCH"),
        held(world, "dan", "bob", code=None),
    ]
    expected = ["nobody_present", "unknown_attendee", "held_in_future", "counts_backwards"]
    assert codes(*refused) == [*expected, "unknown_training", "untitled_training"]
    other = held(world, "dan", "bob", code=None, title="Talk of the health authority", kind="lecture")
    assert (other.data["name"], other.data["counts_until"]) == ("Talk of the health authority", None)
    required = {row["code"]: row for row in world.alice.client.get("trainings/required").data}
    assert required["FIRST_AID"] == {
        "code": "FIRST_AID",
        "name": "First aid training",
        "posts": ["handler", "office_head"],
        "office": "health-room",
        "each_class": False,
        "every_days": 730,
        "first_days": 60,
        "told_days": 60,
    }


def test_a_mistake_stays_to_be_seen_and_nothing_is_rewritten(world: World) -> None:
    made = held(world, "bob", "alice").data["id"]
    path = f"trainings/{made}/void"
    assert codes(world.carol.client.post(path, {"reason": "Why not"})) == ["not_training_recorder"]
    done = world.bob.client.post(path, {"reason": "It was another day."})
    assert (done.data["is_void"], done.data["void_by"]["name"]) == (True, "Bob")
    assert codes(world.dan.client.post(path, {"reason": "Again"})) == ["already_void"]
    assert world.alice.client.get("trainings", mine="true").data["items"] == []
    with pytest.raises(ProgrammingError), transaction.atomic():
        TrainingSession.objects.filter(id=made).update(people_count=9)
    with pytest.raises((InternalError, ProgrammingError)), transaction.atomic():
        StaffAttendance.objects.all().delete()


def test_names_go_three_years_after_it_stopped_counting(world: World) -> None:
    held(world, "dan", "alice", "bob")
    long_ago = held(world, "dan", "alice", held_on="2019-03-01", counts_until="2020-03-01").data["id"]
    with as_owner(), connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM training_staffattendance WHERE kept_until < current_date")
        assert cursor.fetchone() == (1,)
    names_forget(now=world.now)
    left = world.dan.client.get(f"trainings/{long_ago}").data
    assert (left["people"], left["people_count"]) == ([], 1)
    assert StaffAttendance.objects.count() == 2


def test_a_page_of_the_log_costs_the_same_for_any_number(world: World) -> None:
    counts = []
    for _entry in range(2):
        held(world, "dan", "alice", "bob", classes=[{"unit": str(room(world, str(_entry)).id), "due": 9, "present": 9}])
        with CaptureQueriesContext(connection) as asked:
            assert world.alice.client.get("trainings").status_code == 200
        counts.append(len(asked))
    assert counts[0] == counts[1]
