"""Other programs as tests use them: a service account made over HTTP, and the API as its token opens it."""

from datetime import timedelta
from typing import Any

from backend.common.clock import database_now
from backend.organisation.roles import Role
from backend.organisation.scopes import Scope
from tests.world import Client, Member, World, member_add

EVERY_SCOPE = tuple(scope.value for scope in Scope)


class Program(Client):
    """The API as another program uses it, on behalf of a member by their staff number or by itself."""

    def __init__(self, secret: str, on_behalf_of: str = "") -> None:
        super().__init__(None)
        self.secret = secret
        named = {"HTTP_ON_BEHALF_OF": on_behalf_of} if on_behalf_of else {}
        self.http.credentials(HTTP_AUTHORIZATION=f"Bearer {secret}", HTTP_ACCEPT_LANGUAGE="en", **named)

    def for_(self, staff_number: str) -> "Program":
        """Return the same program on behalf of somebody."""
        return Program(self.secret, staff_number)


def administrator(world: World) -> Member:
    """Return Ada, who administers Alice's school."""
    known = world.members.get("ada")
    return known or member_add(world, "ada", [(Role.ADMINISTRATOR, None, False)], site=world.home)


def service_body(*scopes: str, name: str = "校园门户") -> dict[str, Any]:
    """Return a good service account to be."""
    ends_at = (database_now() + timedelta(days=90)).isoformat()
    return {"name": name, "scopes": list(scopes or EVERY_SCOPE), "ends_at": ends_at}


def made(world: World, *scopes: str, by: Member | None = None, name: str = "校园门户") -> dict[str, Any]:
    """Let Ada, or somebody else, make a service account; return the answer."""
    answer = (by or administrator(world)).client.post("service-accounts", service_body(*scopes, name=name))
    assert answer.status_code == 201, answer.data
    return dict(answer.data)


def program(world: World, *scopes: str, on_behalf_of: str = "", by: Member | None = None) -> Program:
    """Return a program with a service account of its own."""
    return Program(made(world, *scopes, by=by)["secret"], on_behalf_of)
