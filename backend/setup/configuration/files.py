"""The text of a configuration file: read from YAML or JSON with bounds, and written in one fixed form. Pure."""

import json
import re
from collections.abc import Mapping
from typing import Any

import yaml

from backend.common.errors import Invalid
from backend.setup.configuration.shape import configuration_errors

MAXIMUM_BYTES, DEEPEST, MOST_NODES, MOST_ERRORS = 8_000_000, 30, 500_000, 30


class ConfigurationUnreadable(Invalid):
    """The file is no configuration, or not one that this version can read; the message says where and why."""

    code = "configuration_unreadable"


class _PlainLoader(yaml.CSafeLoader):
    """YAML as people mean it: `22:00` and `2026-11-28` are texts, `no` is a text, and no key stands twice."""

    yaml_implicit_resolvers = {}


_PlainLoader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"^(?:true|false)$"), list("tf"))
_PlainLoader.add_implicit_resolver("tag:yaml.org,2002:null", re.compile(r"^(?:null|~|)$"), ["n", "~", ""])
_PlainLoader.add_implicit_resolver("tag:yaml.org,2002:int", re.compile(r"^-?(?:0|[1-9][0-9]*)$"), list("-0123456789"))


def _mapping(loader: _PlainLoader, node: yaml.MappingNode) -> dict[Any, Any]:
    read = loader.construct_object
    return _once([(read(key, deep=True), read(value, deep=True)) for key, value in node.value])


_PlainLoader.add_constructor("tag:yaml.org,2002:map", _mapping)


def configuration_read(content: bytes) -> dict[str, Any]:
    """Return the checked content of a configuration file; raise ConfigurationUnreadable with everything wrong."""
    if len(content) > MAXIMUM_BYTES:
        raise ConfigurationUnreadable(f"The file is larger than {MAXIMUM_BYTES} bytes.")
    try:
        text = content.decode("utf-8-sig")
        found = json.loads(text, object_pairs_hook=_once) if text.lstrip().startswith("{") else _yaml(text)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise ConfigurationUnreadable(f"The file is no YAML or JSON in UTF-8: {error}") from error
    errors = configuration_errors(found)
    if errors:
        more = [f"… and {len(errors) - MOST_ERRORS} more."] if len(errors) > MOST_ERRORS else []
        raise ConfigurationUnreadable("\n".join([*errors[:MOST_ERRORS], *more]))
    checked: dict[str, Any] = found
    return checked


def configuration_write(content: Mapping[str, Any], *, as_json: bool = False) -> str:
    """Return a configuration as text; the same configuration is the same text, so that two files can be compared."""
    if as_json:
        return json.dumps(content, ensure_ascii=False, indent=2) + "\n"
    return yaml.dump(dict(content), Dumper=yaml.CSafeDumper, allow_unicode=True, sort_keys=False, width=120)


def _yaml(text: str) -> Any:
    """Read YAML without references: a few lines of them could stand for more than a machine can hold."""
    depth = 0
    for nodes, event in enumerate(yaml.parse(text, Loader=yaml.CSafeLoader)):
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        if isinstance(event, yaml.AliasEvent) or depth > DEEPEST or nodes > MOST_NODES:
            raise ValueError("it has references, or is too deep or too large")
    return yaml.load(text, Loader=_PlainLoader)  # noqa: S506 - a safe loader of our own


def _once(pairs: list[tuple[Any, Any]]) -> dict[Any, Any]:
    found: dict[Any, Any] = {}
    for key, value in pairs:
        if not isinstance(key, str) or key in found:
            raise ValueError(f"the key {key!r} stands twice, or is no text")
        found[key] = value
    return found
