"""To-do systems: made, tried, switched and removed by whoever administers the school; their secrets are told nobody."""

from typing import Any

import pytest

from backend.administration.models import Change
from backend.organisation.roles import Role
from backend.todos.models import PushedTodo, TodoSystem
from tests.integrations.programs import administrator
from tests.integrations.test_service_accounts import code
from tests.todos.portal import SECRET, Portal
from tests.todos.steps import body_of, connected, tries, work
from tests.workflow.steps import file_ticket
from tests.world import World, member_add


def test_it_is_tried_before_it_is_switched_on(world: World, portal: Portal) -> None:
    ada = administrator(world).client
    made = ada.post("todo-systems", body_of(portal, secret="wrong"))
    path = f"todo-systems/{made.data['id']}"
    assert (made.status_code, made.data["is_on"], made.data["has_secret"]) == (201, False, True)
    assert code(ada.post(f"{path}/switch", {"is_on": True})) == (409, "todo_system_unproved")
    assert ada.post(f"{path}/try").data["tried_at"] is None
    assert code(ada.post(f"{path}/switch", {"is_on": True})) == (409, "todo_system_unproved")
    tries()
    assert ada.get(path).data["try_error"] == "It answered 401 at /code."
    assert code(ada.post(f"{path}/switch", {"is_on": True})) == (409, "todo_system_unproved")
    assert ada.post(f"{path}/change", body_of(portal)).data["tried_at"] is None
    ada.post(f"{path}/try")
    tries()
    assert [(asked.method, portal.tasks) for asked in portal.asked[-2:]] == [("POST", {}), ("DELETE", {})]
    assert ada.post(f"{path}/switch", {"is_on": True}).data["is_on"] is True
    assert code(ada.post(f"{path}/change", body_of(portal))) == (409, "todo_system_on")
    assert code(ada.http.delete(f"/api/v1/{path}")) == (409, "todo_system_on")
    file_ticket(world, routed=True)
    work()
    (listed,) = ada.get("todo-systems").data["items"]
    assert (listed["standing_count"], listed["refused_count"]) == (2, 0)
    ada.post(f"{path}/switch", {"is_on": False})
    assert ada.http.delete(f"/api/v1/{path}").status_code == 204
    assert (TodoSystem.objects.count(), PushedTodo.objects.count()) == (0, 0)
    kept = str(list(Change.objects.values_list("changes", flat=True)))
    assert "校园门户" in kept
    assert SECRET not in kept


def test_the_secret_goes_as_authorization_where_the_set_up_names_no_header(world: World, portal: Portal) -> None:
    setup = portal.setup()
    del setup["secret_header"]
    ada = administrator(world).client
    made = ada.post("todo-systems", body_of(portal, setup=setup))
    ada.post(f"todo-systems/{made.data['id']}/try")
    tries()
    assert portal.asked[-1].headers["authorization"] == SECRET


def test_it_knows_people_by_names_of_its_own(world: World, portal: Portal) -> None:
    ada = administrator(world).client
    made = ada.post("todo-systems", body_of(portal, known_by="mapping")).data
    path = f"todo-systems/{made['id']}"
    assert code(ada.post(f"{path}/try")) == (409, "not_known_there")
    names = [{"staff_number": "ada", "known_as": "u1"}, {"staff_number": "bob", "known_as": "u2"}]
    assert ada.post(f"{path}/names", {"items": names}).data == {"count": 2}
    shown = [(row["staff_number"], row["known_as"]) for row in ada.get(f"{path}/names").data["items"]]
    assert shown == [("ada", "u1"), ("bob", "u2")]
    for wrong in ({"staff_number": "mallory", "known_as": "x"}, {"staff_number": "cleo", "known_as": "u2"}):
        refused = ada.post(f"{path}/names", {"items": [*names, wrong]})
        assert (refused.data["code"], refused.data["errors"][0]["pointer"]) == ("todo_name_unknown", "/items/2")
    assert ada.post(f"{path}/try").status_code == 200


@pytest.mark.slow("tests/todos/test_systems.py", after=3)
@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"open": None}, "todo_setup_wrong"),
        ({"opened": {}}, "todo_setup_wrong"),
        (
            {"open": {"method": "POST", "address": "https://portal.example/t", "body": {"a": "{titel}"}}},
            "todo_setup_wrong",
        ),
        ({"gone": {"method": "POST", "address": "http://portal.example/t"}}, "address_wrong"),
        ({"gone": {"method": "POST", "address": "https://{person}.example/t"}}, "todo_setup_wrong"),
        ({"gone": {"method": "POST", "address": "https://10.0.0.8/t"}}, "address_inside"),
        ({"gone": {"method": "POST", "address": "https://portal.internal/t"}}, "address_inside"),
        ({"secret_header": "Host"}, "todo_setup_wrong"),
        ({"success": {"at": "code", "value": 0}}, "todo_setup_wrong"),
        ({"states": {"open": [[[[[[[["deep"]]]]]]]]}}, "todo_setup_wrong"),
    ],
)
def test_a_set_up_that_makes_no_sense_is_refused(
    world: World, portal: Portal, changes: dict[str, Any], expected: str
) -> None:
    refused = administrator(world).client.post("todo-systems", body_of(portal, setup=portal.setup(**changes)))
    assert code(refused) == (400, expected)
    assert refused.data["errors"][0]["pointer"].startswith("/setup")


def test_it_is_of_administrators_of_their_own_school(world: World, portal: Portal) -> None:
    system = connected(world, portal)
    path = f"todo-systems/{system.id}"
    for who, status in (("dan", 403), ("mallory", 404), ("olga", 404)):
        client = world.members[who].client
        answers = [client.get(path), client.get(f"{path}/names"), client.http.delete(f"/api/v1/{path}")]
        bodies = {"change": body_of(portal), "try": {}, "switch": {"is_on": False}, "names": {"items": []}}
        answers += [client.post(f"{path}/{name}", body) for name, body in bodies.items()]
        assert {answer.status_code for answer in answers} == {status}, who
        assert client.post("todo-systems", body_of(portal)).status_code == 403
    ada = administrator(world).client
    assert code(ada.post("todo-systems", body_of(portal))) == (409, "todo_system_name_taken")
    for number in range(4):
        assert ada.post("todo-systems", body_of(portal, name=f"portal {number}")).status_code == 201
    assert code(ada.post("todo-systems", body_of(portal, name="one more"))) == (409, "too_many_todo_systems")


def test_a_bureau_has_none(world: World, portal: Portal) -> None:
    zoe = member_add(world, "zoe", [(Role.ADMINISTRATOR, None, False)])
    assert code(zoe.client.post("todo-systems", body_of(portal))) == (403, "not_administrator")
