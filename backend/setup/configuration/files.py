"""The text of a configuration file: read from YAML or JSON with bounds, and written in one fixed form. Pure."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

import yaml
from django.utils.translation import gettext_lazy as _

from backend.common.content_text import ContentUnreadable, content_of
from backend.common.errors import Invalid
from backend.common.file_faults import TOO_LARGE, UNREADABLE, Fault, fault
from backend.common.file_shapes import LONGEST_FAULT
from backend.setup.configuration.checks import configuration_faults

MAXIMUM_BYTES, MOST_ERRORS = 8_000_000, 30


class ConfigurationUnreadable(Invalid):
    """The file is no configuration, or not one that this version can read; the message says where and why."""

    code = "configuration_unreadable"
    title = _("This configuration has to be corrected. Nothing was changed.")

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = tuple(faults)
        more = [f"… and {len(faults) - MOST_ERRORS} more."] if len(faults) > MOST_ERRORS else []
        super().__init__("\n".join([*map(str, faults[:MOST_ERRORS]), *more]))


def configuration_read(content: bytes, *, at_most: int = MAXIMUM_BYTES) -> dict[str, Any]:
    """Return the checked content of a configuration file; raise ConfigurationUnreadable with everything wrong."""
    if len(content) > at_most:
        raise ConfigurationUnreadable([fault((), TOO_LARGE, count=at_most)])
    try:
        found = content_of(content)
    except ContentUnreadable as error:
        raise ConfigurationUnreadable([fault((), UNREADABLE, said=str(error)[:LONGEST_FAULT])]) from error
    return configuration_checked(found)


def configuration_checked(content: object) -> dict[str, Any]:
    """Return a configuration in which nothing is wrong; raise ConfigurationUnreadable with everything that is."""
    faults = configuration_faults(content)
    if faults or not isinstance(content, dict):
        raise ConfigurationUnreadable(faults)
    return content


def configuration_write(content: Mapping[str, Any], *, as_json: bool = False) -> str:
    """Return a configuration as text; the same configuration is the same text, so that two files can be compared."""
    if as_json:
        return json.dumps(content, ensure_ascii=False, indent=2) + "\n"
    return yaml.dump(dict(content), Dumper=yaml.CSafeDumper, allow_unicode=True, sort_keys=False, width=120)
