"""The portal's home, and Allclear within a page of the portal."""

from collections.abc import Callable

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from demo.portal.allclear import NotConnected, Refused
from demo.portal.models import Employee
from demo.portal.todos import waiting


@login_required
def home(request: HttpRequest) -> HttpResponse:
    """Greet somebody, with the button, the badge and the first few things that wait for them."""
    employee = Employee.objects.prefetch_related("units").get(user_id=request.user.pk)
    context = {"employee": employee, "todos": waiting(request.user.get_username())[:3]}
    return render(request, "portal/home.html", context)


@login_required
def framed(request: HttpRequest) -> HttpResponse:
    """Show Allclear in a frame; whoever is signed in here is there as well."""
    return render(request, "portal/framed.html")


class Explaining:
    """Shows a page that explains what Allclear refused, or that it does not answer."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer as usual."""
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, problem: Exception) -> HttpResponse | None:
        """Explain those errors that come from the other side; every other one is ours."""
        if not isinstance(problem, NotConnected | Refused | OSError):
            return None
        return render(request, "portal/refused.html", {"said": str(problem)}, status=502)
