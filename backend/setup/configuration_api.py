"""The API of a school's whole configuration: read, looked at before it is written, and written."""

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import ErrorDetail, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.settings import api_settings

from backend.common.clock import database_now
from backend.common.file_faults import Fault
from backend.common.idempotency import idempotent
from backend.common.parsers import FileJSONParser
from backend.organisation.permissions import Permission
from backend.organisation.selectors import school_get
from backend.organisation.staff_view import StaffView
from backend.setup.configuration.applying import ConfigurationApplied, configuration_apply, configuration_preview
from backend.setup.configuration.exporting import configuration_of
from backend.setup.configuration.files import ConfigurationUnreadable, configuration_checked
from backend.setup.configuration_serializers import ConfigurationCheckInput, ConfigurationInput, ConfigurationOutput

MOST_POINTED_AT = 100
WHOLE = api_settings.NON_FIELD_ERRORS_KEY


class ConfigurationView(StaffView):
    """The configuration of the signed-in administrator's school."""

    access = MappingProxyType({"get": Permission.CONFIGURATION_WRITE, "post": Permission.CONFIGURATION_IMPORT})
    parser_classes = [FileJSONParser]
    uses_idempotency_key = True

    @extend_schema(operation_id="configuration_retrieve", responses=OpenApiTypes.OBJECT)
    def get(self, _request: Request) -> Response:
        """Answer with organisation, calendar, rulebook and coming duty; no secrets are in it."""
        school = school_get(actor=self.actor)
        return Response(configuration_of(school=school, now=database_now(), is_administrators=True))

    @extend_schema(operation_id="configuration_import", request=ConfigurationInput, responses=ConfigurationOutput)
    def post(self, request: Request) -> Response:
        """Write everything in which the school differs, all of it or nothing; what is left out stays.

        Answers 409 (`configuration_outdated`) where the differences are not those that the check showed.
        """

        def act(now: datetime) -> Response:
            given = ConfigurationInput(data=request.data)
            given.is_valid(raise_exception=True)
            content = _checked(given.validated_data)
            digest = given.validated_data["digest"]
            return _answer(configuration_apply(content=content, by=self.actor, digest=digest, now=now))

        return idempotent(request, act)


class ConfigurationCheckView(StaffView):
    """A look at what a configuration would change."""

    access = Permission.CONFIGURATION_WRITE
    parser_classes = [FileJSONParser]
    uses_idempotency_key = True

    @extend_schema(operation_id="configuration_check", request=ConfigurationCheckInput, responses=ConfigurationOutput)
    def post(self, request: Request) -> Response:
        """Answer with what is new, what differs and what is left out; nothing is changed."""

        def act(now: datetime) -> Response:
            given = ConfigurationCheckInput(data=request.data)
            given.is_valid(raise_exception=True)
            content = _checked(given.validated_data)
            return _answer(configuration_preview(content=content, by=self.actor, now=now))

        return idempotent(request, act)


def _answer(done: ConfigurationApplied) -> Response:
    return Response(ConfigurationOutput(done).data)


def _checked(given: Mapping[str, Any]) -> dict[str, Any]:
    """Return a configuration in which nothing is wrong; raise ValidationError that points at each value that is."""
    try:
        return configuration_checked(given["configuration"])
    except ConfigurationUnreadable as error:
        raise ValidationError({"configuration": _nested(error.faults[:MOST_POINTED_AT])}) from error


def _nested(faults: tuple[Fault, ...]) -> dict[str, Any]:
    """Return faults as the framework nests them: under each name on the way, its messages under that of the whole."""
    root: dict[str, Any] = {}
    for one in faults:
        node = root
        for name in one.path:
            node = node.setdefault(str(name), {})
        node.setdefault(WHOLE, []).append(ErrorDetail(one.said, code=ConfigurationUnreadable.code))
    return root
