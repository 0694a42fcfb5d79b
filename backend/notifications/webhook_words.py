"""The sentence about a webhook that takes nothing any more. Pure."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _


def webhook_sentence(params: Mapping[str, Any]) -> str:
    """Return that messages to a program were stopped, and what to do, in the active language."""
    return _(
        "The program “%(program)s” answered that it takes no more messages at %(address)s, so they were switched off. "
        "Please ask whoever runs it; the program itself switches them on again."
    ) % {"program": params["program"], "address": params["address"]}
