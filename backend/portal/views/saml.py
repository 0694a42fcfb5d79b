"""SAML beside the other ways to sign in elsewhere: our metadata, answers that are posted, logout by browser."""

from http import HTTPStatus

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.cache import never_cache

from backend.common.clock import database_now
from backend.common.errors import DomainError, NotFound
from backend.identity.arriving import with_query
from backend.identity.models import IdentityProvider
from backend.identity.saml import way
from backend.identity.saml.metadata import own_metadata
from backend.identity.selectors import provider_by_code
from backend.identity.services.ending import sessions_end
from backend.portal.access import public

METADATA_TYPE = "application/samlmetadata+xml"


@public
@never_cache
def metadata(_request: HttpRequest, code: str) -> HttpResponse:
    """Answer with the description of our side, for whoever keeps the other one."""
    try:
        provider = _of_saml(code)
    except NotFound as error:
        raise Http404 from error
    return HttpResponse(own_metadata(provider=provider), content_type=METADATA_TYPE)


def landed(request: HttpRequest, code: str) -> HttpResponse:
    """Send a browser on to where it is known, with what its answer says; nothing of it is opened here."""
    try:
        taken = way.landed(provider=_of_saml(code), said=request.POST.dict(), now=database_now())
    except NotFound:
        taken = {}  # A page of ours made here, without the cookies, would take away the one that other pages count on.
    response = redirect(with_query(reverse("portal:sign_in_back", args=[code]), taken))
    response.status_code = HTTPStatus.SEE_OTHER
    return response


def logged_out(request: HttpRequest, code: str) -> HttpResponse:
    """End sessions because a signed request says so, and send the browser that brought it on with the answer."""
    said = request.POST.dict()
    if request.method != "POST":
        said = {"query": request.META["QUERY_STRING"], "RelayState": request.GET.get("RelayState", "")}
    try:
        provider, now = _of_saml(code), database_now()
        ended = way.logout_read(provider=provider, said=said, now=now)
        sessions_end(provider=provider, ended=ended, now=now)
        onward = way.logout_answer(provider=provider, ended=ended, said=said, now=now)
    except DomainError as error:
        return JsonResponse({"error": error.code}, status=HTTPStatus.BAD_REQUEST)
    return redirect(onward or reverse("portal:sign_in"))


def _of_saml(code: str) -> IdentityProvider:
    provider = provider_by_code(code=code)
    if provider.kind != IdentityProvider.Kind.SAML:
        raise NotFound
    return provider
