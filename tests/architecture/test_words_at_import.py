"""No words are translated while the product is loaded: they would stay in one language for everybody."""

import ast
from collections.abc import Iterator

import pytest

from tests.architecture.source import files, place, tree

pytestmark = pytest.mark.source

AT_ONCE = {"gettext", "ngettext", "pgettext", "npgettext"}


def names_of(module: ast.Module) -> set[str]:
    """Return the names under which a module knows what translates at once."""
    imports = [node for node in ast.walk(module) if isinstance(node, ast.ImportFrom)]
    return {
        alias.asname or alias.name
        for node in imports
        if node.module == "django.utils.translation"
        for alias in node.names
        if alias.name in AT_ONCE
    }


def run_at_import(node: ast.AST) -> Iterator[ast.AST]:
    """Yield whatever is computed while a module is loaded: all but the bodies of functions."""
    yield node
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
        below: list[ast.AST] = [*node.args.defaults, *filter(None, node.args.kw_defaults)]
    else:
        below = list(ast.iter_child_nodes(node))
    for child in below:
        yield from run_at_import(child)


def test_no_words_are_translated_while_a_module_is_loaded() -> None:
    """What a form of two pages asked for was said in English to every reader."""
    found = [
        place(path, node)
        for path in files("backend")
        for node in run_at_import(tree(path))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in names_of(tree(path))
    ]
    assert found == []
