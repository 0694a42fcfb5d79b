"""Every file and every name of the code that a paper points at is there."""

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from celery import current_app
from django.apps import apps
from django.conf import settings
from django.utils.module_loading import import_string

from tests.docs.names import defined_in, known_words, members
from tests.docs.papers import ROOT, paper_name, papers, prose

pytestmark = pytest.mark.source

FOLDERS = ("backend", "tools", "tests", "docs", "rulebooks", "openapi", "demo", "deploy", "requirements")
QUOTED = re.compile(r"`([^`\n]+)`")
PLACED = re.compile(r"`([\w.]+)(?:\(\))?`\s+(?:in|of|from)\s+`([\w./-]+/[\w./-]*)`|`([\w./-]+\.py): ([\w.]+)`")
PATH = re.compile(r"\.?[\w-]+(?:/[\w.-]+)+/?|[\w-]+/")
DOTTED = re.compile(r"[A-Za-z_]\w*(?:\.\w+)+")
NAME = re.compile(r"_*[a-z]+(?:_[a-z0-9]+)+|[A-Z]+(?:_[A-Z0-9]+)+|[A-Z][a-z]+(?:[A-Z][a-z]+)+|[a-z]+(?:-[a-z]+)+")
FILE = re.compile(r"[\w-]*\.(?:py|md|ya?ml|toml|html|po|sh)")
HOSTS = (".org", ".lan")
FRAMEWORK = ("max_string_length", "max_decimal_places", "max_whole_digits")
NOT_OURS = ("docker-", "zh-", "embedded-", "django-", "allclear_", "clock_timestamp", *FRAMEWORK)
"""Beginnings of names that belong to others: Docker, languages, packages, roles and functions of the database."""


def present(paper: Path) -> str:
    """Return the prose of a paper; of the changelog, what is said of the version to come."""
    text = prose(paper.read_text(encoding="utf-8"))
    return text.split("\n## [0")[0] if paper.name == "CHANGELOG.md" else text


def place(name: str) -> Path | None:
    """Return what a path of a paper means: from the top, or within backend/; None for a path of something else."""
    first = name.split("/", maxsplit=1)[0]
    if first in FOLDERS:
        return ROOT / name
    return ROOT / "backend" / name if (ROOT / "backend" / first).is_dir() else None


@cache
def file_names() -> frozenset[str]:
    """Return the names of all files, without their folders."""
    below = (path for folder in FOLDERS for path in (ROOT / folder).rglob("*"))
    return frozenset(path.name for path in (*ROOT.iterdir(), *below))


@cache
def dotted_names() -> frozenset[str]:
    """Return the names with a dot that are no module's: tasks, models, members, logins, and words of the code's own."""
    current_app.loader.import_default_modules()
    code = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "backend").rglob("*.py"))
    demo = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "demo").glob("*.yaml"))
    return frozenset(
        {
            *current_app.tasks,
            *settings.OUTBOX_TASKS,
            *(f"settings.{name}" for name in dir(settings)),
            *(model._meta.label for model in apps.get_models()),
            *(f"{model._meta.label}.{field.name}" for model in apps.get_models() for field in model._meta.get_fields()),
            *members(),
            *re.findall(r"username: ([\w.]+)", demo),
            *re.findall(r'"([a-z_]+\.[a-z_]+)"', code),
        }
    )


def is_importable(name: str) -> bool:
    """Return whether a dotted name leads to a module of the backend or to something in one."""
    try:
        import_string(f"backend.{name}")
    except ImportError:
        return False
    return True


def is_there(word: str) -> bool:
    """Return whether a word between backticks, if it is a pointer at all, leads to a file or a name of the code."""
    bare = word.removesuffix("()")
    if PATH.fullmatch(bare) and (there := place(bare)) is not None:
        return there.exists()
    if FILE.fullmatch(bare):
        return bare in file_names()
    if DOTTED.fullmatch(bare) and not bare.endswith(HOSTS):
        return bare in dotted_names() or is_importable(bare)
    return not NAME.fullmatch(bare) or bare.startswith(NOT_OURS) or bare in known_words()


def is_defined(name: str, path: str) -> bool:
    """Return whether a name is defined where a paper says that it is."""
    there = place(path)
    return there is not None and there.exists() and name in defined_in(there)


def wrong_pointers(text: str) -> Iterator[str]:
    """Yield each pointer of a text that leads nowhere."""
    yield from (word for word in dict.fromkeys(QUOTED.findall(text)) if not is_there(word))
    for name, path, file, symbol in PLACED.findall(text):
        if not is_defined(name or symbol, path or file):
            yield f"{name or symbol} in {path or file}"


def test_what_a_paper_points_at_is_there() -> None:
    wrong = {paper_name(paper): list(wrong_pointers(present(paper))) for paper in papers()}
    assert {name: found for name, found in wrong.items() if found} == {}


@pytest.mark.parametrize(
    "wrong",
    [
        *("`backend/nowhere.py`", "`workflow/nowhere.py`", "`rulebooks/nowhere.yaml`", "`nowhere.py`"),
        *("`ticket_nothing`", "`NoSuchClass`", "`NO_SUCH_CONSTANT`", "`no-such-word-of-ours`", "`workflow.nothing`"),
        *("`World.nothing`", "`database_now` in `workflow/states.py`", "`workflow/states.py: database_now`"),
    ],
)
def test_a_pointer_that_leads_nowhere_is_found(wrong: str) -> None:
    assert list(wrong_pointers(f"As {wrong} says.")) != []


@pytest.mark.parametrize(
    "right",
    [
        *("`backend/workflow/states.py`", "`workflow/`", "`tests/world.py`", "`states.py`", "`TRANSITIONS`"),
        *("`common.OutboxMessage`", "`workflow.route`", "`ticket.opened`", "`teacher.lin`", "`World.now`"),
        *("`database_now()` in `common/clock.py`", "`common/clock.py: database_now`", "`record-interim-control`"),
    ],
)
def test_a_pointer_that_leads_somewhere_is_left_alone(right: str) -> None:
    assert list(wrong_pointers(f"As {right} says.")) == []
