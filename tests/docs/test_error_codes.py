"""docs/errors.md has a row for every code that the source gives an error, and none for one that nobody gives."""

import re

import pytest
from rest_framework import serializers

from tests.docs.papers import ROOT, read

pytestmark = pytest.mark.source

OF_ERRORS = re.compile(r"^ +(?:default_)?code(?:: ClassVar\[str\])? = \"([a-z_0-9]+)\"$", re.MULTILINE)
OF_FIELDS = re.compile(r"\bcode=\"([a-z_]+)\"")
MESSAGES = re.compile(r"default_error_messages = \{(.*?)\}\n", re.DOTALL)
NAME = re.compile(r"\"([a-z_]+)\": _\(")
OF_THE_SERVER = re.compile(r"HTTPStatus\.[A-Z_]+: \(\"([a-z_]+)\"")
OF_THE_PROXY = re.compile(r"\"code\":\"([a-z_]+)\"")
ROW = re.compile(r"^\| `([a-z_0-9]+)` \|", re.MULTILINE)
NO_ANSWER = {"refused"}
"""Of the base that no error is raised of."""


def sources() -> str:
    """Return the whole source."""
    return "\n".join(path.read_text(encoding="utf-8") for path in sorted(ROOT.glob("backend/**/*.py")))


def documented() -> tuple[set[str], set[str]]:
    """Return the codes of whole requests and those of fields that have a row."""
    requests, _title, fields = read("docs/errors.md").partition("## Of one field")
    return set(ROW.findall(requests)), set(ROW.findall(fields))


def test_every_code_of_an_error_has_a_row_and_no_other() -> None:
    found = set(OF_ERRORS.findall(sources()))
    found |= set(OF_THE_SERVER.findall(read("backend/config/arrivals.py")))
    found |= set(OF_THE_PROXY.findall(read("deploy/Caddyfile")))
    assert documented()[0] == found - NO_ANSWER


def test_every_code_of_a_field_has_a_row() -> None:
    fields = (serializers.CharField, serializers.ChoiceField, serializers.IntegerField, serializers.DecimalField)
    lists = (serializers.ListField, serializers.DictField)
    framework = {code for field in (*fields, *lists) for code in field.default_error_messages}
    ours = {code for block in MESSAGES.findall(sources()) for code in NAME.findall(block)}
    given = set(OF_FIELDS.findall(sources()))
    requests, rows = documented()
    assert (framework | ours | given) - requests - rows == set()
