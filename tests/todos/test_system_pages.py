"""The pages of to-do systems do what the API does, for administrators alone."""

import json

from backend.todos.models import TodoSystem
from tests.browser import SignIn
from tests.integrations.programs import administrator
from tests.todos.portal import SECRET, Portal
from tests.todos.steps import tries
from tests.world import World


def test_the_pages_do_the_same(world: World, portal: Portal, signed_in: SignIn) -> None:
    page = signed_in(administrator(world))
    typed = {"name": "校园门户", "kind": "push", "known_by": "staff_number", "secret": SECRET}
    for setup in ("{", "[]", '{"open": "\\u0000"}', '{"open": "\\ud800"}', '{"open": NaN}', '{"a":' * 5000):
        assert page.post("/todo-systems", {**typed, "setup": setup}).status_code == 400
    good = {**typed, "setup": json.dumps(portal.setup())}
    assert page.post("/todo-systems", {**good, "secret": "口令"}).status_code == 400
    assert page.post("/todo-systems", good).status_code == 302
    system = TodoSystem.objects.get()
    address = f"/todo-systems/{system.id}"
    assert page.post(f"{address}/on").status_code == 302
    assert "Please try it first." in page.get(address).content.decode()
    assert page.post(f"{address}/names", {"names": "ada"}).status_code == 400
    assert page.post(f"{address}/names", {"names": "ada u1\nbob u2"}).status_code == 302
    assert page.post(address, {**good, "secret": "", "name": "Portal"}).status_code == 302
    page.post(f"{address}/try")
    tries()
    page.post(f"{address}/on")
    seen = page.get(address).content.decode()
    assert "It went well." in seen
    assert SECRET not in seen + page.get("/todo-systems").content.decode()
    for act in ("off", "remove"):
        assert page.post(f"{address}/{act}").status_code == 302
    assert TodoSystem.objects.count() == 0
    assert signed_in(world.dan).get("/todo-systems").status_code == 403
