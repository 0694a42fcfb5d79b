"""The source as the architecture tests read it."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]


def files(*folders: str) -> list[Path]:
    """Return the Python files below some folders, without migrations; no folder is empty."""
    found = {folder: sorted((ROOT / folder).rglob("*.py")) for folder in folders}
    assert all(found.values()), found
    return [path for paths in found.values() for path in paths if "migrations" not in path.parts]


def edge_files() -> list[Path]:
    """Return the files that parse requests and answer them, and the Celery tasks."""
    edges = {"api", "views", "tasks"}
    return [
        path for path in files("backend") if edges & {part.removesuffix(".py") for part in path.relative_to(ROOT).parts}
    ]


def domain_files() -> list[Path]:
    """Return the files of services, selectors and models."""
    rooms = {"services", "selectors", "models"}
    return [
        path for path in files("backend") if rooms & {part.removesuffix(".py") for part in path.relative_to(ROOT).parts}
    ]


@cache
def tree(path: Path) -> ast.Module:
    """Return a file's syntax tree."""
    return ast.parse(path.read_text(encoding="utf-8"))


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Return every function and method of a file."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def imported(path: Path) -> set[str]:
    """Return the dotted names a file imports, wherever in it."""
    names: set[str] = set()
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return names


def place(path: Path, node: ast.AST) -> str:
    """Return where something stands, for a message."""
    return f"{path.relative_to(ROOT)}:{getattr(node, 'lineno', 0)}"
