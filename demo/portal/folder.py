"""The folder of a portal: the school it was given, and how Allclear lets it in."""

import json
import os
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

SCHOOL, CONNECTION = "portal.json", "connection.json"


@dataclass(frozen=True)
class Connection:
    """The two secrets that Allclear gave: the token of the service account, and the one that signs webhooks."""

    token: str
    webhook_secret: str


def folder() -> Path:
    """Return the folder."""
    return Path(os.environ["PORTAL_FOLDER"])


@cache
def school() -> dict[str, Any]:
    """Return the school: its name, units and staff, the portal's own ports and secrets, and where Allclear is."""
    read: dict[str, Any] = json.loads((folder() / SCHOOL).read_text(encoding="utf-8"))
    return read


def connection() -> Connection | None:
    """Return what Allclear gave; None before the two were connected."""
    try:
        return Connection(**json.loads((folder() / CONNECTION).read_text(encoding="utf-8")))
    except FileNotFoundError:
        return None
