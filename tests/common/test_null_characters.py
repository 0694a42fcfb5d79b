"""Null characters and other odd words, sent to every address: a refusal, never a server error."""

import re
from collections.abc import Callable
from typing import Any, cast
from uuid import UUID

import pytest
from django.core.handlers.wsgi import WSGIRequest
from django.http import QueryDict
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
ADD_FORM = re.compile("^admin/.*/add/$")


def together(queries: tuple[str, ...]) -> list[str]:
    """Return queries that send each of these, as many at once as have different parameters."""
    packed: list[dict[str, str]] = []
    for query in queries:
        name, _, value = query.partition("=")
        home = next((known for known in packed if name not in known), None)
        if home is None:
            packed.append(home := {})
        home[name] = value
    return ["&".join(f"{name}={value}" for name, value in known.items()) for known in packed]


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


@pytest.mark.slow("tests/common/test_null_characters.py")
def test_no_address_takes_a_null_character_in_its_path(everybody: list[Client]) -> None:
    paths = {filled(address, dict.fromkeys(SAMPLES, "%00")) for address in addresses() if "<" in address}
    paths = {path for path in paths if "%00" in path}
    paths |= {f"/{PARAMETER.sub('x', address)}%00" for address in addresses()}
    assert len(paths) > 250
    taken = [path for path in sorted(paths) for who in everybody if not refused(who.get(path), path)]
    assert taken == []


@pytest.mark.slow("tests/common/test_null_characters.py")
def test_no_address_takes_a_null_character_in_its_query(everybody: list[Client]) -> None:
    paths = [f"{filled(address, SAMPLES)}?{query}" for address in addresses() for query in QUERIES[:3]]
    paths += [
        f"{filled(address, SAMPLES)}?{query}" for address in addresses() if "admin" in address for query in QUERIES
    ]
    taken = [path for path in paths for who in everybody[:2] if not refused(who.get(path), path)]
    assert taken == []


class Watched(QueryDict):
    """A query that notes for which of its parameters somebody asked, or that somebody looked at all there are."""

    def __init__(self, *query: Any, **how: Any) -> None:
        self.names: set[object] = set()
        self.is_read_whole = False
        super().__init__(*query, **how)
        self.names, self.is_read_whole = set(), False

    def looks_at(self, name: str) -> bool:
        """Say whether it would make a difference to add this parameter."""
        return self.is_read_whole or name in self.names


def _noting_name(method: Callable[..., Any]) -> Callable[..., Any]:
    def noting(query: Watched, name: object, *more: Any, **named: Any) -> Any:
        query.names.add(name)
        return method(query, name, *more, **named)

    return noting


def _noting_whole(method: Callable[..., Any]) -> Callable[..., Any]:
    def noting(query: Watched, *more: Any, **named: Any) -> Any:
        query.is_read_whole = True
        return method(query, *more, **named)

    return noting


for _name in ("__getitem__", "__contains__", "get", "getlist"):
    setattr(Watched, _name, _noting_name(getattr(QueryDict, _name)))
for _name in ("__iter__", "__len__", "__eq__", "__copy__", "__deepcopy__", "__repr__"):
    setattr(Watched, _name, _noting_whole(getattr(QueryDict, _name)))
for _name in ("keys", "values", "items", "lists", "dict", "copy", "urlencode"):
    setattr(Watched, _name, _noting_whole(getattr(QueryDict, _name)))


@pytest.fixture
def queries_read(monkeypatch: pytest.MonkeyPatch) -> list[Watched]:
    """The queries that somebody has looked at, of the requests since it was emptied."""
    seen: list[Watched] = []

    def look(request: WSGIRequest) -> Watched:
        if "watched" not in vars(request):
            vars(request)["watched"] = Watched(request.META.get("QUERY_STRING", ""))
            seen.append(vars(request)["watched"])
        return cast("Watched", vars(request)["watched"])

    monkeypatch.setattr(WSGIRequest, "GET", property(look))
    return seen


def test_each_address_answers_somebody_and_breaks_for_nobody(everybody: list[Client]) -> None:
    administrator, token, _nobody = everybody
    plain = [address for address in addresses() if "<" not in address]
    readers = {address: token if address.startswith("api/v1/") else administrator for address in plain}
    assert [address for address in plain if readers[address].get(f"/{address}").status_code >= 500] == []


@pytest.mark.slow("tests/common/test_null_characters.py")
def test_no_address_breaks_over_what_it_does_not_expect(everybody: list[Client], queries_read: list[Watched]) -> None:
    """An address answers alike without a query and with parameters that it does not look at then; it is asked once.

    An empty form takes each parameter as what stands in the field of that name at first, and nothing else: while it
    opens, it is asked for several at once.
    """
    broken, read = [], set()
    for who, prefix in ((everybody[0], ""), (everybody[1], "api/v1/")):
        for address in addresses():
            if "<" in address or not address.startswith(prefix):
                continue
            queries_read.clear()
            broken += [address] if who.get(f"/{address}").status_code >= 500 else []
            looked = list(queries_read)
            at_once = together(ODD_QUERIES) if ADD_FORM.match(address) else []
            statuses = {query: who.get(f"/{address}?{query}").status_code for query in at_once}
            if not at_once or set(statuses.values()) != {200}:
                asked = [ODD_QUERIES[0], *(odd for odd in ODD_QUERIES[1:] if differs(looked, odd))]
                statuses |= {query: who.get(f"/{address}?{query}").status_code for query in asked}
            broken += [f"/{address}?{query}" for query, status in statuses.items() if status >= 500]
            read |= {(who, address)} if looked else set()
    assert broken == []
    assert len(read) > 100


def differs(looked: list[Watched], odd: str) -> bool:
    """Say whether an address that looked at these queries could answer differently to another one."""
    return any(query.looks_at(odd.partition("=")[0]) for query in looked)


@pytest.mark.slow("tests/common/test_null_characters.py")
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
