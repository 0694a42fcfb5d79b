"""Answers to a phone that works without a network and as an app, and to a script that sends a report."""

import json
import re
from pathlib import Path
from shutil import rmtree
from typing import Any

import pytest
from django.contrib.staticfiles import finders
from django.test import Client, override_settings

from backend.incidents.models import Report
from backend.portal.worker import KEPT_FILES
from tests.browser import SignIn
from tests.portal.conftest import filed
from tests.portal.test_report_page import form_fields
from tests.workflow.steps import STRICT, file_ticket
from tests.world import World
from tools.app_icons import FOLDER, ICONS, drawn


def file_of(address: str) -> Path:
    """Return the source of a static file by its address."""
    return Path(str(finders.find(address.removeprefix("/static/"))))


def test_the_worker_keeps_every_file_that_the_kept_form_asks_for(world: World, signed_in: SignIn) -> None:
    client = signed_in(world.alice)
    worker = client.get("/service-worker.js")
    script = worker.content.decode()
    kept = set(json.loads(script[script.index("[") : script.index("]") + 1]))
    assert worker["Content-Type"].startswith("text/javascript")
    assert "no-store" in worker["Cache-Control"]
    assert "script-src 'self'" in worker["Content-Security-Policy"]
    pages = [client.get(path).content.decode() for path in ("/report/shell", "/offline")]
    asked = {
        address
        for page in pages
        for address in re.findall(r'(?:href|src)="(/static/portal/[^"#]+\.(?:js|css|svg))', page)
    }
    imported = {
        f"/static/portal/{name}"
        for address in kept
        for name in re.findall(r'(?:from |import\()"\./([^"]+)"', file_of(address).read_text(encoding="utf-8"))
    }
    assert asked | imported <= kept
    assert all(file_of(address).is_file() for address in kept)
    assert len(kept) == len(KEPT_FILES)


def test_switched_off_the_worker_takes_itself_away(world: World, signed_in: SignIn) -> None:
    client = signed_in(world.alice)
    assert "data-worker" in client.get("/").content.decode()
    with override_settings(SERVICE_WORKER=False):
        assert "data-worker" not in client.get("/").content.decode()
        assert client.get("/service-worker.js").content.decode() == 'import "/static/portal/worker_end.js";\n'
    assert "registration.unregister()" in file_of("/static/portal/worker_end.js").read_text(encoding="utf-8")


@pytest.mark.parametrize(("language", "name"), [("zh-hans", "报平安"), ("en", "Allclear")])
def test_the_manifest_names_the_app_in_the_language_of_the_page(world: World, language: str, name: str) -> None:
    client = Client(headers={"accept-language": language})
    page = client.get("/sign-in").content.decode()
    assert f'<link rel="manifest" href="/manifest.{language}.webmanifest">' in page
    card = client.get(f"/manifest.{language}.webmanifest")
    assert card["Content-Type"].startswith("application/manifest+json")
    assert (card.json()["name"], card.json()["start_url"], card.json()["display"]) == (name, "/", "standalone")
    assert all(file_of(icon["src"]).is_file() for icon in card.json()["icons"])
    assert client.get("/manifest.fr.webmanifest").status_code == 404


@pytest.mark.parametrize("name", ICONS)
def test_every_icon_is_drawn_from_the_mark(name: str) -> None:
    assert drawn(name) == (FOLDER / name).read_bytes()


def test_the_form_that_a_phone_keeps_holds_nothing_of_its_reader(world: World, signed_in: SignIn) -> None:
    report = filed(world.alice, world, "F02")
    client = signed_in(world.alice)
    page = client.get("/report/shell").content.decode()
    assert f'data-draft="{world.alice.person.id}"' in page
    assert f'data-token="{world.home.places["stairwell"].token}"' in page
    assert 'data-zone="Asia/Shanghai"' in page
    for absent in (
        "csrfmiddlewaretoken",
        "data-used",
        "data-key",
        "Alice",
        report.ticket.reference,
        "settings/language",
    ):
        assert absent not in page
    assert "data-token" not in client.get("/report").content.decode()
    assert signed_in(world.olga).get("/report/shell").status_code == 403
    assert Client().get("/report/shell").status_code == 302


def test_the_key_of_what_is_typed_is_a_persons_own(world: World, signed_in: SignIn) -> None:
    def key(client: Client) -> str:
        found = re.search(r'data-key="([^"]+)"', client.get("/").content.decode())
        assert found is not None
        return found[1]

    alice = key(signed_in(world.alice))
    assert alice == key(signed_in(world.alice))
    assert alice != key(signed_in(world.bob))
    assert "data-signed-out" in Client().get("/sign-in").content.decode()


def test_a_script_that_sends_a_report_is_told_in_json(world: World) -> None:
    client = Client(enforce_csrf_checks=True, headers={"accept-language": "en", "accept": "application/json"})
    client.force_login(world.alice.user, backend="django.contrib.auth.backends.ModelBackend")
    here = client.get("/report/session").json()
    assert here["person"] == str(world.alice.person.id)
    token = {"X-CSRFToken": here["csrf"]}
    fields = {**form_fields(client, world), "writer": here["person"]}
    refused = client.post("/report", {**fields, "description": "", "place": "none"}, headers=token)
    assert (refused.status_code, refused.json()["errors"]) == (
        422,
        [
            "There is no such place at your school. Choose one from the list.",
            "Please write what happened; one sentence is enough.",
        ],
    )
    answers = [client.post("/report", fields, headers=token) for _time in range(2)]
    report = Report.objects.get()
    assert [answer.status_code for answer in answers] == [201, 201]
    assert {answer.json()["address"] for answer in answers} == {f"/reports/{report.id}?sent=1"}


def test_a_report_that_cannot_be_kept_right_now_stays_on_the_device_to_be_sent_again(
    world: World, signed_in: SignIn, settings: Any, tmp_path: Path
) -> None:
    """The folder of the keys is away for a while; refused for good, the report would never go out by itself."""
    settings.SEALING_FOLDER = str(tmp_path / "sealing")
    file_ticket(world, category=STRICT)
    (tmp_path / "sealing").rename(tmp_path / "aside")
    client = signed_in(world.alice)
    fields = form_fields(client, world, category=STRICT)
    later = client.post("/report", fields, headers={"accept": "application/json"})
    assert (later.status_code, later["Retry-After"]) == (503, "30")
    assert client.post("/report", fields).status_code == 422, "a page says why, and keeps the words"
    rmtree(tmp_path / "sealing", ignore_errors=True)
    (tmp_path / "aside").rename(tmp_path / "sealing")
    assert client.post("/report", fields, headers={"accept": "application/json"}).status_code == 201
    assert Report.objects.count() == 2


@pytest.mark.parametrize("stale", [False, True])
def test_nobody_sends_what_somebody_else_wrote(world: World, stale: bool) -> None:
    """Another person who signed in on the device found the text in the form, and sent it under their own name."""
    client = Client(enforce_csrf_checks=True, headers={"accept-language": "en"})
    client.force_login(world.bob.user, backend="django.contrib.auth.backends.ModelBackend")
    fields = form_fields(client, world, description="Her words.", writer=str(world.alice.person.id))
    csrf = "x" * 32 if stale else client.cookies["csrftoken"].value
    answer = client.post("/report", {**fields, "csrfmiddlewaretoken": csrf})
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "begun by somebody else on this device" in page
    assert "Her words." not in page
    assert Report.objects.count() == 0
