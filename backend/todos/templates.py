"""The template of a portal: which requests tell it of a to-do, with named fields where a to-do's values go. Pure."""

import re
from collections.abc import Callable, Collection, Mapping
from typing import Any
from urllib.parse import quote, urlsplit

from django.utils.translation import gettext as _

from backend.common.outgoing import host_is_open
from backend.organisation.addresses import AddressInside, AddressWrong
from backend.todos.errors import TemplateWrong
from backend.todos.todo import Todo

METHODS = ("POST", "PUT", "PATCH", "DELETE", "GET")
REQUESTS = ("open", "done", "gone", "list")
NAMES = frozenset({*REQUESTS, "secret_header", "id_at", "success", "states"})
OF_REQUEST = frozenset({"method", "address", "body"})
OF_LIST = OF_REQUEST | {"items_at", "source_id"}
MOST_DEPTH = 6
MOST_VALUES = 100
LONGEST_TEXT = 500
PLACE = re.compile(r"\{([a-z_]*)\}")
HEADER = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,60}")
USUAL_HEADER = "Authorization"
NOT_OURS = frozenset({"host", "content-length", "content-type", "transfer-encoding", "connection", "user-agent"})
POINTER = re.compile(r"(/[^/~]{1,60}){1,6}")
VISIBLE = re.compile(r"[!-~]+")

FIELDS: Mapping[str, Callable[[Todo, str, Mapping[str, str]], str | int | None]] = {
    "source_id": lambda todo, _remote, _states: todo.source_id,
    "remote_id": lambda _todo, remote, _states: remote,
    "person": lambda todo, _remote, _states: todo.known_as,
    "title": lambda todo, _remote, _states: todo.title,
    "link": lambda todo, _remote, _states: todo.link,
    "due_at": lambda todo, _remote, _states: todo.due_text,
    "due_ms": lambda todo, _remote, _states: todo.due_milliseconds,
    "school": lambda todo, _remote, _states: todo.school,
    "state": lambda todo, _remote, states: states.get(todo.state, str(todo.state)),
}
"""The fields of a template; one that stands alone keeps its kind: a number, or null where there is none."""
IN_ADDRESSES = frozenset({"source_id", "remote_id", "person"})


def filled(shape: Any, todo: Todo, remote_id: str, states: Mapping[str, str]) -> Any:
    """Return a document with a to-do's values in the places of its fields."""
    if isinstance(shape, dict):
        return {name: filled(value, todo, remote_id, states) for name, value in shape.items()}
    if isinstance(shape, list):
        return [filled(value, todo, remote_id, states) for value in shape]
    if not isinstance(shape, str):
        return shape
    alone = PLACE.fullmatch(shape)
    if alone:
        return FIELDS[alone[1]](todo, remote_id, states)
    return PLACE.sub(lambda place: _text(FIELDS[place[1]](todo, remote_id, states)), shape)


def address_filled(address: str, todo: Todo, remote_id: str) -> str:
    """Return an address with a to-do's values in it; none of them can change where it leads."""
    return PLACE.sub(lambda place: quote(_text(FIELDS[place[1]](todo, remote_id, {})), safe=""), address)


def found_at(document: Any, pointer: str) -> Any:
    """Return what stands in a document at a JSON pointer; None where nothing does."""
    for name in pointer.split("/")[1:]:
        if not isinstance(document, dict):
            return None
        document = document.get(name)
    return document


def template_check(template: Any, *, allowed_hosts: Collection[str]) -> None:
    """Raise TemplateWrong, AddressWrong or AddressInside unless a portal could be told of to-dos by a template."""
    if not isinstance(template, dict) or "open" not in template:
        raise TemplateWrong(_("Say at least how what is open is sent, as `open`."), pointer="/setup")
    names_check(template, NAMES, "/setup")
    for name in REQUESTS:
        if name in template:
            _request_check(template[name], name, allowed_hosts)
    used = {place for value in _texts(template["open"], "/setup/open") for place in PLACE.findall(value)}
    if not {"source_id", "person", "title"} <= used:
        raise TemplateWrong(
            _("What is open is sent with `{source_id}`, `{person}` and `{title}`."), pointer="/setup/open"
        )
    _rest_check(template)


def _request_check(request: Any, name: str, allowed_hosts: Collection[str]) -> None:
    pointer = f"/setup/{name}"
    names_check(request, OF_LIST if name == "list" else OF_REQUEST, pointer)
    if request.get("method") not in METHODS:
        raise TemplateWrong(_("Choose one of %(names)s.") % {"names": ", ".join(METHODS)}, pointer=f"{pointer}/method")
    address_check(request.get("address"), f"{pointer}/address", allowed_hosts)
    for text in _texts(request, pointer):
        if unknown := [place for place in PLACE.findall(text) if place not in FIELDS]:
            words = {"name": unknown[0], "names": ", ".join(FIELDS)}
            raise TemplateWrong(_("There is no field “%(name)s”. There are: %(names)s.") % words, pointer=pointer)
    if name == "list" and not (_is_pointer(request.get("items_at")) and isinstance(request.get("source_id"), str)):
        raise TemplateWrong(
            _("Say by `items_at` where the list stands, and by `source_id` how an item names it."), pointer=pointer
        )


def address_check(address: Any, pointer: str, allowed_hosts: Collection[str]) -> None:
    """Raise unless an address is one of https, with fields behind its host at most, that may be reached."""
    bare = PLACE.sub("x", address) if isinstance(address, str) else ""
    try:
        parts = urlsplit(bare)
        is_good = parts.scheme == "https" and bool(parts.hostname) and parts.port != 0
    except ValueError:
        is_good = False
    if not is_good or not VISIBLE.fullmatch(bare) or "\\" in bare or parts.username or parts.password or parts.fragment:
        raise AddressWrong(_("Please give a whole address that begins with https://."), pointer=pointer)
    if PLACE.search(address.split("://", 1)[1].split("/", 1)[0]) or not set(PLACE.findall(address)) <= IN_ADDRESSES:
        words = {"names": ", ".join(sorted(IN_ADDRESSES))}
        raise TemplateWrong(_("Only %(names)s may stand in an address, behind its host.") % words, pointer=pointer)
    if not host_is_open(host=parts.hostname or "", allowed_hosts=allowed_hosts):
        raise AddressInside(pointer=pointer)


def _rest_check(template: Mapping[str, Any]) -> None:
    header = template.get("secret_header", USUAL_HEADER)
    if not isinstance(header, str) or not HEADER.fullmatch(header) or header.lower() in NOT_OURS:
        raise TemplateWrong(_("This is no name of a header for a secret."), pointer="/setup/secret_header")
    if "id_at" in template and not _is_pointer(template["id_at"]):
        raise TemplateWrong(_("Write the place as a JSON pointer, such as `/data/id`."), pointer="/setup/id_at")
    success = template.get("success", {"at": "/code", "value": 0})
    if not isinstance(success, dict) or success.keys() != {"at", "value"} or not _is_pointer(success["at"]):
        raise TemplateWrong(
            _("Say by `at` where the answer tells success, and by which `value`."), pointer="/setup/success"
        )
    states = template.get("states", {})
    if not isinstance(states, dict) or not states.keys() <= {"open", "done", "gone"}:
        raise TemplateWrong(_("The states are `open`, `done` and `gone`."), pointer="/setup/states")
    list(_texts([success, states], "/setup"))


def names_check(shape: Any, known: Collection[str], pointer: str) -> None:
    """Raise TemplateWrong unless a document has no other fields than these."""
    if not isinstance(shape, dict):
        raise TemplateWrong(pointer=pointer)
    if unknown := [name for name in shape if name not in known]:
        words = {"name": str(unknown[0])[:60], "names": ", ".join(sorted(known))}
        raise TemplateWrong(_("There is no field “%(name)s”. There are: %(names)s.") % words, pointer=pointer)


def _texts(shape: Any, pointer: str) -> list[str]:
    """Return every text in a shape; raise TemplateWrong for one that is too deep, too large or of another kind."""
    found: list[str] = []
    level, count = [shape], 0
    for _depth in range(MOST_DEPTH + 1):
        deeper: list[Any] = []
        for value in level:
            count += 1
            if isinstance(value, dict):
                deeper += [*value, *value.values()]
            elif isinstance(value, list):
                deeper += value
            elif isinstance(value, str):
                found.append(value)
        level = deeper
        if not level:
            break
    if level or count > MOST_VALUES or any(len(text) > LONGEST_TEXT for text in found):
        raise TemplateWrong(_("This template is too large."), pointer=pointer)
    return found


def _is_pointer(value: Any) -> bool:
    return isinstance(value, str) and POINTER.fullmatch(value) is not None


def _text(value: str | int | None) -> str:
    return "" if value is None else str(value)
