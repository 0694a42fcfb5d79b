"""The parts that every operation of the API's description shares: headers and problem documents."""

from collections.abc import Collection
from typing import Any

from drf_spectacular.contrib.django_filters import DjangoFilterExtension
from drf_spectacular.openapi import AutoSchema as SpectacularAutoSchema
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse
from rest_framework import serializers
from rest_framework.permissions import AllowAny
from rest_framework.serializers import BaseSerializer

from backend.common.problems import MEDIA_TYPE
from backend.common.serializers import StrictSerializer

SUCCESSES: list[int | str] = [200, 201, 207]
KEY_SHAPE = {"type": "string", "minLength": 8, "maxLength": 255, "pattern": "^[!-~]+$"}
DESCRIPTIONS = {
    "304": "The client has this body already.",
    "400": "The request cannot be understood or a field is not acceptable.",
    "401": "Nobody is signed in, or the token is not valid (any more).",
    "403": "Known, but not allowed.",
    "404": "There is no such thing, or none this principal may know of.",
    "406": "No answer is written in a form that the request accepts.",
    "409": "Not possible in the present state, or the same request is in flight.",
    "410": "It cannot be gone on from there any more.",
    "412": "The thing changed since it was seen.",
    "413": "The body is too large.",
    "415": "The body is not JSON.",
    "422": "The idempotency key was used for another request.",
    "428": "If-Match is missing.",
    "429": "Too many requests; Retry-After says when to try again.",
    "503": "The database is away; Retry-After says when to try again.",
}


class FieldProblemSerializer(serializers.Serializer[Any]):
    """One thing wrong with one part of the body."""

    pointer = serializers.CharField(help_text="JSON pointer (RFC 6901); empty for the body as a whole.")
    code = serializers.CharField(help_text="Stable; new codes may be added.")
    detail = serializers.CharField(help_text="For people, in the language asked for.")


class ProblemSerializer(serializers.Serializer[Any]):
    """An error (RFC 9457)."""

    type = serializers.CharField(help_text="Stable address of the kind of problem.")
    title = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField(help_text="For people, in the language asked for: what happened, what to do now.")
    code = serializers.CharField(help_text="Stable; new codes may be added.")
    request_id = serializers.CharField(help_text="The X-Request-ID of the answer, by which the log is searched.")
    errors = FieldProblemSerializer(many=True)  # type: ignore[assignment]


class AutoSchema(SpectacularAutoSchema):
    """Reads from the view, each `True` or a collection of method names and action names in lower case:

    `uses_idempotency_key` (only POST), `uses_if_match`, `answers_etag`; `is_conflicting` for answers of 409 and
    `may_be_missing` for answers of 404 where the address alone does not say so, `may_be_over` for those of 410.
    `asks` is the shape of a GET's query.
    `if_match_required = False` says that some requests to the operation need no If-Match.
    """

    def get_summary(self) -> str | None:
        """Return the first sentence of the description: the line that lists of operations show."""
        description = self.get_description()
        first = description.strip().split("\n\n", 1)[0].replace("\n", " ")
        return first.split(". ", 1)[0].rstrip(".:") or None

    def get_extensions(self) -> dict[str, Any]:
        """Return the scope that opens the operation to service accounts, `any` where each may use it."""
        scope = getattr(self.view, "scope", {}).get(self.method.lower())
        return {"x-scope": str(scope)} if scope else {}

    def get_override_parameters(self) -> list[OpenApiParameter | Any]:
        """Return the headers of the operation."""
        parameters = [*super().get_override_parameters()]
        if self.method == "GET" and (asks := getattr(self.view, "asks", None)):
            parameters.append(asks)
        if self._says("uses_idempotency_key"):
            text = "8 to 255 visible ASCII characters; a repetition within 48 hours gets the first answer again."
            parameters.append(_header("Idempotency-Key", text, required=True, shape=KEY_SHAPE))
            parameters.append(_header("Idempotency-Replayed", "`true` on a repeated answer.", response=SUCCESSES))
        if self._says("uses_if_match"):
            required = getattr(self.view, "if_match_required", True)
            parameters.append(_header("If-Match", "The ETag of the version this change is about.", required=required))
        if self._says("answers_etag"):
            parameters.append(_header("ETag", "Strong tag of this version and this body.", response=[*SUCCESSES, 304]))
            if self.method == "GET":
                parameters.append(_header("If-None-Match", "The ETag of the body that the client has already."))
        if getattr(self.view, "scope", {}).get(self.method.lower()):
            text = "With the token of a service account: the staff number of the person for whom this is."
            parameters.append(_header("On-Behalf-Of", text))
        if self._is_paged():
            parameters.append(_header("Link", "RFC 8288 links to the next and previous page.", response=[200]))
        parameters.append(_header("Retry-After", "Whole seconds to wait.", response=["429", "503"]))
        return parameters

    def _map_basic_serializer(self, serializer: Any, direction: Any) -> dict[str, Any]:
        """Say of every field of an answer that it is there, and of a request's which ones a service asks for."""
        schema: dict[str, Any] = super()._map_basic_serializer(serializer, direction)  # type: ignore[no-untyped-call]
        if direction == "response" and "properties" in schema:
            schema["required"] = sorted(schema["properties"])
        if direction == "request" and isinstance(serializer, StrictSerializer):
            schema["additionalProperties"] = False
        if direction == "request" and (required := getattr(serializer, "schema_required", ())):
            schema["required"] = sorted(required)
        return schema

    def _get_response_bodies(self, direction: Any = "response") -> dict[str, Any]:
        responses: dict[str, Any] = super()._get_response_bodies(direction)
        if self.method == "GET" and self._says("answers_etag"):
            responses["304"] = {"description": DESCRIPTIONS["304"]}
        for status in self._problem_statuses():
            response = OpenApiResponse(ProblemSerializer, description=DESCRIPTIONS[status])
            if status not in responses:
                responses[status] = self._get_response_for_code(  # type: ignore[no-untyped-call]
                    response, status, [MEDIA_TYPE], direction
                )
        return responses

    def _problem_statuses(self) -> list[str]:
        has_body = self.method in {"POST", "PUT", "PATCH"}
        found = {
            "400": has_body or bool(self._get_parameters()),
            "401": not self._is_public(),
            "403": not self._is_public(),
            "404": "{" in self.path or self._says("may_be_missing"),
            "406": True,
            "409": self._says("uses_idempotency_key") or self._says("is_conflicting"),
            "410": self._says("may_be_over"),
            "412": self._says("uses_if_match"),
            "413": has_body,
            "415": has_body,
            "422": self._says("uses_idempotency_key"),
            "428": self._says("uses_if_match"),
            "429": bool(self.view.get_throttles()),
            "503": True,
        }
        return [status for status, applies in found.items() if applies]

    def _says(self, attribute: str) -> bool:
        value: bool | Collection[str] = getattr(self.view, attribute, False)
        if attribute == "uses_idempotency_key" and self.method != "POST":
            return False
        if isinstance(value, bool):
            return value and (attribute != "uses_if_match" or self.method not in {"GET", "HEAD", "OPTIONS"})
        return self.method.lower() in value or getattr(self.view, "action", None) in value

    def _is_public(self) -> bool:
        return all(isinstance(permission, AllowAny) for permission in self.view.get_permissions())

    def _is_paged(self) -> bool:
        serializer = self.get_response_serializers()
        is_shape = isinstance(serializer, BaseSerializer | type)
        if not is_shape or self._get_paginator() is None:  # type: ignore[no-untyped-call]
            return False
        return self._is_list_view(serializer)


class FilterParameters(DjangoFilterExtension):  # type: ignore[no-untyped-call]
    """Describes the parameters of a list by its `filterset_class`, without asking the view for rows."""

    target_class = "backend.common.filtering.FilterBackend"
    match_subclasses = False
    priority = 1

    def get_schema_operation_parameters(self, auto_schema: Any, *_args: Any, **_kwargs: Any) -> list[Any]:
        """Return the query parameters; a list without filters has none."""
        filterset = getattr(auto_schema.view, "filterset_class", None)
        if filterset is None:
            return []
        model = filterset._meta.model  # noqa: SLF001 - the library's own way to it
        return [
            parameter
            for name, field in filterset.base_filters.items()
            for parameter in self.resolve_filter_field(  # type: ignore[no-untyped-call]
                auto_schema, model, filterset, name, field
            )
        ]


def _header(
    name: str, text: str, *, required: bool = False, response: Any = False, shape: Any = OpenApiTypes.STR
) -> OpenApiParameter:
    return OpenApiParameter(
        name,
        shape,
        OpenApiParameter.HEADER,
        required=required,
        description=text,
        response=response,
    )
