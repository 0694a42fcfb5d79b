"""Limits of size and form: short functions, short files, imports at the top, a docstring everywhere."""

import ast

import pytest

from tests.architecture.source import ROOT, files, functions, place, tree

pytestmark = pytest.mark.source

LONGEST_FUNCTION = 40
LONGEST_FILE = {"backend": 300, "tools": 300, "tests": 500}


@pytest.mark.parametrize("folder", LONGEST_FILE)
def test_files_are_short(folder: str) -> None:
    lengths = {
        str(path.relative_to(ROOT)): len(path.read_text(encoding="utf-8").splitlines()) for path in files(folder)
    }
    assert {name: length for name, length in lengths.items() if length > LONGEST_FILE[folder]} == {}


def test_functions_are_short() -> None:
    lengths = {
        place(path, node): (node.end_lineno or 0) - node.lineno + 1
        for path in files("backend", "tools")
        for node in functions(path)
    }
    assert {where: length for where, length in lengths.items() if length > LONGEST_FUNCTION} == {}


def test_no_function_imports() -> None:
    wrong = [
        place(path, inner)
        for path in files("backend", "tools", "tests")
        for node in functions(path)
        for inner in ast.walk(node)
        if isinstance(inner, ast.Import | ast.ImportFrom)
    ]
    assert wrong == []


def test_every_module_and_public_function_says_its_rule() -> None:
    silent = [
        place(path, node)
        for path in files("backend", "tools")
        for node in (tree(path), *ast.iter_child_nodes(tree(path)))
        if isinstance(node, ast.Module | ast.FunctionDef) and ast.get_docstring(node) is None
        if not getattr(node, "name", "").startswith("_") and path.name not in {"__init__.py", "apps.py"}
    ]
    assert silent == []
