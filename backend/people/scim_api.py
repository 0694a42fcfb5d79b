"""SCIM 2.0 (RFC 7643, 7644): the door by which a portal brings staff one by one, where a school opened them to it."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework.authentication import get_authorization_header
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from backend.common.clock import database_now
from backend.common.errors import NotFound
from backend.common.parsers import StrictJSONParser
from backend.common.problems import Problem, ProblemHandler, problem_of
from backend.organisation.scopes import Scope
from backend.organisation.staff_view import StaffView
from backend.people.errors import PeopleSyncClosed, ScimUnreadable, UserTaken
from backend.people.scim.filters import filter_read
from backend.people.scim.reading import patched, wanted_read
from backend.people.scim.shapes import (
    ERROR,
    MOST_LISTED,
    configuration,
    kinds,
    listed,
    only_asked,
    schemas,
    user_shown,
)
from backend.people.selectors import sync_access, users_of
from backend.people.services.users import user_add, user_change, user_remove

MEDIA_TYPE = "application/scim+json"
KINDS_OF_ERROR = {UserTaken.code: "uniqueness", ScimUnreadable.code: "invalidValue", "malformed_json": "invalidSyntax"}


class ScimRenderer(JSONRenderer):
    """Writes JSON as the media type of SCIM."""

    media_type = MEDIA_TYPE


class ScimParser(StrictJSONParser):
    """Reads JSON of the media type of SCIM."""

    media_type = MEDIA_TYPE


class ScimErrors(ProblemHandler):
    """Answers a program as SCIM does, with our code at the end of the detail, and everybody else as the API does."""

    def run(self) -> Response | None:
        """Return the answer."""
        answer = super().run()
        request = self.context["request"]
        given = get_authorization_header(request) if request else b""
        if answer is None or not given.lower().startswith(b"bearer "):
            return answer
        problem = problem_of(self.exc)
        document = error_document(problem)
        return Response(document, status=answer.status_code, headers=dict(answer.headers), content_type=MEDIA_TYPE)


def error_document(problem: Problem) -> dict[str, Any]:
    """Return an error as SCIM writes it."""
    # Clients refuse a member that the specification does not name, so the code has no member of its own.
    detail = f"{problem.detail} ({problem.code})"
    document: dict[str, Any] = {"schemas": [ERROR], "status": str(problem.status), "detail": detail}
    kind = KINDS_OF_ERROR.get(problem.code)
    if kind == "invalidValue" and any(error.pointer == "/filter" for error in problem.errors):
        kind = "invalidFilter"
    if kind == "invalidValue" and any(error.pointer == "/path" for error in problem.errors):
        kind = "invalidPath"
    return {**document, **({"scimType": kind} if kind else {})}


@extend_schema(exclude=True)
class ScimView(StaffView):
    """A view for the one program to which the school opened its staff; it reads any query, as SCIM has it."""

    scope = dict.fromkeys(("get", "post", "put", "patch", "delete", "options"), Scope.PEOPLE_SYNC)
    renderer_classes = [ScimRenderer, JSONRenderer]
    parser_classes = [ScimParser, StrictJSONParser]

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Let that program in; raise PeopleSyncClosed for everybody else."""
        APIView.initial(self, request, *args, **kwargs)
        if self.actor.through is None:
            raise PeopleSyncClosed
        sync_access(actor=self.actor)

    def get_exception_handler(self) -> Any:
        """Return what answers for an error."""
        return lambda error, context: ScimErrors(error, context).run()

    def shown(self, what: dict[str, Any], *, status: int = HTTPStatus.OK) -> Response:
        """Return an answer about one thing."""
        meta = what["meta"]
        headers = {"Location": meta["location"], **({"ETag": meta["version"]} if "version" in meta else {})}
        return Response(only_asked(what, asked=self.request.query_params), status=status, headers=headers)


class ScimConfigurationView(ScimView):
    """The abilities of this side."""

    def get(self, _request: Request) -> Response:
        """Answer with it."""
        return Response(configuration())


class ScimKindsView(ScimView):
    """The kinds of things there are."""

    def get(self, _request: Request, name: str = "") -> Response:
        """Answer with all, or with one."""
        return _one_or_all(kinds(), name)


class ScimSchemasView(ScimView):
    """The schemas of the kinds."""

    def get(self, _request: Request, name: str = "") -> Response:
        """Answer with all, or with one."""
        return _one_or_all(schemas(), name)


class ScimUsersView(ScimView):
    """The staff that came from the portal."""

    def get(self, request: Request) -> Response:
        """Answer with those whom a filter finds, a page at a time."""
        return self.found(request.query_params.dict())

    def post(self, request: Request) -> Response:
        """Take somebody in."""
        link = user_add(actor=self.actor, wanted=wanted_read(_body(request)), now=database_now())
        return self.shown(user_shown(link), status=HTTPStatus.CREATED)

    def found(self, asked: Mapping[str, Any]) -> Response:
        """Return a page of those whom a filter finds."""
        test = filter_read(asked["filter"]) if asked.get("filter") else None
        rows = [user_shown(link) for link in users_of(actor=self.actor)]
        rows = [row for row in rows if test is None or test(row)]
        first, count = max(1, _number(asked, "startIndex", 1)), max(0, _number(asked, "count", MOST_LISTED))
        page = rows[first - 1 : first - 1 + min(count, MOST_LISTED)]
        named = {name: _joined(asked.get(name)) for name in ("attributes", "excludedAttributes")}
        shown = [only_asked(row, asked=named) for row in page]
        return Response(listed(shown, total=len(rows), first=first))


class ScimSearchView(ScimUsersView):
    """The same, with what is asked for in the body."""

    http_method_names = ["post"]

    def post(self, request: Request) -> Response:
        """Answer as the list does."""
        return self.found(_body(request))


class ScimUserView(ScimView):
    """One of the staff."""

    def get(self, request: Request, person_id: UUID) -> Response:
        """Answer with them, or with nothing where they are as the program knows them."""
        link = users_of(actor=self.actor).filter(person_id=person_id).first()
        if link is None:
            raise NotFound
        what = user_shown(link)
        if request.headers.get("If-None-Match") == what["meta"]["version"]:
            return Response(status=HTTPStatus.NOT_MODIFIED, headers={"ETag": what["meta"]["version"]})
        return self.shown(what)

    def put(self, request: Request, person_id: UUID) -> Response:
        """Let them be so from now on."""
        body = _body(request)
        return self._changed(request, person_id, lambda _shown, known: wanted_read(body, known=known))

    def patch(self, request: Request, person_id: UUID) -> Response:
        """Change something of them."""
        body = _body(request)
        return self._changed(request, person_id, lambda shown, known: wanted_read(patched(shown, body), known=known))

    def delete(self, request: Request, person_id: UUID) -> Response:
        """Let them leave; the portal does not see them any more."""
        version = request.headers.get("If-Match")
        user_remove(actor=self.actor, person_id=person_id, version=version, now=database_now())
        return Response(status=HTTPStatus.NO_CONTENT)

    def _changed(self, request: Request, person_id: UUID, change: Any) -> Response:
        version = request.headers.get("If-Match")
        link = user_change(actor=self.actor, person_id=person_id, change=change, version=version, now=database_now())
        return self.shown(user_shown(link))


class ScimNothingView(ScimView):
    """Every other address."""

    def get(self, _request: Request, **_path: str) -> Response:
        """Refuse."""
        raise NotFound

    post = put = patch = delete = get


def _one_or_all(rows: list[dict[str, Any]], name: str) -> Response:
    if not name:
        return Response(listed(rows, total=len(rows), first=1))
    found = next((row for row in rows if row["id"] == name), None)
    if found is None:
        raise NotFound
    return Response(found)


def _body(request: Request) -> dict[str, Any]:
    return request.data if isinstance(request.data, dict) else {}


def _number(asked: Mapping[str, Any], name: str, otherwise: int) -> int:
    text = str(asked.get(name, otherwise))
    if not text.removeprefix("-").isdecimal() or len(text) > 9:  # noqa: PLR2004 - more people than there are
        raise ScimUnreadable(_("This is not as it has to be: %(name)s") % {"name": name}, pointer=f"/{name}")
    return int(text)


def _joined(value: Any) -> str:
    return ",".join(map(str, value)) if isinstance(value, list) else str(value or "")
