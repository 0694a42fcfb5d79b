"""The description of the API, as the tests of its conventions walk it."""

from typing import Any

import pytest
from drf_spectacular.generators import SchemaGenerator

METHODS = ("get", "post", "put", "patch", "delete")


@pytest.fixture(scope="session")
def description() -> dict[str, Any]:
    """The whole description."""
    schema: dict[str, Any] = SchemaGenerator().get_schema(request=None, public=True)  # type: ignore[no-untyped-call]
    return schema


@pytest.fixture(scope="session")
def operations(description: dict[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    """Every operation: its path, its method and its description."""
    found = [
        (path, method, operation)
        for path, methods in description["paths"].items()
        for method, operation in methods.items()
        if method in METHODS
    ]
    assert len(found) >= 20
    return found
