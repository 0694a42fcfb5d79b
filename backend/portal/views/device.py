"""Answers to a phone that works without a network and as an app: the service worker, the manifest, the session."""

import json

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.utils import translation

from backend.accounts.models import User
from backend.portal.access import public, staff_only
from backend.portal.manifest import manifest
from backend.portal.requests import StaffRequest
from backend.portal.worker import worker_end_script, worker_script


@public
def service_worker(_request: HttpRequest) -> HttpResponse:
    """Answer with the service worker, or where it is switched off with the one that ends all others."""
    script = worker_script() if settings.SERVICE_WORKER else worker_end_script()
    return HttpResponse(script, content_type="text/javascript; charset=utf-8")


@public
def manifest_of(_request: HttpRequest, language: str) -> HttpResponse:
    """Answer with the web app manifest in one of the languages."""
    if language not in User.Language:
        raise Http404
    with translation.override(language):
        card = json.dumps(manifest(language=language), ensure_ascii=False)
    return HttpResponse(card, content_type="application/manifest+json; charset=utf-8")


@public
def offline(request: HttpRequest) -> HttpResponse:
    """Show the page that a browser keeps and shows in the place of others while there is no network."""
    return render(request, "portal/offline.html")


@staff_only
def session(request: StaffRequest) -> HttpResponse:
    """Say who is signed in, with the token that a form sent by a script needs."""
    return JsonResponse({"person": str(request.actor.person_id), "csrf": get_token(request)})
