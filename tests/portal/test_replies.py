"""Standard replies: edited on the rules pages, carried by the configuration file, offered where a note is written."""

from typing import Any

from backend.administration.models import Change
from backend.common.clock import database_now
from backend.organisation.roles import Role
from backend.rulebook.models import StandardReply
from backend.setup.configuration.applying import configuration_apply
from backend.setup.configuration.checks import configuration_faults
from backend.setup.configuration.exporting import configuration_of
from backend.workflow.states import State
from tests.browser import SignIn
from tests.workflow.steps import ticket_in
from tests.world import World, member_add

THANKS = {"category": "", "text_zh": "已收到，谢谢。", "text_en": "Received, thank you."}
EXIT = {"category": "F02", "text_zh": "通道已清理。", "text_en": "The exit is free again."}


def test_they_are_edited_by_the_administrator_and_offered_by_category(world: World, signed_in: SignIn) -> None:
    member_add(world, "ada", [(Role.ADMINISTRATOR, None, False)], site=world.home)
    page = signed_in(world.ada)
    for words in (THANKS, EXIT):
        assert page.post("/replies/new", words).status_code == 302
    assert page.post("/replies/new", EXIT).status_code == 400
    assert page.post("/replies/new", {**EXIT, "category": "Z99"}).status_code == 400
    for who in ("bob", "dan"):
        assert signed_in(world.members[who]).post("/replies/new", EXIT).status_code == 403
    offered = world.bob.client.get("replies", category="F02").data
    assert [row["text"] for row in offered] == ["Received, thank you.", "The exit is free again."]
    assert [row["text"] for row in world.bob.client.get("replies", category="B06").data] == ["Received, thank you."]
    assert world.mallory.client.get("replies").data == []
    ticket = signed_in(world.bob).get(f"/tickets/{ticket_in(world, State.IN_PROGRESS)}").content.decode()
    assert 'data-replies="/api/v1/replies?category=F02"' in ticket
    assert "The exit is free again." in signed_in(world.bob).get("/replies?category=F02").content.decode()
    reply = StandardReply.objects.get(category="F02")
    assert page.post(f"/replies/{reply.id}", {**EXIT, "text_en": "Free."}).status_code == 302
    assert signed_in(world.mallory).post(f"/replies/{reply.id}/remove").status_code == 403
    assert page.post(f"/replies/{reply.id}/remove").status_code == 302
    assert not StandardReply.objects.filter(category="F02").exists()
    assert Change.objects.filter(content_type__model="standardreply").count() == 4


def test_a_program_adds_changes_and_removes_them_as_the_page_does(world: World) -> None:
    """It could only read them."""
    ada = member_add(world, "ada", [(Role.ADMINISTRATOR, None, False)], site=world.home).client
    added = ada.post("replies", EXIT)
    assert (added.status_code, added.data) == (201, {"id": added.data["id"], "text": EXIT["text_en"], **EXIT})
    path = f"/api/v1/replies/{added.data['id']}"
    free = {"text_zh": "已畅通。", "text_en": "Free."}
    for member, expected in ((world.bob, 403), (world.mallory, 404)):
        assert member.client.http.put(path, free, format="json").status_code == expected
        assert member.client.http.delete(path).status_code == expected
    assert world.bob.client.post("replies", THANKS).status_code == 403
    assert ada.post("replies", EXIT).data["code"] == "reply_there"
    assert ada.post("replies", {**THANKS, "category": "Z99"}).data["code"] == "no_such_category"
    refused = ada.post("replies", {**THANKS, "text_en": "Two\nlines."})
    assert refused.data["errors"][0]["code"] == "control_characters"
    changed = ada.http.put(path, free, format="json")
    assert (changed.status_code, changed.data["category"], changed.data["text"]) == (200, "", "Free.")
    assert ada.http.delete(path).status_code == 204
    assert (ada.http.delete(path).status_code, ada.get("replies").data) == (404, [])


def test_the_configuration_file_carries_them(world: World) -> None:
    StandardReply.objects.create(school=world.school, **EXIT)
    now = database_now()
    content: dict[str, Any] = configuration_of(school=world.school, now=now)
    assert content["replies"] == [{"category": "F02", "text": {"zh": EXIT["text_zh"], "en": EXIT["text_en"]}}]
    content["replies"][0]["text"]["en"] = "Free."
    content["replies"].append({"text": {"zh": THANKS["text_zh"], "en": THANKS["text_en"]}})
    assert configuration_faults(content) == []
    done = configuration_apply(content=content, now=now)
    assert (len(done.sections["replies"].new), len(done.sections["replies"].changed)) == (1, 1)
    assert set(StandardReply.objects.values_list("category", "text_en")) == {
        ("F02", "Free."),
        ("", "Received, thank you."),
    }
    assert configuration_apply(content=content, now=now).is_same
    content["replies"].append({"category": "Z99", "text": {"zh": "一", "en": "One"}})
    (fault,) = configuration_faults(content)
    assert fault.path == ("replies", 2, "category")
