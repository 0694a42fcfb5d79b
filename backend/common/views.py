"""Pages and answers that belong to no app: health, errors, the description of the API."""

import sys
from importlib import import_module
from importlib.util import find_spec
from pkgutil import iter_modules

from django.apps import apps
from django.conf import settings
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.utils.translation import override
from django.views import defaults
from django.views.decorators.http import require_safe
from drf_spectacular.utils import extend_schema
from drf_spectacular.views import SpectacularSwaggerSplitView
from rest_framework.request import Request
from rest_framework.response import Response

from backend.common.access import PUBLIC, public
from backend.common.away_answers import API_PREFIX, away_answer
from backend.common.database_away import is_database_away
from backend.common.errors import DatabaseAway, Invalid, NotFound, PermissionDenied
from backend.common.http_errors import NotReady, ServerError
from backend.common.problems import problem_response

ALIVE = {"status": "alive"}


@public
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:  # noqa: ARG001 - given by the framework
    """Answer 200 as long as the process is alive; touches nothing else."""
    return JsonResponse(ALIVE)


@public
@require_safe
def readyz(request: HttpRequest) -> HttpResponse:  # noqa: ARG001 - given by the framework
    """Answer 200 when the database answers and every migration is applied, else a 503 problem."""
    try:
        missing = Migrations.missing()
    except Exception as error:
        if is_database_away(error):
            return problem_response(DatabaseAway())
        raise
    return problem_response(NotReady()) if missing else JsonResponse({"status": "ready"})


class Migrations:
    """The migrations of this code that the database lacks; once it has all, only the connection is asked again."""

    complete = False

    @classmethod
    def missing(cls) -> bool:
        """Say whether a migration is missing; raise OperationalError when the database is away."""
        if cls.complete:
            with connection.cursor() as cursor:
                cursor.execute("SELECT 1")
            return False
        cls.complete = cls.of_code() <= set(MigrationRecorder(connection).applied_migrations())
        return not cls.complete

    @staticmethod
    def of_code() -> set[tuple[str, str]]:
        """Return app and name of every migration of this code, by the names of their files.

        Loaded, they would stay in the memory of each web process that was ever asked: 14 MiB.
        """
        folders = {app.label: MigrationLoader.migrations_module(app.label)[0] for app in apps.get_app_configs()}
        return {
            (label, found.name)
            for label, folder in folders.items()
            if folder and find_spec(folder)
            for found in iter_modules(import_module(folder).__path__)
            if not found.name.startswith("_")
        }


def database_away(request: HttpRequest) -> HttpResponse:
    """Answer 503 with Retry-After: a problem document in the API, elsewhere a plain page in both languages."""
    error = away_answer(request)
    if request.path.startswith(API_PREFIX):
        return problem_response(error)
    texts = []
    for code, _name in settings.LANGUAGES:
        with override(code):
            texts.append({"language": code, "words": str(error)})
    page = render_to_string("common/database_away.html", {"texts": texts})
    return HttpResponse(page, status=error.status, headers={"Retry-After": str(error.retry_after)})


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer 400 (handler400)."""
    if request.path.startswith(API_PREFIX):
        return problem_response(Invalid())
    return defaults.bad_request(request, exception)


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer 403 (handler403)."""
    if request.path.startswith(API_PREFIX):
        return problem_response(PermissionDenied())
    return defaults.permission_denied(request, exception)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer 404 (handler404)."""
    if request.path.startswith(API_PREFIX):
        return problem_response(NotFound())
    return defaults.page_not_found(request, exception)


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer 500 (handler500), or 503 where the database was lost outside a view."""
    if is_database_away(sys.exc_info()[1]):
        return database_away(request)
    if request.path.startswith(API_PREFIX):
        return problem_response(ServerError())
    return defaults.server_error(request)


class ApiDocsView(SpectacularSwaggerSplitView):
    """The API's description to read and try; Swagger UI writes styles into its page, so it has a policy of its own."""

    access = PUBLIC
    authentication_classes = []
    throttle_classes = []

    @extend_schema(exclude=True)
    def get(self, request: Request, *args: object, **kwargs: object) -> Response:
        """Show the page, or the script that starts it."""
        response: Response = super().get(request, *args, **kwargs)  # type: ignore[no-untyped-call]
        response.headers["Content-Security-Policy"] = (
            "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
            "object-src 'none'; base-uri 'none'; frame-ancestors 'none'"
        )
        return response
