"""The description of the API says which headers and which problems an operation has."""

from typing import Any

import pytest
import yaml
from django.test import Client
from drf_spectacular.drainage import GENERATOR_STATS
from drf_spectacular.validation import validate_schema

pytestmark = [pytest.mark.urls("tests.common.urls_probe"), pytest.mark.django_db]


@pytest.fixture
def schema(client: Client) -> dict[str, Any]:
    """The description as it is served, without a warning."""
    GENERATOR_STATS.reset()
    document: dict[str, Any] = yaml.safe_load(client.get("/api/schema").content)
    assert not GENERATOR_STATS
    validate_schema(document)  # type: ignore[no-untyped-call]
    return document


def headers(operation: dict[str, Any]) -> set[str]:
    return {parameter["name"] for parameter in operation.get("parameters", []) if parameter["in"] == "header"}


def test_creating_needs_a_key_and_says_how_it_can_fail(schema: dict[str, Any]) -> None:
    operation = schema["paths"]["/api/v1/beats"]["post"]
    assert headers(operation) == {"Idempotency-Key"}
    assert set(operation["responses"]) == {
        *("201", "400", "401", "403", "406", "409", "413", "415", "422", "429", "503")
    }
    assert {"ETag", "Idempotency-Replayed"} <= set(operation["responses"]["201"]["headers"])
    assert "Retry-After" in operation["responses"]["429"]["headers"]


def test_changing_needs_the_version(schema: dict[str, Any]) -> None:
    operation = schema["paths"]["/api/v1/beats/{version}"]["patch"]
    assert headers(operation) == {"If-Match"}
    assert {"404", "412", "428"} <= set(operation["responses"])
    assert "ETag" in operation["responses"]["200"]["headers"]


def test_lists_are_pages(schema: dict[str, Any]) -> None:
    operation = schema["paths"]["/api/v1/beats"]["get"]
    assert headers(operation) == set()
    assert {parameter["name"] for parameter in operation["parameters"]} == {"cursor", "page_size"}
    assert "Link" in operation["responses"]["200"]["headers"]
    reference = operation["responses"]["200"]["content"]["application/json"]["schema"]["$ref"]
    page = schema["components"]["schemas"][reference.rpartition("/")[2]]
    assert page["required"] == ["items", "next", "previous"]


def test_problems_have_one_shape(schema: dict[str, Any]) -> None:
    content = schema["paths"]["/api/v1/who"]["get"]["responses"]["401"]["content"]
    assert content == {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    assert set(schema["components"]["schemas"]["Problem"]["required"]) == {
        "type", "title", "status", "detail", "code", "request_id", "errors",
    }  # fmt: skip


def test_signing_in_needs_no_token(schema: dict[str, Any]) -> None:
    operations = schema["paths"]["/api/v1/tokens"]["post"]
    assert "401" in operations["responses"]
    assert operations["security"] == []
    assert "token" in schema["components"]["securitySchemes"]
