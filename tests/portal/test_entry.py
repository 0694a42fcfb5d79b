"""Signing in and out, the language, the pages for what went wrong, and who may open what."""

import gzip

import pytest
from django.template.loader import render_to_string
from django.test import Client
from django.urls import URLPattern, get_resolver

from backend.accounts.models import User
from backend.accounts.sign_in import WRONG_PASSWORDS
from backend.common.access import PUBLIC
from backend.organisation.models import Appointment, School
from backend.organisation.permissions import Permission
from backend.portal.urls import urlpatterns
from tests.browser import SignIn
from tests.world import PASSWORD, World


def test_signing_in_leads_to_the_page_asked_for_in_ones_own_language(world: World) -> None:
    User.objects.filter(username="alice").update(language="zh-hans")
    client = Client(headers={"accept-language": "en"})
    answer = client.get("/report?place=abc")
    assert answer["Location"] == "/sign-in?next=/report%3Fplace%3Dabc"
    answer = client.post("/sign-in", {"username": " ALICE ", "password": PASSWORD, "next": "/report?place=abc"})
    assert answer["Location"] == "/report?place=abc"
    assert '<html lang="zh-hans">' in client.get("/report").content.decode()


def test_the_pages_before_the_sign_in_name_emergency_numbers_only_where_all_schools_agree(world: World) -> None:
    client = Client(headers={"accept-language": "en"})
    School.objects.update(emergency_police="999", emergency_fire="995", emergency_ambulance="995")
    page = " ".join(client.get("/sign-in").content.decode().split())
    assert 'In an emergency call at once: <a href="tel:999">999</a>, <a href="tel:995">995</a>' in page
    assert page.count("tel:995") == 1
    User.objects.filter(username="alice").update(second_factor_at=world.now)
    client.post("/sign-in", {"username": "alice", "password": PASSWORD})
    assert 'tel:999">999</a>' in client.get("/sign-in/factor").content.decode()
    School.objects.filter(id=world.school.id).update(emergency_police="110")
    for address in ("/sign-in", "/sign-in/factor"):
        page = client.get(address).content.decode()
        assert "In an emergency call the police, the fire brigade or an ambulance at once." in page
        assert "tel:" not in page
    broken = render_to_string("500.html")
    assert ("110" in broken, "tel:" in broken) == (False, False)


@pytest.mark.parametrize(
    "address",
    [
        "https://evil.example/",
        "//evil.example",
        "javascript:alert(1)",
        "",
        "zz",
        "9",
        "portal:tickets",
        "/\\evil",
    ],
)
def test_signing_in_leads_nowhere_else(world: World, address: str) -> None:
    client = Client()
    assert client.post("/settings/language", {"language": "en", "next": address})["Location"] == "/"
    answer = client.post("/sign-in", {"username": "alice", "password": PASSWORD, "next": address})
    assert answer["Location"] == "/"
    assert client.get("/sign-in", {"next": address})["Location"] == "/"
    assert client.post("/settings/language", {"language": "fr", "next": address})["Location"] == "/"


def test_a_null_character_leads_nowhere(world: World) -> None:
    sent = {"username": "alice", "password": PASSWORD, "next": "tick\x00ets"}
    assert Client().post("/sign-in", sent)["Location"] == "/"
    assert Client().get("/sign-in", {"next": "tick\x00ets"}).status_code == 400


def test_a_wrong_password_is_told_and_too_many_have_to_wait(world: World) -> None:
    client = Client(headers={"accept-language": "en"})
    body = {"username": "Alice", "password": "wrong"}
    first = client.post("/sign-in", body)
    assert first.status_code == 400
    assert "User name or password is not right." in first.content.decode()
    assert 'value="Alice"' in first.content.decode()
    for _attempt in range(WRONG_PASSWORDS.free):
        last = client.post("/sign-in", body)
    assert last.status_code == 429
    assert 1 <= int(last["Retry-After"]) <= 5
    assert "Too many wrong passwords from here. Please wait" in last.content.decode()
    assert client.post("/sign-in", {**body, "password": PASSWORD}).status_code == 429
    assert client.post("/sign-in", {"username": "bob", "password": PASSWORD}).status_code == 302


def test_an_empty_form_says_what_is_missing(world: World) -> None:
    answer = Client(headers={"accept-language": "zh-hans"}).post("/sign-in", {"username": "", "password": ""})
    assert "请输入用户名。" in answer.content.decode()
    assert "请输入密码。" in answer.content.decode()


def test_the_language_is_chosen_before_signing_in_and_kept(world: World) -> None:
    client = Client(headers={"accept-language": "en"})
    answer = client.post("/settings/language", {"language": "zh-hans", "next": "/sign-in?next=/reports"})
    assert answer["Location"] == "/sign-in?next=/reports"
    assert "登录" in client.get("/sign-in").content.decode()
    client.post("/sign-in", {"username": "alice", "password": PASSWORD})
    assert User.objects.get(username="alice").language == "zh-hans"
    client.post("/settings/language", {"language": "en", "next": "/"})
    assert User.objects.get(username="alice").language == "en"
    assert '<html lang="en">' in client.get("/").content.decode()


@pytest.mark.parametrize("language", ["", "fr", "<b>"])
def test_an_unknown_language_changes_nothing(world: World, signed_in: SignIn, language: str) -> None:
    assert signed_in(world.alice).post("/settings/language", {"language": language}).status_code == 302
    assert User.objects.get(username="alice").language == "en"


def test_only_a_form_signs_out(world: World, signed_in: SignIn) -> None:
    client = signed_in(world.alice)
    client.get("/sign-out")
    assert client.get("/").status_code == 200
    client.post("/sign-out")
    assert client.get("/")["Location"].startswith("/sign-in")


def test_an_account_of_nobody_gets_a_page_that_says_so(db: None) -> None:
    client = Client(headers={"accept-language": "en"})
    client.force_login(User.objects.create_user("ghost"), backend="django.contrib.auth.backends.ModelBackend")
    answer = client.get("/")
    assert answer.status_code == 403
    assert "not linked to a member of staff" in answer.content.decode()


def test_a_post_that_ended_opens_nothing_any_more(world: World, signed_in: SignIn) -> None:
    client = signed_in(world.bob)
    assert 'href="/tickets"' in client.get("/").content.decode()
    Appointment.objects.filter(person=world.bob.person).update(ends_at=world.now)
    assert 'href="/tickets"' not in client.get("/").content.decode()


def test_a_form_from_elsewhere_is_refused_kindly(world: World) -> None:
    client = Client(enforce_csrf_checks=True, headers={"accept-language": "en"})
    answer = client.post("/sign-in", {"username": "alice", "password": PASSWORD})
    assert answer.status_code == 403
    assert "This page was open too long" in answer.content.decode()


def test_what_is_not_there_is_a_page_in_the_readers_language(db: None) -> None:
    assert "Nothing here" in Client(headers={"accept-language": "en"}).get("/nowhere").content.decode()
    answer = Client(headers={"accept-language": "zh-CN"}).get("/nowhere")
    assert answer.status_code == 404
    assert "没有找到" in answer.content.decode()


def test_a_request_for_another_host_is_refused_with_a_page_of_its_own(db: None) -> None:
    answer = Client(headers={"accept-language": "en", "host": "elsewhere.example"}).get("/sign-in")
    assert answer.status_code == 400
    assert "This did not work" in answer.content.decode()


def test_a_failure_of_ours_is_a_page_of_its_own(db: None) -> None:
    handler = get_resolver().resolve_error_handler(500)
    answer = handler(Client().get("/sign-in").wsgi_request)
    assert answer.status_code == 500
    page = answer.content.decode()
    assert ('class="primary" href="/"' in page, "110" in page) == (True, False)


def test_every_page_declares_who_may_open_it() -> None:
    for pattern in urlpatterns:
        assert isinstance(pattern, URLPattern)
        assert getattr(pattern.callback, "access", None) in {PUBLIC, *Permission}, pattern


@pytest.mark.parametrize("path", ["/", "/report", "/reports", "/tickets", "/notices"])
def test_pages_for_staff_send_everybody_else_to_sign_in(db: None, path: str) -> None:
    answer = Client().get(path)
    assert answer.status_code == 302
    assert answer["Location"].startswith("/sign-in")


def test_pages_are_compressed_and_answers_of_the_api_keep_their_tags(world: World, signed_in: SignIn) -> None:
    """A phone loaded 46 KB of the report page where no proxy stood in front."""
    client = signed_in(world.alice)
    page = client.get("/report", headers={"accept-encoding": "gzip"})
    assert page.headers["Content-Encoding"] == "gzip"
    assert b"data-draft" in gzip.decompress(page.content)
    assert len(page.content) < len(client.get("/report").content) / 2
    sizes = {len(client.get("/offline", headers={"accept-encoding": "gzip"}).content) for _time in range(5)}
    assert len(sizes) > 1, "the size of a page tells nothing of what is in it"
    answer = Client(headers={"accept-encoding": "gzip"}).get("/api/v1/categories")
    assert "Content-Encoding" not in answer.headers


def test_pages_run_no_foreign_script_and_are_not_kept_by_others(world: World, signed_in: SignIn) -> None:
    answer = signed_in(world.alice).get("/report")
    assert "default-src 'self'" in answer["Content-Security-Policy"]
    assert "no-store" in answer["Cache-Control"]
    page = answer.content.decode()
    assert " style=" not in page
    assert "<style" not in page
    assert "onclick" not in page
