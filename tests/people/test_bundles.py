"""Staff from a portal by a OneRoster bundle: taken in as it was looked at, and who left there is gone here."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.translation import override
from knox.models import AuthToken

from backend.accounts.models import User
from backend.administration.models import Change
from backend.common.clock import database_now
from backend.integrations.models import ServiceAccount
from backend.organisation.models import Appointment, ContactChannel, Person, Unit
from backend.people.bundle.faults import BundleFaulty
from backend.people.bundle.reading import DEEPEST, MOST_FAULTS, Reader, roster_read
from backend.people.models import PeopleSync, SourcedPerson
from backend.people.services.opening import source_open
from backend.people.services.syncing import bundle_look, rosters_forget, sync_carry_out
from backend.people.tasks import forget, sync
from backend.workflow.models import Ticket, TicketEvent
from backend.workflow.states import State
from tests.integrations.programs import Program, administrator, made
from tests.people.bundles import ORGS, archive, bundle, enrolled, looked, manifest, text_of, user
from tests.workflow.steps import ticket_in
from tests.world import Client, World

TEN = [user(number) for number in range(10)]


def taken(client: Client, content: bytes, **body: object) -> dict[str, Any]:
    """Look at a bundle in English and have a worker take it in that speaks Chinese; return what was looked at."""
    answer = looked(client, content)
    assert answer.status_code == 201, answer.data
    sync_id = answer.data["sync"]["id"]
    assert client.post(f"people-syncs/{sync_id}/apply", body).status_code == 202
    with override("zh-hans"):
        sync()
    done = client.get(f"people-syncs/{sync_id}").data
    assert done["state"] == "done"
    return dict(answer.data)


def held(number: str) -> set[tuple[str, str | None]]:
    """Return the posts somebody holds now."""
    rows = Appointment.objects.filter(person__staff_number=number, ends_at=None)
    return set(rows.values_list("post__role", "post__unit__name_zh"))


def refused(answer: Any) -> list[tuple[str, str]]:
    """Return the code and pointer of everything that is wrong."""
    assert answer.status_code == 400, answer.data
    return [(error["code"], error["pointer"]) for error in answer.data["errors"]]


def test_staff_come_with_offices_and_classes_and_nobody_else_does(world: World) -> None:
    ada = administrator(world).client
    people = [
        user(1, role="administrator"),
        user(2, "Emily", familyName="Carter", orgs="o-2", email=""),
        user(3, orgs="o-1"),
        user(4, "Pupil", role="student", familyName="SECRET"),
        user(5, "Mother", role="guardian"),
    ]
    seen = looked(ada, bundle(people, enrollments=[enrolled("u-1"), enrolled("u-4", role="student")]))
    assert seen.status_code == 201, seen.data
    assert not Person.objects.filter(staff_number="N1").exists()
    assert (seen.data["counts"]["comes"], seen.data["counts"]["unit_new"], seen.data["others"]) == (3, 2, 2)
    kept = PeopleSync.objects.get()
    assert "SECRET" not in str(kept.roster)
    taken(ada, bundle(people, enrollments=[enrolled("u-1")]))
    assert held("N1") == {("reporter", "图书馆"), ("reporter", "高一1班")}
    assert held("N2") == {("reporter", "保卫处")}
    assert held("N3") == {("reporter", world.school.intake_unit.name_zh)}  # type: ignore[union-attr]
    names = dict(Person.objects.filter(staff_number__startswith="N").values_list("staff_number", "name"))
    assert names == {"N1": "林晓燕", "N2": "Emily Carter", "N3": "林晓燕"}
    assert ContactChannel.objects.get(address="n1@portal.example").verified_at is None
    assert Unit.objects.get(code="g1-1").kind == "class"
    # Nobody becomes anything but staff by it, and no account is made.
    assert not Person.objects.filter(staff_number__startswith="N", user__isnull=False).exists()
    record = Change.objects.filter(content_type__model="person", object_repr="Emily Carter").get()
    assert record.actor_id == world.ada.user.pk


def test_the_same_again_changes_nothing_and_a_new_name_is_the_same_person(world: World) -> None:
    ada = administrator(world).client
    taken(ada, bundle(TEN))
    now, actor = database_now(), world.ada.actor
    with CaptureQueriesContext(connection) as statements:
        again = bundle_look(actor=actor, content=bundle(TEN), now=now)
    assert (again.sync, again.plan.changes, again.plan.same) == (None, [], 10)
    assert not [one["sql"] for one in statements if not one["sql"].startswith("SELECT")]
    assert looked(ada, bundle(TEN)).status_code == 200
    who = Person.objects.get(staff_number="N3").pk
    moved = [*TEN[:3], user(3, "小燕", identifier="N77", orgs="o-2"), *TEN[4:]]
    shown = taken(ada, bundle(moved))
    assert [change["sort"] for change in shown["changes"]] == ["changes", "moves"]
    person = Person.objects.get(pk=who)
    assert (person.name, person.staff_number, held("N77")) == ("林小燕", "N77", {("reporter", "保卫处")})


def test_who_is_missing_or_deleted_leaves_and_their_work_goes_on(world: World) -> None:
    ada = administrator(world).client
    bob = user(99, identifier="bob", orgs="o-2", email="")
    ticket_id = ticket_in(world, State.IN_PROGRESS)
    Ticket.objects.filter(id=ticket_id).update(assignee=world.ben.person)
    ben = user(98, identifier="ben", orgs="o-2", email="")
    shown = taken(ada, bundle([*TEN, bob, ben]))
    assert shown["counts"]["known"] == 2
    assert world.ben.client.get("me").status_code == 200
    taken(ada, bundle([*TEN[1:], bob, {**ben, "status": "tobedeleted"}]))
    for number in ("N0", "ben"):
        assert held(number) == set()
    account = User.objects.get(pk=world.ben.user.pk)
    assert (account.is_active, AuthToken.objects.filter(user=account).exists()) == (False, False)
    assert world.ben.client.get("me").status_code == 401
    assert Ticket.objects.get(id=ticket_id).assignee is None
    assert TicketEvent.objects.filter(ticket=ticket_id, kind="assignee-left").count() == 1
    # Who never came from the portal stays.
    assert held("alice") != set()
    # Of what changed alone nobody is missing.
    delta = looked(ada, bundle([user(50)], mode="delta"))
    assert (delta.data["counts"]["comes"], delta.data["counts"]["leaves"]) == (1, 0)
    gone = taken(ada, bundle([{**TEN[1], "enabledUser": "false"}, user(404, status="tobedeleted")], mode="delta"))
    assert [change["what"] for change in gone["changes"]] == ["林晓燕 · N1"]
    assert looked(ada, bundle([*TEN[2:], bob])).status_code == 200
    back = taken(ada, bundle([TEN[1]], mode="delta"))
    assert back["counts"]["comes"] == 1
    assert SourcedPerson.objects.get(sourced_id="u-1").left_at is None


def test_unusually_many_leave_only_once_an_administrator_looked_a_second_time(world: World) -> None:
    ada = administrator(world).client
    taken(ada, bundle(TEN))
    few = looked(ada, bundle(TEN[:5]))
    assert (few.data["is_held"], few.data["counts"]["leaves"]) == (False, 5)
    many = looked(ada, bundle(TEN[:4]))
    assert many.data["is_held"]
    path = f"people-syncs/{many.data['sync']['id']}"
    assert ada.get(f"{path}/preview").data["counts"] == many.data["counts"]
    held_back = ada.post(f"{path}/apply")
    assert (held_back.status_code, held_back.data["code"]) == (409, "too_many_leave")
    assert ada.post(f"{path}/apply", {"despite_guard": True}).status_code == 202
    sync()
    assert SourcedPerson.objects.filter(left_at=None).count() == 4


def test_the_guard_counts_a_day_so_that_small_bundles_one_after_another_win_nothing(world: World) -> None:
    ada, account = administrator(world).client, made(world, "people.sync")
    portal = Program(account["secret"])
    source_open(actor=world.ada.actor, account_id=UUID(account["id"]), now=database_now())
    taken(ada, bundle(TEN))
    halves = [bundle([{**row, "status": "tobedeleted"} for row in half], mode="delta") for half in (TEN[:5], TEN[5:])]
    first, second = (looked(portal, half).data["sync"] for half in halves)
    assert [first["is_held"], second["is_held"]] == [False, False]
    for one in (first, second):
        assert portal.post(f"people-syncs/{one['id']}/apply", {"despite_guard": True}).status_code == 202
        sync()
    assert dict(PeopleSync.objects.values_list("id", "state"))[UUID(second["id"])] == "outdated"
    assert SourcedPerson.objects.filter(left_at=None).count() == 5
    # Who is brought back in between still lost their account, and counts.
    taken(ada, bundle(TEN[:5], mode="delta"))
    assert looked(ada, halves[1]).data["is_held"]
    PeopleSync.objects.filter(state="done").update(done_at=database_now() - timedelta(hours=25))
    assert not looked(ada, halves[1]).data["is_held"]


def test_what_was_looked_at_is_what_is_done_or_nothing_is(world: World) -> None:
    ada = administrator(world).client
    first = looked(ada, bundle(TEN)).data["sync"]["id"]
    other = looked(ada, bundle(TEN[:9])).data["sync"]["id"]
    for sync_id in (other, first):
        assert ada.post(f"people-syncs/{sync_id}/apply").status_code == 202
    sync()
    states = dict(PeopleSync.objects.values_list("id", "state"))
    assert sorted(states.values()) == ["done", "outdated"]
    assert SourcedPerson.objects.count() in {9, 10}
    assert not PeopleSync.objects.filter(roster__isnull=False).exists()
    twice = ada.post(f"people-syncs/{first}/apply")
    assert (twice.status_code, twice.data["code"]) == (409, "people_sync_outdated")
    assert ada.get(f"people-syncs/{first}/preview").status_code == 409
    sync_carry_out(sync_id=PeopleSync.objects.values_list("id", flat=True)[0], now=database_now())
    looked(ada, bundle([user(77)], mode="delta"))
    forget()
    assert PeopleSync.objects.filter(roster__isnull=False).count() == 1
    assert rosters_forget(now=database_now().replace(year=2100)) == 1


def test_who_holds_power_is_left_to_an_administrator(world: World) -> None:
    ada = administrator(world).client
    rows = [user(name, identifier=name, orgs="o-2", email=f"{name}@evil.example") for name in ("dan", "erin", "ada")]
    shown = taken(ada, bundle([*TEN, *rows]))
    assert (shown["counts"]["known"], shown["counts"]["kept"]) == (3, 3)
    assert not ContactChannel.objects.filter(address__endswith="@evil.example").exists()
    assert Person.objects.get(pk=world.dan.person.pk).name == "Dan"
    assert ("reporter", "保卫处") not in held("dan")
    gone = looked(ada, bundle(TEN))
    assert (gone.status_code, gone.data["counts"]["kept"], gone.data["counts"]["leaves"]) == (200, 3, 0)


def test_a_program_brings_them_only_where_that_was_opened_and_only_what_it_sent(world: World, signed_in: Any) -> None:
    account = made(world, "people.sync")
    portal = Program(account["secret"])
    closed = looked(portal, bundle(TEN))
    assert (closed.status_code, closed.data["code"]) == (403, "people_sync_closed")
    page = signed_in(world.ada)
    assert page.post("/people-sync/open", {"account": account["id"]}).status_code == 302
    other = Program(made(world, "people.sync", name="other")["secret"])
    assert looked(other, bundle(TEN)).status_code == 403
    taken(portal, bundle(TEN))
    record = Change.objects.filter(content_type__model="person", object_repr="林晓燕").first()
    assert record is not None
    assert (record.actor_id, record.additional_data) == (None, {"service": "校园门户"})
    many = looked(portal, bundle(TEN[:4])).data["sync"]
    assert portal.post(f"people-syncs/{many['id']}/apply", {"despite_guard": True}).data["code"] == "too_many_leave"
    by_hand = looked(world.ada.client, bundle(TEN[:9])).data["sync"]
    assert portal.post(f"people-syncs/{by_hand['id']}/apply").status_code == 404
    # An administrator may take in what the program may not.
    assert page.post(f"/people-sync/{many['id']}", {"despite_guard": "1"}).status_code == 302
    assert looked(portal, bundle([user(60)], mode="delta")).status_code == 201
    waiting = portal.post(f"people-syncs/{PeopleSync.objects.latest('made_at').pk}/apply")
    assert waiting.status_code == 202
    assert page.post("/people-sync/close").status_code == 302
    sync()
    assert PeopleSync.objects.get(id=many["id"]).state == "done"
    assert PeopleSync.objects.latest("made_at").state == "outdated"
    assert not Person.objects.filter(staff_number="N60").exists()


def test_others_neither_see_nor_bring_them(world: World) -> None:
    ada = administrator(world).client
    made_here = looked(ada, bundle(TEN)).data["sync"]["id"]
    for path in (f"people-syncs/{made_here}", f"people-syncs/{made_here}/preview"):
        assert world.alice.client.get(path).status_code == 403
    assert looked(world.alice.client, bundle(TEN)).data["code"] == "not_administrator"


@pytest.mark.parametrize("version", ["1.1", "1.2"])
def test_roles_stand_where_the_version_has_them(world: World, version: str) -> None:
    ada = administrator(world).client
    people = [user(1, "甲"), user(2, "乙"), user(3, "丙")]
    told = [("u-1", "teacher"), ("u-2", "student"), ("u-2", "teacher"), ("u-3", "parent")]
    roles = [{"userSourcedId": who, "role": role, "orgSourcedId": "o-3"} for who, role in told]
    if version == "1.2":
        bare = [{name: cell for name, cell in row.items() if name not in {"role", "orgSourcedIds"}} for row in people]
        answer = looked(ada, bundle(bare, version="1.2", roles=roles))
    else:
        answer = looked(ada, bundle([people[0], {**people[1], "role": "student"}, {**people[2], "role": "parent"}]))
    assert [change["what"] for change in answer.data["changes"] if change["sort"] == "comes"] == ["林甲 · N1 · 图书馆"]


def test_each_bad_cell_is_named_by_file_line_column_and_code(world: World) -> None:
    ada = administrator(world).client
    bad = [
        user(1, identifier=""),
        user(2, role="king"),
        user(3, givenName="", familyName=""),
        user(4, email="no"),
        user(5, identifier="1001.0"),
        user(6, orgs="o-3,o-9"),
        {**user(7), "sourcedId": "u-1"},
        user(8, identifier="user1"),
        user(9, identifier="=1+1"),
    ]
    assert refused(looked(ada, bundle(bad))) == [
        ("cell_wrong", "/users.csv/3/role"),
        ("cell_empty", "/users.csv/4/familyName"),
        ("cell_wrong", "/users.csv/5/email"),
        ("cell_wrong", "/users.csv/6/identifier"),
        ("not_there", "/users.csv/7/orgSourcedIds"),
        ("twice", "/users.csv/8/sourcedId"),
        ("twice", "/users.csv/9/identifier"),
        ("cell_wrong", "/users.csv/10/identifier"),
    ]
    short = [{name: cell for name, cell in user(1).items() if name not in {"givenName", "role"}}]
    assert refused(looked(ada, bundle(short))) == [
        ("heading_missing", "/users.csv/1/givenName"),
        ("heading_missing", "/users.csv/1/role"),
    ]
    taken(ada, bundle(TEN))
    assert refused(looked(ada, bundle([*TEN, user(11, identifier="N1")])))[0][0] == "twice"
    swapped = [*TEN, user(12, identifier="n１")]
    assert refused(looked(ada, bundle(swapped))) == [("twice", "/users.csv/12/identifier")]
    shared = looked(ada, bundle([*TEN, user(13, email="N1@portal.example")]))
    assert shared.data["counts"]["address_taken"] == 1


def test_of_a_bundle_full_of_faults_the_first_are_named_and_the_rest_is_not_kept(world: World) -> None:
    """Some kilobytes unpack to millions of unknown ids, each of which would be a fault in memory."""
    ada = administrator(world).client
    many = ",".join(f"{number:x}" for number in range(101))
    assert refused(looked(ada, bundle([user(1, orgs=many)]))) == [("cell_wrong", "/users.csv/2/orgSourcedIds")]
    reader = Reader(frozenset({"qinghe"}), frozenset())
    some = ",".join(["o-3", *(f"{number:x}" for number in range(90))])
    with pytest.raises(BundleFaulty) as found:
        roster_read(content=bundle([user(number, orgs=some) for number in range(100)]), reader=reader)
    assert len(found.value.faults) == MOST_FAULTS
    deep = [{**ORGS[1], "sourcedId": f"d-{at}", "parentSourcedId": f"d-{at - 1}"} for at in range(2000)]
    roster = roster_read(
        content=bundle(TEN, orgs=[*ORGS, {**deep[0], "parentSourcedId": "o-1"}, *deep[1:]]), reader=reader
    )
    assert len([unit for unit in roster.units if unit.id.startswith("d-")]) == DEEPEST


WHOLE = {"orgs": "bulk", "users": "bulk"}
FILES = {"orgs.csv": text_of(ORGS), "users.csv": text_of(TEN)}


@pytest.mark.slow("tests/people/test_bundles.py", after=3)
@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"no archive", "OneRoster bundle"),
        (archive({"users.csv": text_of(TEN)}), "manifest.csv"),
        (archive({"manifest.csv": manifest(**WHOLE), "users.csv": text_of(TEN)}), "orgs.csv"),
        (archive({"manifest.csv": manifest("2.0", **WHOLE), **FILES}), "2.0"),
        (archive({"manifest.csv": manifest(orgs="delta", users="bulk"), **FILES}), "in full"),
        (archive({"manifest.csv": manifest(orgs="bulk", users="maybe"), **FILES}), "neither bulk"),
        (archive({"manifest.csv": manifest("1.2", **WHOLE), **FILES}), "roles.csv"),
        (archive({"manifest.csv": manifest(**WHOLE), **FILES, "users.csv": text_of(TEN).encode("gb18030")}), "UTF-8"),
        (archive({"manifest.csv": manifest(**WHOLE), **FILES, "users.csv": b'a,"b\n' * 9}), "quotation mark"),
        (archive({"manifest.csv": manifest(**WHOLE), **FILES, "users.csv": b"a\0"}), "OneRoster bundle"),
        (archive({"manifest.csv": manifest(**WHOLE), **FILES, "zeros.csv": b"0" * 80_000_001}), "too large"),
        (archive({"manifest.csv": manifest(**WHOLE), **FILES, "orgs.csv": text_of([*ORGS[1:]])}), "not clear"),
    ],
)
def test_a_bundle_that_cannot_be_read_is_refused_as_a_whole(world: World, content: bytes, said: str) -> None:
    answer = looked(administrator(world).client, content)
    assert (answer.status_code, answer.data["code"]) == (400, "bundle_unreadable")
    assert said in answer.data["detail"]


def test_with_a_mark_quotes_and_unknown_columns_it_is_read(world: World) -> None:
    users = text_of([user(1, agentSourcedIds="a,b")]).encode("utf-8-sig")
    answer = looked(administrator(world).client, bundle(users))
    assert answer.data["counts"]["comes"] == 1


def test_among_several_schools_its_own_is_found(world: World) -> None:
    """A district's export holds all of its schools; the staff of the others stay out."""
    orgs = [{**ORGS[0], "identifier": world.school.code}, *ORGS[1:], {**ORGS[0], "sourcedId": "o-8", "identifier": "x"}]
    answer = looked(administrator(world).client, bundle([user(1), user(2, orgs="o-8")], orgs=orgs))
    assert (answer.data["counts"]["comes"], answer.data["others"]) == (1, 1)


def test_no_statement_is_made_for_each_person(world: World) -> None:
    ada = administrator(world)
    counted: list[int] = []
    for many in (100, 1000):
        users = [user(f"{many}-{number}") for number in range(many)]
        before = [user(f"100-{number}") for number in range(100)] if counted else []
        with CaptureQueriesContext(connection) as statements:
            sync_id = bundle_look(actor=ada.actor, content=bundle([*before, *users]), now=database_now()).sync.id  # type: ignore[union-attr]
            PeopleSync.objects.filter(id=sync_id).update(state="waiting", applied_by=ada.person)
            sync_carry_out(sync_id=sync_id, now=database_now())
        counted.append(len(statements))
    assert PeopleSync.objects.filter(state="done").count() == 2
    assert counted[1] <= counted[0]


def test_leaving_costs_the_same_for_many_as_for_few(world: World) -> None:
    ada = administrator(world)
    counted: list[int] = []
    for many in (20, 200):
        users = [user(f"{many}-{number}") for number in range(many)]
        taken(ada.client, bundle(users, mode="delta"))
        gone = bundle([{**row, "status": "tobedeleted"} for row in users], mode="delta")
        sync_id = bundle_look(actor=ada.actor, content=gone, now=database_now()).sync.id  # type: ignore[union-attr]
        PeopleSync.objects.filter(id=sync_id).update(state="waiting", applied_by=ada.person, despite_guard=True)
        with CaptureQueriesContext(connection) as statements:
            sync_carry_out(sync_id=sync_id, now=database_now())
        counted.append(len(statements))
    assert counted[1] == counted[0]
    assert not Appointment.objects.filter(person__staff_number__startswith="N2", ends_at=None).exists()


def test_a_program_whose_time_is_over_takes_nothing_in(world: World) -> None:
    """What it asked for in its last moment waits for the worker, who asks again whether it may."""
    account = made(world, "people.sync")
    source_open(actor=world.ada.actor, account_id=UUID(account["id"]), now=database_now())
    portal = Program(account["secret"])
    sync_id = looked(portal, bundle(TEN)).data["sync"]["id"]
    assert portal.post(f"people-syncs/{sync_id}/apply").status_code == 202
    sync_carry_out(sync_id=sync_id, now=ServiceAccount.objects.get(id=account["id"]).ends_at)
    assert PeopleSync.objects.get(id=sync_id).state == "outdated"
    assert not SourcedPerson.objects.exists()


def test_a_remembered_answer_names_staff_to_nobody_who_may_not_ask_any_more(world: World, signed_in: Any) -> None:
    account = made(world, "people.sync")
    page = signed_in(world.ada)
    assert page.post("/people-sync/open", {"account": account["id"]}).status_code == 302
    portal, headers = Program(account["secret"]), {"Idempotency-Key": str(uuid4())}

    def sent() -> Any:
        return portal.http.post(
            "/api/v1/people-syncs", bundle(TEN), content_type="application/octet-stream", headers=headers
        )

    assert [sent().status_code, sent().status_code] == [201, 201]
    assert page.post("/people-sync/close").status_code == 302
    assert (sent().status_code, sent().data["code"]) == (403, "people_sync_closed")


def test_no_more_than_ten_previews_are_kept(world: World) -> None:
    """Each holds the whole staff: a program that looks again and again would fill the disk within a day."""
    ada = administrator(world).client
    first, *others = (looked(ada, bundle([user(number)])).data["sync"]["id"] for number in range(11))
    assert ada.get(f"people-syncs/{first}").data["state"] == "outdated"
    assert {ada.get(f"people-syncs/{one}").data["state"] for one in others} == {"preview"}
    assert PeopleSync.objects.exclude(roster=None).count() == 10
