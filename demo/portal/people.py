"""The people of the portal, entered from the school's file; what somebody changed here since is kept."""

from typing import Any

from allauth.idp.oidc.models import Client
from cas_server.models import ReplaceAttributName, ServicePattern
from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import User
from django.db import transaction

from demo.portal.folder import school
from demo.portal.models import Employee, Unit

CLIENT_ID = "allclear"


@transaction.atomic
def people_enter() -> None:
    """Enter units and staff, and Allclear as the one system that lets people sign in here."""
    given = school()
    for row in given["units"]:
        Unit.objects.update_or_create(code=row["code"], defaults=row)
    password = make_password(given["password"])
    for row in given["staff"]:
        _employee(row, password)
    _client(given)
    _service(given)


def _employee(row: dict[str, Any], password: str) -> None:
    told = {"is_staff": row["administers"]}
    user, is_new = User.objects.update_or_create(
        username=row["number"], defaults=told, create_defaults={**told, "password": password}
    )
    if is_new:
        employee = Employee.objects.create(user=user, name=row["name"], email=row["email"])
        employee.units.set(Unit.objects.filter(code__in=row["units"]))


def _client(given: dict[str, Any]) -> None:
    """Enter Allclear as a client of OpenID Connect."""
    client = Client.objects.filter(id=CLIENT_ID).first() or Client(id=CLIENT_ID)
    client.name, client.scopes, client.skip_consent = "Allclear", "openid\nprofile", True
    client.set_secret(given["oidc_secret"])
    client.redirect_uris = "\n".join([given["oidc_back"], f"{given['allclear']}/sign-in"])
    client.save()


def _service(given: dict[str, Any]) -> None:
    """Enter it as a service of CAS, which is told the staff number."""
    service, _is_new = ServicePattern.objects.update_or_create(
        name="Allclear", defaults={"pos": 0, "pattern": f"^{given['allclear']}/", "single_log_out": True}
    )
    ReplaceAttributName.objects.update_or_create(
        service_pattern=service, name="username", defaults={"replace": "employeeNumber"}
    )
