"""The names that the code knows and papers point at: its identifiers, the words of its texts, what a file defines."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from tests.docs.papers import ROOT

WORD = re.compile(r"[A-Za-z_][\w-]*")
CODE = ("backend", "tools", "tests")
DATA = ("docker-compose.yml", "Dockerfile", "Makefile", "pyproject.toml", "openapi/*.yaml", "rulebooks/*", "demo/**/*")
TEMPLATES = "backend/*/templates/**/*.html"


def sources() -> list[Path]:
    """Return the Python files whose names count; the tests of the papers themselves, and history, prove nothing."""
    found = [path for folder in CODE for path in (ROOT / folder).rglob("*.py")]
    return [path for path in found if "migrations" not in path.parts and path.parent != Path(__file__).parent]


@cache
def known_words() -> frozenset[str]:
    """Return every identifier of the code, and every word of its texts and of the files beside it."""
    words: set[str] = set()
    for path in sources():
        words |= set(_words(path))
    for pattern in (*DATA, TEMPLATES):
        for path in ROOT.glob(pattern):
            if path.is_file():
                words |= set(WORD.findall(path.read_text(encoding="utf-8", errors="ignore")))
    return frozenset(words)


def _words(path: Path) -> Iterator[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    silent = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        yield from _identifiers(node)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in silent:
            yield from WORD.findall(node.value)


def _identifiers(node: ast.AST) -> Iterator[str]:
    for field in ("id", "attr", "name", "arg"):
        name = getattr(node, field, None)
        if isinstance(name, str):
            yield name


@cache
def defined_in(path: Path) -> frozenset[str]:
    """Return what a Python file, or any file of a package, defines: functions, classes, their members, constants."""
    files = sorted(path.rglob("*.py")) if path.is_dir() else [path]
    return frozenset(name for file in files for name in _definitions(ast.parse(file.read_text(encoding="utf-8"))))


def _definitions(tree: ast.Module | ast.ClassDef) -> Iterator[str]:
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.name
        if isinstance(node, ast.ClassDef):
            yield from (f"{node.name}.{name}" for name in _definitions(node))
        targets = (
            [node.target] if isinstance(node, ast.AnnAssign) else node.targets if isinstance(node, ast.Assign) else []
        )
        yield from (target.id for target in targets if isinstance(target, ast.Name))


@cache
def members() -> frozenset[str]:
    """Return `Class.member` for every class of the code."""
    return frozenset(name for path in sources() for name in defined_in(path) if "." in name)
