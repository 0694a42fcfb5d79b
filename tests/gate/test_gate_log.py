"""The log of the gate: who came, whom they visit, what the host says, who should have left, and that it is gone."""

from datetime import date, timedelta
from functools import partial
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings
from django.db import connection, transaction
from django.db.utils import ProgrammingError
from django.test.utils import CaptureQueriesContext

from backend.administration.models import Change
from backend.common.models import IdempotencyRecord, OutboxMessage
from backend.duty.models import Absence
from backend.gate.models import KEPT, GateEntry, GateVisit, OpenDay
from backend.gate.services import visits_forget
from backend.gate.tasks import forget
from backend.notifications.models import Notice
from backend.notifications.news_standing import news_standing
from backend.notifications.rendering import words_of
from backend.notifications.tasks import tell_gate
from backend.organisation.models import Place
from backend.organisation.roles import Role
from tests.browser import SignIn
from tests.rounds.test_round_pages import browser_of
from tests.world import World, member_add

VISITOR, PLATE = "欧阳来访", "京A·12345"


def a_visitor(world: World, **changes: Any) -> dict[str, Any]:
    """Return somebody who visits Carol, with changes."""
    gate = Place.objects.filter(school=world.school).order_by("code")[0]
    body = {"gate": str(gate.id), "purpose": "work", "visitor": VISITOR, "plate": PLATE, "people": 2}
    return {**body, "host": str(world.carol.person.id), **changes}


def entered(world: World, who: str = "guard", **changes: Any) -> dict[str, Any]:
    """Enter a visitor; return the visit as the API shows it."""
    answer = world.members[who].client.post("gate/visits", a_visitor(world, **changes))
    assert answer.status_code == 201, answer.data
    return dict(answer.data)


@pytest.fixture
def gate(world: World) -> World:
    """The world with a guard, who holds nothing but a post in the security office."""
    member_add(world, "guard", [(Role.REPORTER, "security", False)], site=world.home)
    return world


def other_gate(world: World) -> str:
    """Return the second place of the school, at which nobody was counted."""
    return str(Place.objects.filter(school=world.school).order_by("code")[1].id)


def school_day(world: World) -> str:
    """Return the day it is at the school."""
    return world.now.astimezone(ZoneInfo(world.school.time_zone)).date().isoformat()


def overdue(world: World) -> dict[str, bool]:
    """Return by visit whether the guard reads that they should have left."""
    rows = world.guard.client.get("gate/visits").data["items"]
    return {row["id"]: row["is_overdue"] for row in rows}


def told(world: World, who: str) -> list[Notice]:
    """Carry the news, and return what somebody was told of the gate, the latest first."""
    tell_gate()
    rows = Notice.objects.filter(person=world.members[who].person, kind="gate.told").select_related("person")
    return list(rows.order_by("-created_at", "id"))


def moved_back(world: World, by: timedelta) -> UUID:
    """Write a visitor who came so long ago; return the visit."""
    came_at = world.now - by
    visit = GateVisit.objects.create(school=world.school, came_at=came_at, is_inside=True)
    GateEntry.objects.create(
        visit=visit,
        number=1,
        what="came",
        written_by=world.bob.person,
        written_at=came_at,
        came_at=came_at,
        gate=world.home.places["teaching-building"],
        purpose="guest",
        visitor=VISITOR,
        host=world.carol.person,
    )
    return visit.id


def test_a_visitor_is_entered_expected_and_leaves_and_every_word_stays_as_it_was(gate: World) -> None:
    visit = entered(gate)
    entry = visit["entry"]
    assert (entry["what"], entry["host"]["name"], entry["expected"], visit["is_inside"]) == (
        "came",
        "Carol",
        None,
        True,
    )
    path = f"gate/visits/{visit['id']}"
    notice = told(gate, "carol")[0]
    message = words_of(notices=[notice])[notice.id]()
    assert message.link == f"{settings.PUBLIC_URL}/gate/visits/{visit['id']}"
    stored = f"{notice.params} {message} {list(OutboxMessage.objects.filter(topic='gate.told').values('payload'))}"
    assert [word for word in (VISITOR, PLATE) if word in stored] == [], "a locked screen and the queue hold no name"
    assert gate.carol.client.get(path).data["entry"]["visitor"] == VISITOR, "the host alone reads it, by their notice"
    said = gate.carol.client.post(f"{path}/expect", {"expected": False})
    assert (said.status_code, said.data["entry"]["what"]) == (200, "not_expected")
    assert news_standing(notices=[notice], now=gate.now) == [], "the host has answered"
    alarm = told(gate, "guard")[0]
    assert alarm.params["what"] == "not_expected"
    assert news_standing(notices=[alarm], now=gate.now) == [alarm]
    other = Notice(person=gate.alice.person, subject_kind="person", kind=alarm.kind, params=alarm.params)
    assert news_standing(notices=[other], now=gate.now) == [], "whoever stands at no gate any more"
    assert gate.carol.client.post(f"{path}/expect", {"expected": True}).data["entry"]["expected"] is True
    assert news_standing(notices=[alarm], now=gate.now) == []
    assert gate.guard.client.post(f"{path}/expect", {"expected": True}).status_code == 404, "in the host's place nobody"
    assert gate.carol.client.post(f"{path}/leave").status_code == 404
    correct = gate.guard.client.post(f"{path}/correct", a_visitor(gate, host=str(gate.alice.person.id), people=3))
    assert (correct.data["entry"]["people"], correct.data["entry"]["expected"]) == (3, None)
    assert (len(told(gate, "alice")), gate.carol.client.get(path).status_code) == (1, 404), "another host is asked anew"
    left = gate.guard.client.post(f"{path}/leave")
    assert (left.data["is_inside"], left.data["entry"]["left_at"] is not None) == (False, True)
    assert gate.guard.client.post(f"{path}/leave").data["code"] == "not_inside"
    assert gate.alice.client.post(f"{path}/expect", {"expected": True}).data["code"] == "not_inside"
    back = a_visitor(gate, host=str(gate.alice.person.id), is_back=True)
    seen = gate.bob.client.post(f"{path}/correct", back).data
    assert seen["is_inside"], "they had not left after all"
    whats = ["came", "not_expected", "expected", "corrected", "left", "corrected"]
    assert [(row["what"], row["people"]) for row in seen["entries"]] == list(
        zip(whats, (2, 2, 2, 3, 3, 2), strict=True)
    )
    rows = GateEntry.objects.filter(visit=visit["id"])
    for change in (partial(rows.update, visitor="x"), rows.delete):
        with pytest.raises(ProgrammingError), transaction.atomic():
            change()


def test_for_a_host_who_is_away_somebody_else_of_their_office_is_asked(gate: World) -> None:
    away = {"starts_at": gate.now - timedelta(hours=1), "ends_at": gate.now + timedelta(hours=1)}
    Absence.objects.create(person=gate.ben.person, **away)
    visit = entered(gate, host=str(gate.ben.person.id))
    path = f"gate/visits/{visit['id']}"
    assert (visit["entry"]["host"]["name"], visit["entry"]["asked"]["name"]) == ("Ben", "Bob")
    assert (told(gate, "ben"), len(told(gate, "bob"))) == ([], 1)
    (asked,) = told(gate, "bob")
    assert "Ben, who is away" in str(words_of(notices=[asked])[asked.id]())
    assert gate.carol.client.post(f"{path}/expect", {"expected": False}).status_code == 404
    assert "is asked instead" in browser_of(gate.bob).get(f"/{path}").content.decode()
    assert gate.bob.client.post(f"{path}/expect", {"expected": False}).data["entry"]["what"] == "not_expected"
    assert [notice.params["what"] for notice in told(gate, "guard")] == ["not_expected"]
    assert [notice.params["what"] for notice in told(gate, "vera")] == ["not_expected"], "whoever leads on duty hears"


def test_whoever_is_not_let_in_is_an_entry_too_and_what_makes_no_sense_is_refused(gate: World) -> None:
    refused = entered(gate, host=None, refused="no_papers", note="Showed nothing")
    assert (refused["is_inside"], refused["entry"]["what"]) == (False, "refused")
    entered(gate, host=None, office=str(gate.home.units["facilities"].id))
    assert told(gate, "carol") == [], "an office is not told, and nobody of somebody who stayed outside"
    elsewhere, post = gate.elsewhere, gate.guard.client.post
    wrong: tuple[tuple[dict[str, Any], str, str], ...] = (
        ({"host": None}, "visited_unsaid", "/host"),
        ({"office": str(gate.home.units["facilities"].id)}, "visited_unsaid", "/host"),
        ({"host": str(gate.mallory.person.id)}, "unknown_visited", "/host"),
        ({"host": None, "office": str(elsewhere.units["security"].id)}, "unknown_visited", "/office"),
        ({"gate": str(elsewhere.places["stairwell"].id)}, "unknown_gate", "/gate"),
    )
    for changes, code, pointer in wrong:
        answer = post("gate/visits", a_visitor(gate, **changes))
        assert (answer.status_code, answer.data["code"]) == (400, code), answer.data
        assert answer.data["errors"][0]["pointer"] == pointer
    for changes in ({"visitor": ""}, {"people": 0}, {"purpose": "spying"}, {"religion": "none"}):
        assert post("gate/visits", a_visitor(gate, **changes)).status_code == 400, changes
    key = str(uuid4())
    twice = [post("gate/visits", a_visitor(gate), key=key).data["id"] for _ in range(2)]
    assert twice[0] == twice[1]
    kept = IdempotencyRecord.objects.filter(body__contains=twice[0])
    assert [VISITOR in row.body for row in kept] == [False], "who came stands in the log alone"


def test_the_log_is_for_the_gate_and_the_leaders_and_is_searched_by_no_name(gate: World) -> None:
    visit = entered(gate)
    path = f"gate/visits/{visit['id']}"
    for who in ("guard", "ben", "bob", "dan", "vera", "cleo"):
        client = gate.members[who].client
        statuses = [client.get(one).status_code for one in ("gate/visits", path, "gate/stay", "gate/open-days")]
        assert statuses == [200] * 4, who
    for who, code in (("alice", 404), ("erin", 404), ("mallory", 404), ("olga", 404)):
        assert gate.members[who].client.get(path).status_code == code, who
    for who in ("alice", "carol", "erin", "olga"):
        answer = gate.members[who].client.get("gate/visits")
        assert (answer.status_code, answer.data["code"]) == (403, "not_gate_reader"), who
        refused = gate.members[who].client.post("gate/visits", {"anything": 1})
        assert refused.data["code"] == "not_gate_reader", "nothing of the form is read for them"
    assert gate.mallory.client.get("gate/visits").data["items"] == []
    read = gate.guard.client.get
    assert len(read("gate/visits", inside="true").data["items"]) == 1
    assert read("gate/visits", day="2020-01-01").data["items"] == []
    for name, value in (("visitor", VISITOR), ("plate", PLATE), ("search", VISITOR), ("host", str(uuid4()))):
        assert read("gate/visits", **{name: value}).status_code == 400, name
    with CaptureQueriesContext(connection) as one:
        read("gate/visits")
    for _ in range(3):
        entered(gate)
    with CaptureQueriesContext(connection) as four:
        assert len(read("gate/visits").data["items"]) == 4
    assert len(one) == len(four), "no query for a row"


def test_whoever_stays_too_long_is_shown_by_the_time_the_school_sets(gate: World) -> None:
    visit = entered(gate)
    path = f"gate/visits/{visit['id']}"
    old = moved_back(gate, timedelta(minutes=90))
    assert overdue(gate) == {visit["id"]: False, str(old): False}
    assert gate.guard.client.post("gate/stay", {"stay_minutes": 60}).data["code"] == "not_gate_setter"
    assert gate.cleo.client.post("gate/stay", {"stay_minutes": 60}).data == {"stay_minutes": 60}
    assert overdue(gate) == {visit["id"]: False, str(old): True}
    assert gate.cleo.client.post("gate/stay", {"stay_minutes": 1}).status_code == 400
    assert gate.guard.client.get(path).data["is_overdue"] is False


def test_after_ninety_days_nothing_is_left_and_the_database_lets_nobody_delete_sooner(gate: World) -> None:
    over, young = moved_back(gate, KEPT + timedelta(minutes=5)), moved_back(gate, KEPT - timedelta(minutes=5))
    assert gate.guard.client.get(f"gate/visits/{over}").status_code == 404, "gone for readers before it is swept"
    assert [row["id"] for row in gate.guard.client.get("gate/visits").data["items"]] == [str(young)]
    forget()
    assert set(GateVisit.objects.values_list("id", flat=True)) == {young}
    assert set(GateEntry.objects.values_list("visit", flat=True)) == {young}
    assert visits_forget(now=gate.now) == 0
    for statement in ("DELETE FROM gate_gateentry", "DELETE FROM gate_gatevisit"):
        with pytest.raises(ProgrammingError, match="_kept"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


def test_a_host_who_changes_their_mind_without_end_keeps_nobody_inside(gate: World) -> None:
    path = f"gate/visits/{entered(gate)['id']}"

    def entries_are(count: int) -> None:
        last = GateEntry.objects.order_by("number").last()
        assert last
        last.pk, last.number = None, count
        last.save(force_insert=True)
        GateVisit.objects.update(entry_count=count)

    entries_are(30)
    word = gate.carol.client.post(f"{path}/expect", {"expected": False})
    assert (word.status_code, word.data["code"]) == (409, "too_many_entries")
    assert gate.guard.client.post(f"{path}/correct", a_visitor(gate)).status_code == 200
    entries_are(50)
    assert gate.guard.client.post(f"{path}/correct", a_visitor(gate)).data["code"] == "too_many_entries"
    assert gate.guard.client.post(f"{path}/leave").data["is_inside"] is False


def test_an_open_day_is_counted_without_names(gate: World) -> None:
    where = a_visitor(gate)["gate"]
    count: dict[str, Any] = {"gate": where, "came_in": 120, "went_out": 5}
    assert gate.guard.client.post("gate/counts", count).data["code"] == "not_open_today"
    assert gate.guard.client.get("gate/open-days").data["items"] == []
    day = {"day": school_day(gate), "about": "Open day"}
    assert gate.bob.client.post("gate/open-days", day).data["code"] == "not_gate_setter"
    assert gate.vera.client.post("gate/open-days", {**day, "day": "2020-01-01"}).data["code"] == "day_past"
    slip = {**day, "day": "2206-09-01"}
    assert gate.vera.client.post("gate/open-days", slip).data["errors"][0]["code"] == "out_of_range"
    assert gate.vera.client.post("gate/open-days", day).status_code == 201
    assert gate.vera.client.post("gate/open-days", day).data["code"] == "open_already"
    assert gate.guard.client.post("gate/counts", count).status_code == 201
    less = gate.guard.client.post("gate/counts", {"gate": where, "came_in": -20})
    assert (less.data["came_in"], less.data["went_out"]) == (100, 5), "a correction takes away again"
    for more in ({"came_in": -101}, {"came_in": 5, "went_out": -6}, {"came_in": -1, "gate": other_gate(gate)}):
        refused = gate.guard.client.post("gate/counts", {"gate": where, **more})
        assert (refused.status_code, refused.data["code"]) == (409, "count_below_zero"), more
    assert gate.guard.client.post("gate/counts", {**count, "visitor": VISITOR}).status_code == 400
    unknown = {**count, "gate": str(gate.elsewhere.places["stairwell"].id)}
    assert gate.guard.client.post("gate/counts", unknown).data["code"] == "unknown_gate"
    assert gate.alice.client.post("gate/counts", count).data["code"] == "not_gate_reader"


def test_an_open_day_is_taken_back_while_nobody_was_counted(gate: World, signed_in: SignIn) -> None:
    """A day made by mistake stayed one for ever, and at the gate no name was asked on it."""
    days = [str(date.fromisoformat(school_day(gate)) + timedelta(days=ahead)) for ahead in range(3)]
    ids = [gate.vera.client.post("gate/open-days", {"day": day, "about": "Fair"}).data["id"] for day in days]

    def taken_back(who: str, day_id: str) -> int:
        return int(gate.members[who].client.http.delete(f"/api/v1/gate/open-days/{day_id}").status_code)

    assert [taken_back(who, ids[1]) for who in ("bob", "guard", "mallory", "vera", "vera")] == [403, 403, 404, 204, 404]
    assert gate.guard.client.post("gate/counts", {"gate": a_visitor(gate)["gate"], "came_in": 1}).status_code == 201
    assert taken_back("vera", ids[0]) == 409
    vera = signed_in(gate.vera)
    page = vera.get("/gate").content.decode()
    assert (f"{ids[0]}/take-back" in page, f"{ids[2]}/take-back" in page) == (False, True)
    assert signed_in(gate.guard).post(f"/gate/open-days/{ids[2]}/take-back").status_code == 403
    assert vera.post(f"/gate/open-days/{ids[2]}/take-back").status_code == 302
    assert [one["id"] for one in gate.vera.client.get("gate/open-days").data["items"]] == [ids[0]]
    record = Change.objects.filter(object_pk__in=ids, employer_id=gate.school.id).order_by("id")
    assert list(record.values_list("object_pk", "action")) == [
        *((each, Change.Action.CREATE) for each in ids),
        (ids[1], Change.Action.DELETE),
        (ids[2], Change.Action.DELETE),
    ]


def test_the_pages_take_a_visitor_in_few_taps_and_ask_the_host_with_one(gate: World, signed_in: SignIn) -> None:
    guard, carol, vera = (signed_in(gate.members[who]) for who in ("guard", "carol", "vera"))
    assert "Gate: visitors and vehicles" in guard.get("/").content.decode()
    assert "Gate: visitors" not in carol.get("/").content.decode()
    assert carol.get("/gate").status_code == 403
    body = a_visitor(gate, host=f"person:{gate.carol.person.id}")
    assert guard.post("/gate/new", {**body, "visitor": ""}).status_code == 400
    kept = guard.post("/gate/new", {**body, "host": "person:nobody"})
    assert (kept.status_code, VISITOR in kept.content.decode()) == (400, True), "what was typed stays"
    assert guard.post("/gate/new", body).status_code == 302
    assert guard.post("/gate/new", {**body, "host": "", "refused": "not_now"}).status_code == 302
    form = guard.get("/gate/new").content.decode()
    assert form.index(f'value="{body["gate"]}" selected') < form.index("</select>"), "the gate used last is chosen"
    visit = GateVisit.objects.get(is_inside=True)
    page = f"/gate/visits/{visit.id}"
    assert len(told(gate, "carol")) == 1
    assert f'href="{page}"' in carol.get("/notices").content.decode()
    asked = carol.get(page).content.decode()
    assert ("Do you expect them?" in asked, "Correct something" in asked) == (True, False)
    assert signed_in(gate.alice).get(page).status_code == 404
    assert carol.post(f"{page}/expect", {"unexpected": "yes"}).status_code == 302
    assert "The host does not expect them" in guard.get("/gate").content.decode()
    assert carol.post(f"{page}/expect", {"expected": "yes"}).status_code == 302
    assert guard.post(f"{page}/correct", {**body, "host": "office:x"}).status_code == 400
    assert guard.post(f"{page}/correct", {**body, "people": "4"}).status_code == 302
    assert "4 people" in guard.get(page).content.decode()
    assert guard.post(f"{page}/leave").status_code == 302
    assert guard.get("/gate?day=2020-01-01").status_code == 200
    for ahead in range(1, 7):
        later = {"day": str(date.fromisoformat(school_day(gate)) + timedelta(days=ahead)), "about": "Planned"}
        assert vera.post("/gate/open-days", later).status_code == 302
    for path, sent in (("stay", {"stay_minutes": "45"}), ("open-days", {"day": school_day(gate), "about": "Fair"})):
        assert guard.post(f"/gate/{path}", sent).status_code == 403
        assert vera.post(f"/gate/{path}", {}).status_code == 400
        assert vera.post(f"/gate/{path}", sent).status_code == 302
    assert guard.post("/gate/counts", {"gate": body["gate"], "came_in": "30"}).status_code == 302
    assert "30 came in, 0 went out." in guard.get("/gate").content.decode()
    moved_back(gate, timedelta(hours=1))
    assert "A visitor should have left." in signed_in(gate.dan).get("/today").content.decode()


def test_an_open_day_is_counted_at_every_gate_however_many_are_planned_ahead(gate: World, signed_in: SignIn) -> None:
    """With five days planned ahead the page had no form for today, and it offered no gate that was not used before."""
    today = gate.now.astimezone(ZoneInfo(gate.school.time_zone)).date()
    days = [OpenDay(school=gate.school, day=today + timedelta(days=ahead), about="Fair") for ahead in range(6)]
    for day in days:
        day.called_by, day.called_at = gate.vera.person, gate.now
    OpenDay.objects.bulk_create(days)
    entered(gate)
    page = signed_in(gate.guard).get("/gate").content.decode()
    assert "Open day today: Fair" in page
    assert f'value="{gate.home.places["stairwell"].id}"' in page.split('id="count-gate"')[1].split("</select>")[0]


def test_whoever_was_visited_stays_so_after_they_have_left_the_school(gate: World, signed_in: SignIn) -> None:
    """Nothing of the visit could be corrected then: its host was refused, and not even offered."""
    path = f"gate/visits/{entered(gate)['id']}"
    gate.carol.user.is_active = False
    gate.carol.user.save()
    assert gate.guard.client.post("gate/visits", a_visitor(gate)).data["code"] == "unknown_visited"
    assert gate.guard.client.post(f"{path}/correct", a_visitor(gate, people=3)).data["entry"]["people"] == 3
    body = a_visitor(gate, host=f"person:{gate.carol.person.id}")
    assert f'value="{body["host"]}" checked' in signed_in(gate.guard).get(f"/{path}").content.decode()
    other = a_visitor(gate, host=str(gate.alice.person.id))
    assert gate.guard.client.post(f"{path}/correct", other).status_code == 200
    assert gate.guard.client.post(f"{path}/correct", a_visitor(gate)).data["code"] == "unknown_visited"


def test_a_second_tap_enters_nobody_twice_and_counts_nobody_twice(gate: World, signed_in: SignIn) -> None:
    """At the gate, with a slow network, it let everybody in twice: the host was asked twice, and one never left."""
    guard, day = signed_in(gate.guard), {"day": school_day(gate), "about": "Fair"}
    assert gate.vera.client.post("gate/open-days", day).status_code == 201
    body = a_visitor(gate, host=f"person:{gate.carol.person.id}")
    for _visitor in range(2):
        page = guard.get("/gate/new").context["token"]
        for _tap in range(2):
            assert guard.post("/gate/new", {**body, "token": page}).status_code == 302
    assert GateVisit.objects.count() == 2
    token = guard.get("/gate").context["token"]
    for _tap in range(2):
        counted = guard.post("/gate/counts", {"gate": body["gate"], "came_in": "30", "token": token}, follow=True)
    assert "30 came in, 0 went out." in counted.content.decode()
