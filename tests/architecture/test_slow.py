"""A slow proof names the test that stands for it in `make test`, and that one is there and not slow itself."""

import ast
from pathlib import Path

import pytest

from tests.architecture.source import ROOT, files, functions, tree

pytestmark = pytest.mark.source

SOURCE = (ROOT / "tests" / "architecture", ROOT / "tests" / "docs")
"""The folders in which `make check` looks for what reads the source."""
FILES = [path for path in files("tests") if ".slow" in path.read_text(encoding="utf-8")]


def is_mark(node: ast.AST) -> bool:
    """Return whether this is `pytest.mark.slow`."""
    return isinstance(node, ast.Attribute) and ast.unparse(node) == "pytest.mark.slow"


def marks(path: Path) -> list[ast.AST]:
    """Return the places at which a file marks something slow."""
    return [node for node in ast.walk(tree(path)) if is_mark(node)]


def names_of_marks(path: Path) -> set[str]:
    """Return the names that a file gives to a mark of a slow proof."""
    named = (node for node in tree(path).body if isinstance(node, ast.Assign) and any(map(is_mark, ast.walk(node))))
    return {target.id for node in named for target in node.targets if isinstance(target, ast.Name)}


def siblings(path: Path) -> list[str]:
    """Return the files that a file's marks name, by their paths."""
    calls = [node for node in ast.walk(tree(path)) if isinstance(node, ast.Call) and is_mark(node.func)]
    return [str(argument.value) for call in calls for argument in call.args if isinstance(argument, ast.Constant)]


def quick_tests(path: Path) -> list[str]:
    """Return the tests of a file, some of whose cases at least run in `make test`."""
    named = names_of_marks(path)
    if "pytestmark" in named:
        return []
    tests = [function for function in functions(path) if function.name.startswith("test_")]
    return [test.name for test in tests if not any(_is_slow(mark, named) for mark in test.decorator_list)]


def _is_slow(decorator: ast.expr, named: set[str]) -> bool:
    if isinstance(decorator, ast.Call) and is_mark(decorator.func):
        return not decorator.keywords  # `after`: so many of its cases are not
    return ast.unparse(decorator) in named


def test_each_slow_proof_names_a_quick_one() -> None:
    assert FILES
    for path in FILES:
        named, where = siblings(path), path.relative_to(ROOT)
        assert len(named) == len(marks(path)), f"{where}: a mark names one file by its path"
        for sibling in named:
            assert (ROOT / sibling).is_file(), f"{where}: {sibling} is not there"
            assert quick_tests(ROOT / sibling), f"{where}: {sibling} has no test that is not slow"


def test_what_reads_the_source_stands_where_it_is_looked_for() -> None:
    marked = [path for path in files("tests") if "mark.source" in path.read_text(encoding="utf-8")]
    assert [path for path in marked if path.parent not in SOURCE and path.name != "test_plugin_slow.py"] == []
    assert len(marked) > 10
