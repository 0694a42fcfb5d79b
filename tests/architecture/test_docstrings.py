"""Docstrings state what a thing is; none opens like a question that only the code below it answers."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.architecture.source import ROOT, files, tree

pytestmark = pytest.mark.source

QUESTION = re.compile(r"(What|Who|Whom|Whose|How|Which|Where|When|Whether|Why)\b")
BODIES = (ast.Module, ast.ClassDef)


def docstrings(path: Path) -> Iterator[str]:
    """Return the texts that say what a module, a class or a constant is."""
    for body in (node.body for node in ast.walk(tree(path)) if isinstance(node, BODIES)):
        for node in body:
            if (
                isinstance(node, ast.Expr)
                and isinstance(node.value, ast.Constant)
                and isinstance(node.value.value, str)
            ):
                yield node.value.value


def test_no_docstring_opens_like_a_question() -> None:
    found = {
        f"{path.relative_to(ROOT)}: {text.splitlines()[0]}"
        for path in files("backend", "tools", "tests")
        for text in docstrings(path)
        if QUESTION.match(text)
    }
    assert found == set()
