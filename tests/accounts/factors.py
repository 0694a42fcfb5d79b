"""Second factors of the cast: an app that shows codes, and people who sign in with it."""

import re
from datetime import datetime
from http import HTTPStatus
from typing import Any

import pyotp
from django.test import Client

from backend.common.clock import database_now
from tests.world import PASSWORD, Member

KEY = re.compile(r'<p class="key"[^>]*>([A-Z2-7 ]+)</p>')
CODES = re.compile(r"<li>([a-z0-9]{4}-[a-z0-9]{4}-[a-z0-9]{4})</li>")
STEP = 30


class App:
    """An authenticator app; each code it gives is of a later half minute, as if time had gone by."""

    def __init__(self, secret: str) -> None:
        self.totp = pyotp.TOTP(secret)

    def code(self, *, now: datetime | None = None, steps: int = 0) -> str:
        at = (now or database_now()).timestamp()
        return str(self.totp.at(int(at) + steps * STEP))


def app_add(client: Client) -> tuple[App, list[str]]:
    """Set an app up on the pages of somebody signed in; return it and the recovery codes shown."""
    found = KEY.search(client.get("/account/factors").content.decode())
    assert found
    app = App(found[1].replace(" ", ""))
    # The code of the half minute before, so that the present one is still good for signing in; another half minute may
    # begin on the way.
    page = client.post("/account/factors/app", {"code": app.code(steps=-1)})
    if page.status_code != HTTPStatus.OK:
        page = client.post("/account/factors/app", {"code": app.code(steps=-1)})
    assert page.status_code == 200, page.content.decode()
    return app, CODES.findall(page.content.decode())


def password_typed(member: Member, onward: str = "/", **headers: str) -> Client:
    """Type the right password in a fresh browser."""
    client = Client(headers={"accept-language": "en", **headers})
    body = {"username": member.user.username, "password": PASSWORD, "next": onward}
    assert client.post("/sign-in", body)["Location"] == "/sign-in/factor"
    return client


def give(client: Client, code: str) -> Any:
    return client.post("/sign-in/factor", {"code": code})
