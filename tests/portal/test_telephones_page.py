"""The telephone numbers of a school: on a page, in the API, in the configuration file, entered by an administrator."""

import re
from datetime import timedelta

from django.db import connection
from django.test.utils import CaptureQueriesContext

from backend.duty.models import Absence
from backend.organisation.models import School, TelephoneNumber
from backend.organisation.roles import Role
from tests.administration.conftest import form_of
from tests.browser import SignIn
from tests.portal.conftest import filed
from tests.world import World, member_add

LIST = "/admin/organisation/telephonenumber/"


def entered(world: World) -> None:
    """Enter a number of the gate, one of an office, and one of another school."""
    facilities = world.home.units["facilities"]
    for school, name, number, unit in (
        (world.school, "Gate", "010-6555 1234 转 201", None),
        (world.school, "Boiler room", "8002", facilities),
        (world.elsewhere.school, "Theirs", "9001", None),
    ):
        TelephoneNumber.objects.create(school=school, name_zh=name, name_en=name, number=number, unit=unit)


def test_the_page_shows_whom_one_rings_and_who_answers_now(world: World, signed_in: SignIn) -> None:
    entered(world)
    School.objects.filter(id=world.school.id).update(emergency_fire="0119")
    Absence.objects.create(
        person=world.bob.person,
        starts_at=world.now - timedelta(hours=1),
        ends_at=world.now + timedelta(days=2),
    )
    client = signed_in(world.alice)
    page = client.get("/telephones").content.decode()
    assert page.index('href="tel:0119"') < page.index('href="tel:01065551234,201"') < page.index("Facilities office")
    assert 'href="tel:8002"' in page
    assert "9001" not in page
    text = " ".join(re.sub("<[^>]+>", " ", page).split())
    assert "Facilities office Carol" in text
    assert re.search(r"Security office (?!Bob)\w+", text)
    assert "Add or change numbers" not in page
    for address in ("/", f"/reports/{filed(world.alice, world, 'F01').id}?sent=1"):
        assert 'href="/telephones"' in client.get(address).content.decode()


def test_the_page_costs_the_same_for_any_number(world: World, signed_in: SignIn) -> None:
    client = signed_in(world.alice)
    costs: list[int] = []
    for _ in range(2):
        entered(world) if not costs else TelephoneNumber.objects.bulk_create(
            TelephoneNumber(school=world.school, name_zh=f"{at}", name_en=f"{at}", number=f"8{at}") for at in range(99)
        )
        with CaptureQueriesContext(connection) as captured:
            assert client.get("/telephones").status_code == 200
        costs.append(len(captured))
    assert costs[0] == costs[1]


def test_an_administrator_enters_numbers_that_can_be_dialled(world: World, signed_in: SignIn) -> None:
    ada = member_add(world, "ada", [(Role.ADMINISTRATOR, None, False)], site=world.home)
    client = signed_in(ada)
    assert LIST in client.get("/telephones").content.decode()
    sent = {"name_zh": "校医室", "name_en": "Health room", "unit": str(world.home.units["health-room"].id)}
    for number, is_taken in (("call me", False), ("8003", True), ("8004", False)):
        client.post(f"{LIST}add/", form_of(client, f"{LIST}add/", **sent, number=number))
        assert TelephoneNumber.objects.filter(school=world.school, number=number).exists() is is_taken
    assert signed_in(world.bob).get(LIST).status_code == 404


def test_the_api_lists_those_of_ones_own_school(world: World) -> None:
    entered(world)
    rows = world.alice.client.get("telephone-numbers").data["items"]
    assert [(row["name"], row["number"]) for row in rows] == [("Boiler room", "8002"), ("Gate", "010-6555 1234 转 201")]
    assert rows[0]["office"] == str(world.home.units["facilities"].id)
    assert [row["number"] for row in world.mallory.client.get("telephone-numbers").data["items"]] == ["9001"]
    assert signed_out(world) == 401


def signed_out(world: World) -> int:
    """Return what somebody gets who is not signed in."""
    return int(type(world.alice.client)(None).get("telephone-numbers").status_code)


def test_a_configuration_file_carries_them(world: World) -> None:
    ada = member_add(world, "ada", [(Role.ADMINISTRATOR, None, False)], site=world.home)
    entered(world)
    content = ada.client.get("configuration").data
    boiler, gate = content["telephones"]
    assert (boiler["unit"], gate["number"]) == ("facilities", "010-6555 1234 转 201")
    for wrong, pointer in (({"unit": "x"}, "unit"), ({"number": "x"}, "number")):
        refused = ada.client.post("configuration/check", {"configuration": {**content, "telephones": [boiler | wrong]}})
        assert refused.status_code == 400
        assert refused.data["errors"][0]["pointer"].endswith(f"/telephones/0/{pointer}")
    lodge = {"name": {"zh": "传达室", "en": "Lodge"}, "number": "8011"}
    body = {"configuration": {**content, "telephones": [boiler | {"number": "8010"}, lodge]}}
    body["digest"] = ada.client.post("configuration/check", body).data["digest"]
    assert ada.client.post("configuration", body).status_code == 200
    numbers = set(TelephoneNumber.objects.filter(school=world.school).values_list("number", flat=True))
    assert numbers == {"8010", "8011", gate["number"]}
