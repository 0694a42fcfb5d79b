"""Null characters and other odd words, sent to every address: a refusal, never a server error."""

import re
from typing import Any, cast
from uuid import UUID

import pytest
from django.core.handlers.wsgi import WSGIRequest
from django.http import HttpRequest, QueryDict
from django.test import Client

from backend.notifications.ringing import Group
from backend.organisation.roles import Role
from backend.portal.staff_lists import list_packed
from tests.addresses import addresses
from tests.browser import SignIn
from tests.world import World, member_add

PARAMETER = re.compile(r"<(\w+):\w+>|\(\?P<\w+>(\w+)[^)]*\)|[\^$]")
SAMPLES = {"uuid": str(UUID(int=1)), "int": "1", "str": "x", "slug": "x", "path": "1"}
QUERIES = (
    "a=%00",
    "%00=a",
    "q=a%00b",
    "place=%00",
    "next=%00",
    "object_pk=%00",
    "kind__exact=%00",
    "cursor=%00",
)
ODD_QUERIES = (
    *("q=%ff", "q=%5B(*", "q=" + "a" * 3000, "p=99999999999999999999", "p=-1", "p=x", "o=9.9", "place=%ff", "cursor=x"),
    *("state=%ff", "category=%5C", "office=%27", "school=99999999999999999999", "page_size=99999999999999999999"),
    *("o=" + "9" * 5000, "content_type__id__exact=%C2%B2"),  # too many digits for Python, and ², a digit of no number
    *("updated_since=0000-00-00", "from=9999-99-99", "next=//%5C", "token=%ff", "role=%F0%9F%94%A5"),
)
COSTLY = {"statusz", "api/schema", "api/docs"}
"""Reads no parameter, and takes half a second."""


def filled(address: str, values: dict[str, str]) -> str:
    """Return the address with a value for each of its parameters."""

    def value(found: "re.Match[str]") -> str:
        word = found[1] or found[2]
        return values.get(word, word) if word else ""

    return f"/{PARAMETER.sub(value, address)}"


def refused(response: Any, path: str) -> bool:
    """Say whether it is a 400 or a 404, in the API as a problem document and elsewhere as a page."""
    wanted = "application/problem+json" if path.startswith("/api/") else "text/html"
    return response.status_code in (400, 404) and response.headers["Content-Type"].startswith(wanted)


@pytest.fixture
def everybody(world: World, signed_in: SignIn) -> list[Client]:
    """An administrator, who may open most pages; the coordinator with a token for the API; and nobody."""
    ada = member_add(world, "ada", [(Role.ADMINISTRATOR, None, False)], site=world.home)
    token = Client(headers={"Authorization": f"Token {world.cleo.client.token}"})
    return [signed_in(ada), token, Client()]


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/api/v1/places/by-token/%00", 404),
        ("/report?place=%00", 400),
        ("/admin/administration/change/?object_pk=%00", 400),
        ("/admin/organisation/unit/?kind__exact=%00", 400),
    ],
)
def test_the_addresses_that_were_server_errors(everybody: list[Client], path: str, status: int) -> None:
    """Each of them was a 500 (C6)."""
    assert [refused(who.get(path), path) and who.get(path).status_code for who in everybody] == [status] * 3


def test_no_address_takes_a_null_character_in_its_path(everybody: list[Client]) -> None:
    paths = {filled(address, dict.fromkeys(SAMPLES, "%00")) for address in addresses() if "<" in address}
    paths = {path for path in paths if "%00" in path}
    paths |= {f"/{PARAMETER.sub('x', address)}%00" for address in addresses()}
    assert len(paths) > 250
    taken = [path for path in sorted(paths) for who in everybody if not refused(who.get(path), path)]
    assert taken == []


def test_no_address_takes_a_null_character_in_its_query(everybody: list[Client]) -> None:
    paths = [f"{filled(address, SAMPLES)}?{query}" for address in addresses() for query in QUERIES[:3]]
    paths += [
        f"{filled(address, SAMPLES)}?{query}" for address in addresses() if "admin" in address for query in QUERIES
    ]
    taken = [path for path in paths for who in everybody[:2] if not refused(who.get(path), path)]
    assert taken == []


@pytest.fixture
def queries_read(monkeypatch: pytest.MonkeyPatch) -> list[HttpRequest]:
    """The requests whose query somebody has looked at."""
    seen: list[HttpRequest] = []
    parse = WSGIRequest.__dict__["GET"].func

    def look(request: WSGIRequest) -> QueryDict:
        seen.append(request)
        if "GET" not in vars(request):
            vars(request)["GET"] = parse(request)
        return cast("QueryDict", vars(request)["GET"])

    monkeypatch.setattr(WSGIRequest, "GET", property(look))
    return seen


def test_no_address_breaks_over_what_it_does_not_expect(
    everybody: list[Client], queries_read: list[HttpRequest]
) -> None:
    """An address that looks at no parameter answers every query alike; it is asked once."""
    broken, read = [], set()
    for who, prefix in ((everybody[0], ""), (everybody[1], "api/v1/")):
        for address in addresses():
            if "<" in address or address in COSTLY or not address.startswith(prefix):
                continue
            for odd in ODD_QUERIES:
                queries_read.clear()
                broken += [f"/{address}?{odd}"] if who.get(f"/{address}?{odd}").status_code >= 500 else []
                if not queries_read:
                    break
                read.add((who, address))
    assert broken == []
    assert len(read) > 100


def test_no_form_takes_a_null_character(everybody: list[Client]) -> None:
    everybody[0].raise_request_exception = everybody[2].raise_request_exception = False
    taken = []
    for address in addresses():
        path = filled(address, SAMPLES)
        for who in (everybody[0], everybody[2]):
            typed = who.post(path, {"username": "a\0", "password": "\0", "description": "\0"})
            named = who.post(path, {"csrfmiddlewaretoken\0": "x"})
            taken += [path] if typed.status_code >= 500 or named.status_code not in (400, 404) else []
    assert taken == []


@pytest.mark.parametrize("number", ["9" * 5000, "9" * 19, "²", "١", "-1", ""])
def test_a_number_that_no_row_has_is_none_of_what_was_chosen(
    world: World, everybody: list[Client], number: str
) -> None:
    packed = list_packed(school=world.school, rows=[], ends=[])
    assert everybody[0].post("/staff/import", {"list": packed, "keep": number}).status_code == 302
    assert everybody[0].post("/settings/choices", dict.fromkeys(Group, number)).status_code == 302


@pytest.mark.parametrize("path", ["/sign-in", "/api/v1/places", "/admin/"])
def test_a_cookie_with_a_null_character_is_refused(path: str, db: None) -> None:
    who = Client()
    who.cookies["sessionid"] = "a\0b"  # it travels as "a\000b", which is read as the character
    assert who.get(path).status_code == 400
