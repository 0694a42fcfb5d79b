"""The house holds: foreign keys point downwards, the domain knows no HTTP, the edge makes no queries of its own."""

import ast
import tomllib
from typing import Any

import pytest
from django.apps import apps

from tests.architecture.source import ROOT, domain_files, edge_files, files, imported, place, tree

pytestmark = pytest.mark.source

FRAMEWORK = {"auth", "contenttypes", "sessions", "knox"}
HTTP = ("django.http", "django.shortcuts", "django.views", "django.urls", "rest_framework", "drf_spectacular")
SIGNALS = ("django.dispatch", "django.db.models.signals", "django.core.signals")
LATE = {"eta", "countdown", "apply_async"}


def floors() -> list[set[str]]:
    """Return the apps of each floor from the top down, as the import contract names them."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]
    house: dict[str, Any] = next(row for row in contracts["contracts"] if row["containers"] == ["backend"])
    return [{name.strip(" ()") for name in floor.split("|")} for floor in house["layers"]]


def test_foreign_keys_point_downwards_and_never_sideways() -> None:
    floor_of = {name: number for number, names in enumerate(floors()) for name in names}
    models = [model for model in apps.get_models() if model.__module__.startswith("backend.")]
    assert len(models) > 20
    wrong = [
        f"{model._meta.label}.{field.name} → {target._meta.label}"
        for model in models
        for field in model._meta.get_fields()
        if field.concrete and field.is_relation and (target := field.related_model)
        if (source := model._meta.app_label) != (label := target._meta.app_label)
        if label not in FRAMEWORK and floor_of[source] >= floor_of[label]
    ]
    assert wrong == []


def test_every_app_stands_on_a_floor() -> None:
    rooms = {path.parent.name for path in (ROOT / "backend").glob("*/__init__.py")}
    assert rooms <= {name for floor in floors() for name in floor}


def test_the_edge_asks_selectors_and_services_instead_of_the_database() -> None:
    assert len(edge_files()) >= 10
    wrong = [
        place(path, node)
        for path in edge_files()
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Attribute) and node.attr in {"objects", "_default_manager", "_base_manager"}
    ]
    assert wrong == []


def test_services_selectors_and_models_know_no_http() -> None:
    assert len(domain_files()) >= 20
    assert {
        f"{path.relative_to(ROOT)}: {name}"
        for path in domain_files()
        for name in imported(path)
        if name.startswith(HTTP)
    } == set()


def test_the_broker_carries_no_deadline() -> None:
    wrong = [
        place(path, node)
        for path in files("backend")
        for node in ast.walk(tree(path))
        if (isinstance(node, ast.keyword) and node.arg in LATE)
        or (isinstance(node, ast.Attribute) and node.attr in LATE)
    ]
    assert wrong == []


def test_nothing_listens_to_signals_and_no_save_is_overridden() -> None:
    signals = [path for path in files("backend") if any(name.startswith(SIGNALS) for name in imported(path))]
    overridden = [
        place(path, node)
        for path in files("backend")
        if path.name == "models.py"
        for node in ast.walk(tree(path))
        if isinstance(node, ast.FunctionDef) and node.name in {"save", "delete"}
    ]
    assert (signals, overridden) == ([], [])
