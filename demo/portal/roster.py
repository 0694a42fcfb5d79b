"""The staff of the portal, and their way to Allclear: a OneRoster 1.2 bundle, looked at and then taken in."""

import csv
import io
import zipfile
from collections.abc import Iterable, Sequence

from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from demo.portal import allclear
from demo.portal.folder import school
from demo.portal.models import Employee, Unit
from demo.portal.sign_in import administrators_only
from demo.portal.words import said

SCHOOL = "school"
FILES = {
    "academicSessions": "absent",
    "categories": "absent",
    "classes": "bulk",
    "courses": "absent",
    "enrollments": "bulk",
    "orgs": "bulk",
    "roles": "bulk",
    "users": "bulk",
}


def bundle() -> bytes:
    """Return the whole staff with its departments and classes, as a ZIP of CSV files."""
    given, units, people = school(), list(Unit.objects.all()), _people()
    departments = [unit for unit in units if unit.kind == "department"]
    classes = [unit for unit in units if unit.kind == "class"]
    files: dict[str, Iterable[Sequence[object]]] = {
        "manifest": [
            ("propertyName", "value"),
            ("manifest.version", "1.0"),
            ("oneroster.version", "1.2"),
            *((f"file.{name}", mode) for name, mode in FILES.items()),
        ],
        "orgs": [
            ("sourcedId", "name", "type", "identifier", "parentSourcedId"),
            (SCHOOL, given["name_zh"], "school", given["code"], ""),
            *((unit.code, unit.name_zh, "department", unit.code, SCHOOL) for unit in departments),
        ],
        "classes": [
            ("sourcedId", "title", "classCode", "classType", "schoolSourcedId"),
            *((unit.code, unit.name_zh, unit.code, "homeroom", SCHOOL) for unit in classes),
        ],
        "users": [
            ("sourcedId", "enabledUser", "username", "familyName", "givenName", "identifier", "email"),
            *(_user(one) for one in people),
        ],
        "roles": [
            ("userSourcedId", "roleType", "role", "orgSourcedId"),
            *(row for one in people for row in _roles(one)),
        ],
        "enrollments": [
            ("userSourcedId", "classSourcedId", "role"),
            *((_id(one), unit.code, "teacher") for one in people for unit in _of_kind(one, "class")),
        ],
    }
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, rows in files.items():
            archive.writestr(f"{name}.csv", _csv(rows))
    return packed.getvalue()


@administrators_only
def page(request: HttpRequest) -> HttpResponse:
    """Show the staff, and the last bundle that went to Allclear."""
    sync_id = request.session.get("sync")
    last = said(f"sync {allclear.get(f'people-syncs/{sync_id}').json()['state']}") if sync_id else ""
    return render(request, "portal/roster.html", {"people": _people(), "last": last})


@administrators_only
def export(_request: HttpRequest) -> HttpResponse:
    """Give the bundle out as a file."""
    headers = {"Content-Disposition": 'attachment; filename="oneroster.zip"'}
    return HttpResponse(bundle(), content_type="application/zip", headers=headers)


@administrators_only
@require_POST
def switch(request: HttpRequest, number: str) -> HttpResponse:
    """Switch somebody's account off, because they left, or on again; nobody switches off their own."""
    user = get_object_or_404(User.objects.exclude(username=request.user.get_username()), username=number)
    user.is_active = not user.is_active
    user.save(update_fields=["is_active"])
    return redirect("roster")


@administrators_only
@require_POST
def send(request: HttpRequest) -> HttpResponse:
    """Have Allclear look at the bundle, and show what it would change."""
    looked = allclear.post("people-syncs", content=bundle())
    changes = [(said(change["sort"]), change) for change in looked["changes"]]
    return render(request, "portal/preview.html", {"looked": looked, "changes": changes})


@administrators_only
@require_POST
def apply(request: HttpRequest) -> HttpResponse:
    """Have exactly that taken in."""
    sync_id = request.POST["sync"]
    allclear.post(f"people-syncs/{sync_id}/apply", document={})
    request.session["sync"] = sync_id
    return redirect("roster")


def _people() -> list[Employee]:
    return list(Employee.objects.select_related("user").prefetch_related("units").order_by("user__username"))


def _id(one: Employee) -> str:
    return f"staff-{one.user.username}"


def _user(one: Employee) -> Sequence[object]:
    given, _blank, family = one.name.rpartition(" ")
    enabled = "true" if one.user.is_active else "false"
    return _id(one), enabled, one.user.username, family, given, one.user.username, one.email


def _roles(one: Employee) -> list[Sequence[object]]:
    """Return a role in each department of somebody, or in the school where they are in none."""
    codes = [unit.code for unit in _of_kind(one, "department")] or [SCHOOL]
    return [(_id(one), "primary", "teacher", code) for code in codes]


def _of_kind(one: Employee, kind: str) -> list[Unit]:
    return [unit for unit in one.units.all() if unit.kind == kind]


def _csv(rows: Iterable[Sequence[object]]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerows(rows)
    return text.getvalue()
