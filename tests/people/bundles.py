"""OneRoster bundles as tests send them: a small school, changed as a test wants it."""

import csv
import io
import zipfile
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import uuid4

from rest_framework.response import Response

from tests.world import Client

Rows = Sequence[Mapping[str, str]]

ORGS: Rows = (
    {"sourcedId": "o-1", "name": "Qinghe", "type": "school", "identifier": "qinghe", "parentSourcedId": ""},
    {"sourcedId": "o-2", "name": "保卫处", "type": "department", "identifier": "security", "parentSourcedId": "o-1"},
    {"sourcedId": "o-3", "name": "图书馆", "type": "department", "identifier": "", "parentSourcedId": "o-1"},
)
CLASSES: Rows = (
    {"sourcedId": "c-1", "title": "高一1班", "classType": "homeroom", "classCode": "g1-1", "schoolSourcedId": "o-1"},
    {"sourcedId": "c-2", "title": "Maths", "classType": "scheduled", "classCode": "m", "schoolSourcedId": "o-1"},
)


def user(
    number: int | str, given: str = "晓燕", *, role: str = "teacher", orgs: str = "o-3", **cells: str
) -> dict[str, str]:
    """Return a line of users.csv."""
    return {
        "sourcedId": f"u-{number}",
        "status": "active",
        "enabledUser": "true",
        "orgSourcedIds": orgs,
        "role": role,
        "username": f"user{number}",
        "givenName": given,
        "familyName": "林",
        "identifier": f"N{number}",
        "email": f"n{number}@portal.example",
        "phone": "123",
        **cells,
    }


def enrolled(who: str, where: str = "c-1", role: str = "teacher") -> dict[str, str]:
    """Return a line of enrollments.csv."""
    return {"sourcedId": f"e-{who}-{where}", "userSourcedId": who, "classSourcedId": where, "role": role}


def text_of(rows: Rows, *, empty: Mapping[str, str] | None = None) -> str:
    """Return rows as a CSV file; without one, the headings of an empty one."""
    out = io.StringIO()
    names = list(dict.fromkeys(name for row in rows or [empty or {}] for name in row))
    writer = csv.DictWriter(out, names, restval="")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def archive(files: Mapping[str, bytes | str]) -> bytes:
    """Return files as a ZIP."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in files.items():
            # Without the time of day: the same files are the same bytes, however slowly they are packed twice.
            packed.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def manifest(version: str = "1.1", **modes: str) -> str:
    """Return a manifest.csv."""
    rows = {
        "manifest.version": "1.0",
        "oneroster.version": version,
        **{f"file.{name}": mode for name, mode in modes.items()},
    }
    return text_of([{"propertyName": name, "value": value} for name, value in rows.items()])


def bundle(
    users: Rows | bytes,
    *,
    enrollments: Rows = (),
    orgs: Rows = ORGS,
    mode: str = "bulk",
    version: str = "1.1",
    **files: Any,
) -> bytes:
    """Return a bundle of some people."""
    modes = {"orgs": "bulk", "users": mode, "classes": "bulk", "enrollments": mode, "courses": "absent"}
    if "roles" in files:
        modes["roles"] = mode
    content: dict[str, Any] = {"orgs": orgs, "users": users, "classes": CLASSES, "enrollments": enrollments, **files}
    empty = {"users": user(1), "enrollments": enrolled("u-1")}
    texts = {
        f"{name}.csv": text_of(rows, empty=empty.get(name)) if not isinstance(rows, bytes) else rows
        for name, rows in content.items()
    }
    return archive({"manifest.csv": manifest(version, **modes), **texts})


def looked(client: Client, content: bytes) -> Response:
    """Send a bundle to be looked at."""
    headers = {"Idempotency-Key": str(uuid4())}
    return client.http.post("/api/v1/people-syncs", content, content_type="application/octet-stream", headers=headers)
