"""Somebody without a name, as the tests send what they report and follow it."""

from typing import Any
from uuid import uuid4

from rest_framework.response import Response
from rest_framework.test import APIClient

from backend.common.throttling import counter
from tests.world import World

ADDRESS, BROWSER = "203.0.113.77", "Planted-Browser/9.1 (of the tests)"


class Voice:
    """A device of nobody's, at one address."""

    def __init__(self, address: str = ADDRESS) -> None:
        self.http = APIClient()
        self.http.credentials(
            REMOTE_ADDR=address, HTTP_USER_AGENT=BROWSER, HTTP_ACCEPT_LANGUAGE="en", HTTP_X_REQUEST_ID="of-the-tests"
        )

    def file(self, world: World, *, key: str | None = None, school: str = "", **changes: object) -> Response:
        """File a report to the cast's school."""
        path = f"/api/v1/anonymous/schools/{school or world.school.code}/reports"
        headers = {"Idempotency-Key": key or str(uuid4())}
        return self.http.post(path, world.report_body(**changes), format="json", headers=headers)

    def follow(self, code: str) -> Response:
        """Ask what became of it."""
        return self.http.get("/api/v1/anonymous/report", headers={"Tracking-Code": code})

    def send(self, code: str, path: str, body: Any = None, *, key: str | None = None) -> Response:
        """Write, or take a step."""
        headers = {"Tracking-Code": code, "Idempotency-Key": key or str(uuid4())}
        return self.http.post(f"/api/v1/anonymous/report/{path}", body or {}, format="json", headers=headers)


def opens(world: World) -> None:
    """Have the cast's school take reports without a name, and nothing counted yet."""
    world.school.takes_anonymous = True
    world.school.save(update_fields=["takes_anonymous"])
    forget()


def forget() -> None:
    """Forget whom the cache has counted."""
    for name in counter().scan_iter("allclear:anonymous:*"):
        counter().delete(name)
