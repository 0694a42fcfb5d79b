"""The rooms of docs/architecture.md are the layers that the check of imports holds, in the same order."""

import re
import tomllib

import pytest

from tests.docs.papers import read

pytestmark = pytest.mark.source

ROW = re.compile(r"^\| (`[a-z]+`(?: · `[a-z]+`)*) \|", re.MULTILINE)
NAME = re.compile(r"[a-z]+")


def test_each_row_of_rooms_is_a_layer() -> None:
    """A merge left two rows twice, one of them without the gate."""
    table = read("docs/architecture.md").partition("## Rooms")[2].partition("## ")[0]
    contracts = tomllib.loads(read("pyproject.toml"))["tool"]["importlinter"]["contracts"]
    layers = next(contract["layers"] for contract in contracts if contract["containers"] == ["backend"])
    assert [set(NAME.findall(row)) for row in ROW.findall(table)] == [set(NAME.findall(layer)) for layer in layers]
