"""No list of the administration pages can be asked for what it does not show (A15)."""

import re
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

import pytest
from django.apps import apps
from django.core.exceptions import BadRequest
from django.core.handlers.wsgi import WSGIRequest
from django.db import models
from django.http import QueryDict
from django.utils import translation
from django.utils.translation import gettext

from backend.administration.admin import site
from backend.administration.base import ConfigurationAdmin
from backend.administration.library_words import LIBRARY_WORDS
from tests.administration.conftest import address
from tests.browser import SignIn
from tests.world import World

PAGES = {model._meta.label: page for model, page in site._registry.items()}
HOPS = 1
ENDINGS = ("", "__startswith", "__isnull")
WORDS = re.compile(r"""(?:{%\s*trans(?:late)?\s+|\b_\()(["'])(.*?)\1""")
OFFERED = {
    ("accounts.User", "is_active__exact"),
    ("administration.Change", "content_type__id__exact"),
    ("administration.Change", "action"),
    ("administration.Change", "object_pk"),
    ("organisation.Post", "role__exact"),
    ("organisation.Unit", "kind__exact"),
}


def fields(model: type[models.Model], hops: int = HOPS) -> Iterator[str]:
    """Return every way to a value that starts at a row, over relations in both directions."""
    for field in model._meta.get_fields():
        name = field.name
        yield name
        if field.is_relation and field.related_model and hops:
            yield from (f"{name}__{further}" for further in fields(field.related_model, hops - 1))


@pytest.mark.slow("tests/administration/test_lists.py", after=2)
@pytest.mark.parametrize("label", PAGES)
def test_every_list_refuses_every_look_up_it_does_not_offer(label: str, school_day: World, signed_in: SignIn) -> None:
    """The list itself is asked for every look-up; over HTTP it is asked for every name, each with another ending."""
    client = signed_in(school_day.ada)
    names = sorted(set(fields(apps.get_model(label))))
    asked = {f"{name}{ending}" for name in names for ending in ENDINGS}
    turns = {f"{name}{ENDINGS[number % len(ENDINGS)]}" for number, name in enumerate(names)}
    not_offered = {name for name in asked if (label, name) not in OFFERED and not _is_filter(label, name)}
    request = client.get(address(label)).wsgi_request
    assert [name for name in sorted(not_offered) if not _list_refuses(label, request, name)] == []
    answers = {
        name: client.get(address(label), {name: "1"}).status_code
        for name in [*(turns & not_offered), "nonsense", "_popup", "_to_field"]
    }
    assert {name: status for name, status in answers.items() if status != 400} == {}
    assert len(not_offered) >= 30


def _list_refuses(label: str, request: WSGIRequest, name: str) -> bool:
    request.GET = QueryDict(f"{name}=1")
    try:
        PAGES[label].get_changelist_instance(request)
    except BadRequest:
        return True
    return False


def _is_filter(label: str, name: str) -> bool:
    return name in {f"{offered}__exact" for offered in PAGES[label].list_filter if isinstance(offered, str)}


def test_the_hash_of_a_password_cannot_be_read_out(school_day: World, signed_in: SignIn) -> None:
    client = signed_in(school_day.ada)
    hashed = school_day.bob.user.password
    for path, name in (
        ("/admin/accounts/user/", "password__startswith"),
        ("/admin/organisation/person/", "user__password__startswith"),
        ("/admin/organisation/post/", "appointments__person__user__password__startswith"),
        ("/admin/duty/dutyshift/", "slots__person__user__password__startswith"),
        ("/admin/administration/change/", "actor__password__startswith"),
    ):
        for guess in (hashed[:8], "never", ""):
            for more in ({}, {"e": "1"}, {"o": "0"}, {"p": "1", "all": ""}):
                assert client.get(path, {name: guess, **more}).status_code == 400, (path, more)
        assert client.get(path, {"e": "1"}).status_code == 200


def test_what_a_list_offers_still_works(school_day: World, signed_in: SignIn) -> None:
    client = signed_in(school_day.ada)
    for label, name in sorted(OFFERED):
        assert client.get(address(label), {name: "1"}).status_code == 200, (label, name)
    found = client.get(address("organisation.Post"), {"role__exact": "principal"}).content.decode()
    assert "Dan" in found
    assert "Erin" not in found
    for label, page in PAGES.items():
        status = client.get(address(label), {"q": "bob"}).status_code
        assert status == (200 if page.search_fields else 400), label
    assert "bob" in client.get(address("accounts.User"), {"q": "bob"}).content.decode()


def test_the_search_field_speaks_the_readers_language(school_day: World, signed_in: SignIn) -> None:
    page = signed_in(school_day.ada, "zh-hans").get(address("organisation.Person")).content.decode()
    assert 'placeholder="搜索此列表"' in page


def test_what_the_pages_library_says_is_said_in_chinese() -> None:
    """It has no Chinese of its own: an arrow was called "Go back" for everybody."""
    library = Path(str(files("unfold")))
    said = {
        words
        for path in (*library.glob("templates/**/*.html"), *library.glob("templatetags/*.py"))
        for _mark, words in WORDS.findall(path.read_text(encoding="utf-8"))
    }
    assert said >= LIBRARY_WORDS
    with translation.override("zh-hans"):
        assert {words for words in said if gettext(words) == words} == set()


@pytest.mark.slow("tests/administration/test_lists.py", after=3)
@pytest.mark.parametrize("label", PAGES)
def test_lists_are_sorted_by_columns_that_say_so_alone(label: str, school_day: World, signed_in: SignIn) -> None:
    client = signed_in(school_day.ada)
    columns = len(PAGES[label].list_display)
    good = [str(number) for number in range(columns) if client.get(address(label), {"o": number}).status_code == 200]
    assert good == {"administration.Change": ["0"], "accounts.User": ["1"]}.get(label, [])
    for ordering in (str(columns), "password", "-password", "--0", "0.x", "²", "-"):
        assert client.get(address(label), {"o": ordering}).status_code == 400, ordering
    assert client.get(address("administration.Change"), {"o": "-0"}).status_code == 200


def test_values_that_a_filter_cannot_take_are_refused(school_day: World, signed_in: SignIn) -> None:
    client = signed_in(school_day.ada)
    users, changes = address("accounts.User"), address("administration.Change")
    for path, name, value in (
        (users, "is_active__exact", "perhaps"),
        (users, "is_active__exact", "\0"),
        (users, "q", "\0"),
        (changes, "object_pk", "\0"),
        (address("organisation.Post"), "role__exact", "\0"),
    ):
        for more in ({}, {"e": "1"}):
            assert client.get(path, {name: value, **more}).status_code == 400, (name, value)


def test_every_page_of_the_site_keeps_to_these_lists() -> None:
    assert all(isinstance(page, ConfigurationAdmin) for page in PAGES.values())
