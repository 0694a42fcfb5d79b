"""The page to sign in: name and password, and the buttons of other systems at which people sign in."""

import re
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse

from backend.anonymous.selectors import any_school_takes
from backend.common.errors import DomainError
from backend.identity.models import CODE, IdentityProvider
from backend.identity.selectors import providers_offered
from backend.organisation.selectors.schools import emergency_numbers_agreed
from backend.portal.forms import SignInForm
from backend.portal.pages import waiting
from backend.setup.selectors.live import school_exists

USED_LAST = "sign_in_with"
GOOD_FOR = 400 * 24 * 3600
MOST_BUTTONS = 4


def sign_in_page(
    request: HttpRequest,
    *,
    onward: str,
    form: SignInForm | None = None,
    refusal: DomainError | None = None,
    status: int = 200,
) -> HttpResponse:
    """Show the page, with what was typed and why it was refused."""
    context: dict[str, Any] = {
        "form": form or SignInForm(),
        "next": onward,
        "is_empty": not school_exists(),
        "emergency_numbers": emergency_numbers_agreed(),
        "unnamed_at": _unnamed_at(onward) if any_school_takes() else "",
        **_offered(request),
    }
    if refusal is None:
        return render(request, "portal/sign_in.html", context, status=status)
    return waiting(render(request, "portal/sign_in.html", {**context, "refusal": refusal}, status=status), refusal)


def _unnamed_at(onward: str) -> str:
    """Return where one reports without a name, at the place whose code led here."""
    place = parse_qs(urlsplit(onward).query).get("place", [""])[0]
    query = f"?{urlencode({'place': place})}" if place else ""
    return f"{reverse('portal:anonymous')}{query}"


def used_last(request: HttpRequest) -> str:
    """Return the code of the provider by which somebody signed in on this device last; empty for none."""
    code = request.COOKIES.get(USED_LAST, "")
    return code if re.match(CODE.regex, code) else ""


def used_note(response: HttpResponseBase, provider: IdentityProvider, *, secure: bool) -> None:
    """Have the device show the button of this provider first."""
    response.set_cookie(USED_LAST, provider.code, max_age=GOOD_FOR, httponly=True, samesite="Lax", secure=secure)


def _offered(request: HttpRequest) -> dict[str, Any]:
    """Return the buttons: of all providers where they are few, else of the one used last and a way to the others."""
    last = used_last(request)
    found = providers_offered(remembered=last, most=MOST_BUTTONS + 1)
    if len(found) <= MOST_BUTTONS:
        return {"providers": found}
    return {"providers": [row for row in found if row.code == last], "has_more_providers": True}
