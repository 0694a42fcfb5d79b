"""A school's configuration through the API: read, looked at, written once, and each fault pointed at."""

from copy import deepcopy
from datetime import timedelta
from typing import Any

import pytest

from backend.accounts.models import SignIn
from backend.organisation.models import Appointment, Bureau, PendingPower, Person, School
from backend.organisation.roles import Role
from tests.organisation.test_rosters import planned
from tests.world import Client, Member, World, member_add

Content = dict[str, Any]


@pytest.fixture
def ada(world: World) -> Member:
    """Return the administrator of a live school."""
    planned(world)
    world.school.live_at = world.now
    world.school.save()
    return member_add(world, "ada", [(Role.ADMINISTRATOR, None, False)], site=world.home)


def shown(client: Client, content: Content) -> Content:
    """Return what a configuration would do."""
    answer = client.post("configuration/check", {"configuration": content})
    assert answer.status_code == 200, answer.data
    return dict(answer.data)


def changed(content: Content) -> Content:
    """Return a configuration with somebody new, somebody renamed, a lead of protection, and nobody called Carol."""
    found = deepcopy(content)
    rows = {row["staff_number"]: row for row in found["people"]}
    rows["alice"]["name"] = "Alice B."
    rows["alice"]["posts"].append({"role": "protection_lead", "since": "2026-09-01T08:00:00+08:00"})
    new = {"staff_number": "new", "name": "Newt", "language": "en", "addresses": [], "posts": []}
    found["people"] = [row for row in rows.values() if row["staff_number"] != "carol"] + [new]
    return found


def test_it_is_read_looked_at_and_written(world: World, ada: Member) -> None:
    content = ada.client.get("configuration").data
    assert "people" not in content["bureau"]
    assert shown(ada.client, content)["is_same"] is True
    look = shown(ada.client, changed(content))
    sections = {row["name"]: row for row in look["sections"]}
    assert sections["people"]["new"] == ["new"]
    assert sections["people"]["changed"] == [{"key": "alice", "fields": ["name"]}]
    assert sections["people"]["left_out"] == ["carol"]
    assert (look["waiting"], sections["posts"]["new_count"]) == (1, 1)
    assert not Person.objects.filter(staff_number="new").exists()
    assert not PendingPower.objects.exists()
    body = {"configuration": changed(content), "digest": look["digest"]}
    first = ada.client.post("configuration", body, key="import-it-once")
    again = ada.client.post("configuration", body, key="import-it-once")
    assert (first.status_code, first.data["waiting"], again.data) == (200, 1, first.data)
    assert Person.objects.get(staff_number="alice", school=world.school).name == "Alice B."
    assert PendingPower.objects.get().asked_by_id == ada.person.id
    assert Appointment.objects.filter(person=world.carol.person, ends_at=None).exists()


def test_what_changed_since_it_was_shown_is_not_written(world: World, ada: Member) -> None:
    boss = member_add(world, "boss", [(Role.ADMINISTRATOR, None, False)], site=world.home)
    content = changed(ada.client.get("configuration").data)
    look = shown(ada.client, content)
    assert shown(boss.client, content)["digest"] == look["digest"]
    body = {"configuration": content, "digest": look["digest"]}
    assert boss.client.post("configuration", body).status_code == 200
    refused = ada.client.post("configuration", body)
    assert (refused.status_code, refused.data["code"]) == (409, "configuration_outdated")
    Person.objects.filter(staff_number="alice").update(name="Alice C.")
    assert shown(ada.client, content)["digest"] != look["digest"]
    assert ada.client.post("configuration", body).data["code"] == "configuration_outdated"


def test_each_fault_is_pointed_at(world: World, ada: Member) -> None:
    content = ada.client.get("configuration").data
    content["units"][1]["kind"] = "palace"
    content["places"][0] |= {"colour": "red"}
    refused = ada.client.post("configuration/check", {"configuration": content})
    assert (refused.status_code, refused["Content-Type"]) == (400, "application/problem+json")
    pointers = {row["pointer"]: row["code"] for row in refused.data["errors"]}
    assert pointers == dict.fromkeys(
        ["/configuration/units/1/kind", "/configuration/places/0"], "configuration_unreadable"
    )
    content = ada.client.get("configuration").data
    content["people"][2]["posts"][0]["unit"] = "shed"
    content["shifts"][0]["ends_at"] = content["shifts"][0]["starts_at"]
    refused = ada.client.post("configuration", {"configuration": content, "digest": "x"})
    assert {row["pointer"] for row in refused.data["errors"]} == {
        "/configuration/people/2/posts/0/unit",
        "/configuration/shifts/0/ends_at",
    }
    assert ada.client.post("configuration/check", {"configuration": {}}).data["errors"]
    assert ada.client.post("configuration/check", {}).data["errors"][0]["pointer"] == "/configuration"


def test_the_bureaus_duty_and_another_school_are_not_an_administrators(world: World, ada: Member) -> None:
    content = ada.client.get("configuration").data
    content["bureau"] |= {"people": [{"staff_number": "spy", "name": "Spy", "language": "en"}], "shifts": []}
    assert shown(ada.client, content)["is_same"] is True
    for code in ("elsewhere", "nowhere"):
        content["school"]["code"] = code
        refused = ada.client.post("configuration/check", {"configuration": content})
        assert (refused.status_code, refused.data["code"]) == (409, "configuration_refused")
    assert not Person.objects.filter(staff_number="spy").exists()
    assert School.objects.count() == 2


def test_officers_of_a_bureau_of_its_own_come_along_and_its_duty_does_not(world: World, ada: Member) -> None:
    """The pages and the API read and wrote nothing of the bureau, which the school had entered itself."""
    other = Bureau.objects.create(code="other", name_zh="另一教育局", name_en="Another bureau")
    School.objects.filter(id=world.elsewhere.school.id).update(bureau=other)
    content = ada.client.get("configuration").data
    (olga,) = content["bureau"]["people"]
    assert (olga["staff_number"], olga["posts"][0]["role"]) == ("olga", "bureau_officer")
    assert "shifts" not in content["bureau"]
    nina = {**olga, "staff_number": "nina", "name": "Nina", "addresses": ["nina@bureau.example"]}
    shift = {"kind": "week", "starts_at": "2036-12-08T07:00:00+08:00", "ends_at": "2036-12-09T07:00:00+08:00"}
    content["bureau"] |= {"people": [nina], "shifts": [{**shift, "people": []}]}
    look = shown(ada.client, content)
    sections = {row["name"]: row for row in look["sections"] if row["new_count"]}
    assert set(sections) == {"bureau_people", "bureau_posts", "bureau_addresses"}
    done = ada.client.post("configuration", {"configuration": content, "digest": look["digest"]})
    assert (done.status_code, done.data["waiting"]) == (200, 2)
    pending = PendingPower.objects.filter(person__staff_number="nina")
    assert set(pending.values_list("kind", flat=True)) == {"post", "address"}
    assert not Appointment.objects.filter(person__staff_number="nina").exists()


@pytest.mark.parametrize("name", ["alice", "cleo", "dan", "olga", "mallory"])
def test_nobody_else_reads_or_writes_it(world: World, ada: Member, name: str) -> None:
    content = ada.client.get("configuration").data
    client = world.members[name].client
    assert client.get("configuration").status_code == 403
    body = {"configuration": content}
    assert client.post("configuration/check", body).status_code == 403
    assert client.post("configuration", {**body, "digest": "x"}).status_code == 403


def test_writing_asks_for_a_fresh_proof(world: World, ada: Member) -> None:
    content = ada.client.get("configuration").data
    look = shown(ada.client, content)
    SignIn.objects.update(started_at=world.now - timedelta(minutes=11))
    refused = ada.client.post("configuration", {"configuration": content, "digest": look["digest"]})
    assert (refused.status_code, refused.data["code"]) == (403, "proof_needed")
    assert shown(ada.client, content)["is_same"] is True


def test_a_body_that_grows_is_refused(ada: Member) -> None:
    def sent(body: bytes) -> int:
        return ada.client.http.post(
            "/api/v1/configuration/check", body, content_type="application/json", headers={"Idempotency-Key": "k" * 20}
        ).status_code

    assert sent(b'{"configuration": ' + b"[" * 5000) == 400
    assert sent(b"a: &a [x]") == 400
    assert sent(b'{"configuration": {"a": "' + b"x" * 3_500_000 + b'"}}') == 413
