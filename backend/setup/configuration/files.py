"""The text of a configuration file: read from YAML or JSON with bounds, and written in one fixed form. Pure."""

import json
from collections.abc import Mapping
from typing import Any

import yaml

from backend.common.content_text import ContentUnreadable, content_of
from backend.common.errors import Invalid
from backend.setup.configuration.shape import configuration_errors

MAXIMUM_BYTES, MOST_ERRORS = 8_000_000, 30


class ConfigurationUnreadable(Invalid):
    """The file is no configuration, or not one that this version can read; the message says where and why."""

    code = "configuration_unreadable"


def configuration_read(content: bytes) -> dict[str, Any]:
    """Return the checked content of a configuration file; raise ConfigurationUnreadable with everything wrong."""
    if len(content) > MAXIMUM_BYTES:
        raise ConfigurationUnreadable(f"The file is larger than {MAXIMUM_BYTES} bytes.")
    try:
        found = content_of(content)
    except ContentUnreadable as error:
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
