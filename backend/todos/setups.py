"""The set-up that each kind of system asks for. Pure."""

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from backend.todos.errors import TemplateWrong
from backend.todos.models import TodoSystem
from backend.todos.templates import address_check, names_check, template_check

KEY = re.compile(r"[A-Za-z0-9_-]{3,80}")


def _nothing_check(setup: Mapping[str, Any], *, allowed_hosts: Collection[str]) -> None:  # noqa: ARG001 - asked alike
    if setup:
        raise TemplateWrong(_("A portal that asks for itself needs no set-up: leave it empty."), pointer="/setup")


@dataclass(frozen=True, slots=True)
class Asked:
    """The set-up of a vendor: a name that it gave, addresses that differ from the usual ones, and choices."""

    key: str
    addresses: frozenset[str]
    choices: Mapping[str, frozenset[str]]

    def __call__(self, setup: Mapping[str, Any], *, allowed_hosts: Collection[str]) -> None:
        """Raise TemplateWrong, AddressWrong or AddressInside unless it is whole."""
        key = setup.get(self.key)
        if not isinstance(key, str) or not KEY.fullmatch(key):
            raise TemplateWrong(_("Give the app's own name as `%(name)s`.") % {"name": self.key}, pointer="/setup")
        known = {self.key, *self.addresses, *self.choices}
        names_check(setup, known, "/setup")
        for name in self.addresses & setup.keys():
            address_check(setup[name], f"/setup/{name}", allowed_hosts)
        for name in self.choices.keys() & setup.keys():
            if not isinstance(setup[name], str) or setup[name] not in self.choices[name]:
                words = {"names": ", ".join(sorted(self.choices[name]))}
                raise TemplateWrong(_("Choose one of %(names)s.") % words, pointer=f"/setup/{name}")


CHECKS: Mapping[str, Callable[..., None]] = {
    TodoSystem.Kind.PUSH: template_check,
    TodoSystem.Kind.PULL: _nothing_check,
    TodoSystem.Kind.DINGTALK: Asked("app_key", frozenset({"address", "old_address"}), {}),
    TodoSystem.Kind.FEISHU: Asked(
        "app_id", frozenset({"address"}), {"id_type": frozenset({"user_id", "open_id", "union_id"})}
    ),
}


def setup_check(*, kind: str, setup: Mapping[str, Any], allowed_hosts: Collection[str]) -> None:
    """Raise what is wrong with the set-up of a kind of system."""
    CHECKS[kind](setup, allowed_hosts=allowed_hosts)


EXAMPLES: Mapping[str, Mapping[str, Any]] = {
    TodoSystem.Kind.PUSH: {
        "secret_header": "Authorization",
        "open": {
            "method": "POST",
            "address": "https://portal.school.example/api/todo",
            "body": {
                "pid": "{source_id}",
                "ptitle": "{title}",
                "ptoUserId": "{person}",
                "pcUrl": "{link}",
                "mobileUrl": "{link}",
                "deadline": "{due_at}",
                "readed": "{state}",
            },
        },
        "gone": {"method": "DELETE", "address": "https://portal.school.example/api/todo/{source_id}"},
        "list": {
            "method": "GET",
            "address": "https://portal.school.example/api/todo?user={person}",
            "items_at": "/data",
            "source_id": "pid",
        },
        "states": {"open": "0", "done": "1", "gone": "2"},
        "success": {"at": "/code", "value": 0},
    },
    TodoSystem.Kind.DINGTALK: {"app_key": "dingxxxxxxxx"},
    TodoSystem.Kind.FEISHU: {"app_id": "cli_xxxxxxxx", "id_type": "user_id"},
}
"""A good set-up of each kind, to begin from."""
