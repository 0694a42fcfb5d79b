"""The content of a YAML or JSON file, read within bounds, whoever wrote it. Pure."""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import yaml

DEEPEST, MOST_VALUES, MOST_DIGITS = 30, 500_000, 18
DIRECTIVE = re.compile(r"^%", re.MULTILINE)
UNSOUND = re.compile("[\0\ud800-\udfff]")


class ContentUnreadable(ValueError):
    """The bytes are no YAML or JSON, or stand for more than a reader holds; the message says what is wrong."""


@dataclass(slots=True)
class _Part:
    """A value of YAML: the name by which others refer to it, the values in it and itself, and its levels."""

    anchor: str | None
    values: int = 1
    levels: int = 0


class _PlainLoader(yaml.CSafeLoader):
    """YAML as people mean it: `22:00` and `2026-11-28` are texts, `no` is a text, and no key stands twice."""

    yaml_implicit_resolvers = {}


_PlainLoader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"^(?:true|false)$"), list("tf"))
_PlainLoader.add_implicit_resolver("tag:yaml.org,2002:null", re.compile(r"^(?:null|~|)$"), ["n", "~", ""])
_PlainLoader.add_implicit_resolver("tag:yaml.org,2002:int", re.compile(r"^-?(?:0|[1-9][0-9]*)$"), list("-0123456789"))


def _mapping(loader: _PlainLoader, node: yaml.MappingNode) -> dict[Any, Any]:
    read = loader.construct_object
    return _once([(read(key, deep=True), read(value, deep=True)) for key, value in node.value])


def _number(loader: _PlainLoader, node: yaml.ScalarNode) -> int:
    return _integer(str(loader.construct_scalar(node)))


_PlainLoader.add_constructor("tag:yaml.org,2002:map", _mapping)
_PlainLoader.add_constructor("tag:yaml.org,2002:int", _number)


def content_of(raw: bytes, *, references: bool = False) -> Any:
    """Return what YAML or JSON in UTF-8 says; raise ContentUnreadable.

    It is at most 30 levels deep and 500,000 values large. With references a few lines of YAML can stand for more than a
    machine can hold: each counts as the values it stands for, where a file may have them at all.
    """
    try:
        text = raw.decode("utf-8-sig")
        found = _json(text) if text.lstrip().startswith("{") else _yaml(text, references=references)
        _check(found)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise ContentUnreadable(str(error)) from error
    return found


def _json(text: str) -> Any:
    return json.loads(text, object_pairs_hook=_once, parse_int=_integer, parse_constant=_no_constant)


def _yaml(text: str, *, references: bool) -> Any:
    # The library compares each directive with all before it: a file of them would keep it busy for hours.
    if DIRECTIVE.search(text):
        raise ValueError("it has directives, lines that begin with %")
    _measure(yaml.parse(text, Loader=yaml.CSafeLoader), references=references)
    return yaml.load(text, Loader=_PlainLoader)  # noqa: S506 - a safe loader of our own


def _measure(events: Iterable[yaml.Event], *, references: bool) -> None:
    """Measure YAML as if each reference were written out, before any of it is laid out; raise ValueError."""
    known: dict[str, _Part] = {}
    opened: list[_Part] = []
    for event in events:
        # Marks of types could ask for some that take long to read.
        if getattr(event, "tag", None) is not None or (isinstance(event, yaml.AliasEvent) and not references):
            raise ValueError("it has references or marks of types")
        if isinstance(event, yaml.CollectionStartEvent):
            opened.append(_Part(event.anchor))
            part = None
        elif isinstance(event, yaml.CollectionEndEvent):
            part = opened.pop()
        else:
            part = _single(event, known)
        _enclose(part, opened)
        if part is not None and part.anchor is not None:
            known[part.anchor] = part


def _single(event: yaml.Event, known: dict[str, _Part]) -> _Part | None:
    """Return a value without values of its own, or the one that a reference stands for, without its name."""
    if isinstance(event, yaml.ScalarEvent):
        return _Part(event.anchor)
    if not isinstance(event, yaml.AliasEvent):
        return None
    if event.anchor not in known:
        raise ValueError("a value refers to itself, or to one that is not there")
    return _Part(None, known[event.anchor].values, known[event.anchor].levels)


def _enclose(part: _Part | None, opened: list[_Part]) -> None:
    """Add a value that is complete to the one around it."""
    if part is not None and opened:
        opened[-1].values += part.values
        opened[-1].levels = max(opened[-1].levels, part.levels + 1)
    if len(opened) + (part.levels if part else 0) > DEEPEST or (opened and opened[-1].values > MOST_VALUES):
        raise ValueError("it is too deep or too large")


def _check(root: Any) -> None:
    """Look at everything that was read; raise ValueError."""
    level, values = [root], 1
    for _depth in range(DEEPEST + 1):
        if any(isinstance(value, str) and UNSOUND.search(value) for value in level):
            raise ValueError("it holds characters that no text has")
        below = [inner for value in level for inner in _inner(value)]
        values += len(below)
        if values > 2 * MOST_VALUES:
            break
        if not below:
            return
        level = below
    raise ValueError("it is too deep or too large")


def _inner(value: Any) -> Iterable[Any]:
    if isinstance(value, dict):
        return [*value, *value.values()]
    return value if isinstance(value, list) else ()


def _once(pairs: list[tuple[Any, Any]]) -> dict[Any, Any]:
    found: dict[Any, Any] = {}
    for key, value in pairs:
        if not isinstance(key, str) or key in found:
            raise ValueError(f"the key {str(key)[:100]!r} stands twice, or is no text")
        found[key] = value
    return found


def _integer(text: str) -> int:
    if len(text) > MOST_DIGITS:
        raise ValueError("a number in it is too large")
    return int(text)


def _no_constant(text: str) -> float:
    raise ValueError(f"{text} is no number")
