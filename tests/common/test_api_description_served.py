"""The description of the API is composed once: for two who ask at once too, and never for each who asks again."""

import gzip
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from unittest.mock import patch

import pytest
from django.test import Client
from drf_spectacular.generators import SchemaGenerator

from backend.common import described

YAML, JSON = "application/vnd.oai.openapi", "application/vnd.oai.openapi+json"


@pytest.fixture
def composed() -> Iterator[list[object]]:
    """Every time that a description was composed, of a process in which nobody has asked yet."""
    found: list[object] = []
    compose: Callable[..., object] = SchemaGenerator.get_schema

    def noting(generator: SchemaGenerator, *given: object, **named: object) -> object:
        found.append(generator)
        return compose(generator, *given, **named)

    described._composed.cache_clear()
    with patch.object(SchemaGenerator, "get_schema", noting):
        yield found


def test_it_is_composed_once_for_everybody_who_asks(composed: list[object]) -> None:
    """Two at once broke the library (500); one after the other cost 1.4 s of the processor each."""
    with ThreadPoolExecutor(2) as both:
        answers = list(both.map(lambda _: Client().get("/api/schema"), range(2)))
    assert [answer.status_code for answer in answers] == [200, 200]
    assert answers[0].headers["Content-Type"] == f"{YAML}; charset=utf-8"
    assert answers[0].content.startswith(b"openapi: 3.1.1")

    packed = Client().get("/api/schema", headers={"accept-encoding": "zstd, gzip"})
    assert gzip.decompress(packed.content) == answers[0].content == answers[1].content
    assert len(packed.content) * 8 < len(answers[0].content)

    again = Client().get("/api/schema?lang=xx&version=2", headers={"if-none-match": packed.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert len(composed) == 1
