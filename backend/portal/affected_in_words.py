"""Affected parties and the word of the reporter as a timeline tells them. Pure."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.translation import gettext as _

from backend.workflow.models import Affected, AffectedParty, Handled


def party_in_words(party: AffectedParty) -> str:
    """Return whom an affected party means."""
    return _named(party.kind, party.who)


def affected_in_words(body: Mapping[str, Any]) -> Iterator[str]:
    """Yield whom an event means by which somebody affected was added, informed or waived."""
    if "affected" in body:
        yield _named(body["affected"], body.get("who", ""))


def _named(kind: str, who: str) -> str:
    label = str(Affected(kind).label)
    return _("%(kind)s: %(who)s") % {"kind": label, "who": who} if who else label


def handled_in_words(body: Mapping[str, Any]) -> Iterator[str]:
    """Yield how the reporter found it handled."""
    if "handled" in body:
        yield str(Handled(body["handled"]).label)
