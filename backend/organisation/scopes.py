"""Scopes: what a service account may be let in to. Pure.

A view names the scope that opens each of its methods to service accounts as `scope`; without one it is closed to them.
"""

from collections.abc import Mapping
from http import HTTPMethod
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _


class Scope(models.TextChoices):
    """The scopes that an administrator gives a service account; the values are part of the API."""

    REPORTS_FILE = "reports.file", _("File reports on behalf of staff, and follow them")
    TICKETS_READ = "tickets.read", _("Read tickets that are not confidential")
    TODO_READ = "todo.read", _("Read what waits for somebody")
    PEOPLE_SYNC = "people.sync", _("Read the staff, with posts and addresses")
    EVENTS_READ = "events.read", _("Learn what happens to tickets that are not confidential")
    WEBHOOKS_MANAGE = "webhooks.manage", _("Have such events sent to an address of its own")


ANY = "any"
"""Named by operations that every service account may use, by itself too: lists needed to fill in a form."""
FOR_PERSON = frozenset({Scope.REPORTS_FILE, Scope.TODO_READ})
"""Scopes that open something only on behalf of a person."""


def scope_of(*, view: Any, method: str) -> str | None:
    """Return the scope that opens a method of a view to service accounts, `ANY`, or None where it is closed to them."""
    named: Mapping[str, str] = getattr(view, "scope", {})
    return named.get("get" if method == HTTPMethod.HEAD else method.lower())


def is_for_person(*, view: Any, method: str) -> bool:
    """Say whether a method of a view is opened to service accounts only on behalf of a person.

    A view that a program may ask by itself although its scope is one for persons says so as `is_by_itself`.
    """
    return scope_of(view=view, method=method) in FOR_PERSON and not getattr(view, "is_by_itself", False)
