"""The addresses that are pages, by the routes of the product, and those of one page with something else on it."""

import os
from collections.abc import Iterator, Mapping
from urllib.parse import parse_qs, urlsplit

import django
from django.urls import Resolver404, URLPattern, URLResolver, get_resolver, resolve

ADMINISTRATION = "admin/"
NO_PAGES = frozenset(
    """
    account/password account/factors/app account/factors/passkeys duty/feed
    healthz readyz statusz metrics api/schema api/docs admin/jsi18n/ admin/logout/ sign-out settings/language
    service-worker.js manifest.<slug:language>.webmanifest report/session report/words report/alike report/colleagues
    account/factors/app/remove account/factors/codes account/factors/passkeys/<uuid:passkey_id>/remove
    account/sessions/<uuid:sign_in_id>/end account/sessions/end-others staff/invite staff/<uuid:person_id>/link
    setup/workbook/template setup/workbook/export setup/configuration/export setup/invitations places/posters.pdf
    power-changes/<uuid:power_id>/confirm power-changes/<uuid:power_id>/refuse
    reports/<uuid:report_id>/slip.pdf reports/<uuid:report_id>/amend reports/<uuid:report_id>/withdraw
    reports/<uuid:report_id>/files reports/<uuid:report_id>/actions/<slug:action>
    figures/month.pdf figures/files/new figures/files/<uuid:export_id>
    hazards/paper.pdf
    tickets/news tickets/views/<uuid:view_id> tickets/views/<uuid:view_id>/remove
    tickets/<uuid:ticket_id>/files tickets/<uuid:ticket_id>/paper.pdf tickets/<uuid:ticket_id>/slip.pdf
    tickets/<uuid:ticket_id>/actions/<slug:action>
    meetings/<uuid:meeting_id>/paper.pdf meetings/<uuid:meeting_id>/renew meetings/<uuid:meeting_id>/add
    meetings/<uuid:meeting_id>/end meetings/<uuid:meeting_id>/items/<uuid:item_id>/note
    meetings/<uuid:meeting_id>/items/<uuid:item_id>/take-off
    meetings/<uuid:meeting_id>/items/<uuid:item_id>/actions/<slug:action>
    gate/counts gate/stay gate/open-days gate/visits/<uuid:visit_id>/leave gate/visits/<uuid:visit_id>/correct
    gate/visits/<uuid:visit_id>/expect
    responsibility/offices/<uuid:slot_id>/end responsibility/group/<uuid:group_id>/end responsibility/paper.pdf
    plans/<slug:code>/drill responses/<uuid:response_id>/steps/<uuid:task_id> responses/<uuid:response_id>/end
    tickets/<uuid:ticket_id>/response tickets/<uuid:ticket_id>/outside/<uuid:duty_id>
    tickets/<uuid:ticket_id>/outside/<uuid:duty_id>/form.pdf
    rounds/<uuid:round_id>/answer rounds/<uuid:round_id>/excuse rounds/<uuid:round_id>/omission
    files/<uuid:file_id>/remove notices/read duty.ics duty/feed/<str:token>.ics duty/feed/end
    duty/slots/<uuid:slot_id>/take-over settings/channels/<int:channel_id>/verify
    settings/channels/<int:channel_id>/code settings/channels/<int:channel_id>/remove settings/choices
    replies/<uuid:reply_id> replies/<uuid:reply_id>/remove
    service-accounts/<uuid:account_id>/secret service-accounts/<uuid:account_id>/end
    tickets/<uuid:ticket_id>/questions/<uuid:part_id>/link/end
    """.split()  # noqa: SIM905
)
"""Addresses that answer with a file or with data, or only take a form."""


def django_begin(environment: Mapping[str, str]) -> None:
    """Let Django know the routes, with the settings of a running system."""
    os.environ.update({"DJANGO_SETTINGS_MODULE": "backend.config.settings", **environment, "LOG_LEVEL": "ERROR"})
    django.setup()


def routes() -> set[str]:
    """Return the routes of all pages."""
    return set(_below(get_resolver().url_patterns, "")) - NO_PAGES


def _below(patterns: list[URLPattern | URLResolver], before: str) -> Iterator[str]:
    for pattern in patterns:
        address = f"{before}{pattern.pattern}".replace("^", "")
        if isinstance(pattern, URLResolver):
            yield from _below(pattern.url_patterns, address)
        elif not address.startswith("api/v1/") and not _is_only_linked(address):
            yield address


def _is_only_linked(address: str) -> bool:
    """Say whether a page of the administration is one that only some records have: a link leads to it."""
    return address.startswith(ADMINISTRATION) and address.endswith(("add/", "delete/", "history/", "object_id>/", "$"))


def route_of(url: str) -> str:
    """Return the route of an address; nothing where it has none."""
    try:
        return resolve(urlsplit(url).path).route.replace("^", "")
    except Resolver404:
        return ""


def kind_of(url: str) -> str:
    """Return what a page is: its route, and what is asked for in its address; lists of the administration are one."""
    route, asked = route_of(url), parse_qs(urlsplit(url).query)
    if route.startswith(ADMINISTRATION):
        return route
    chosen = [asked.pop(name, [""])[0] for name in ("tab", "form")]
    return "?".join(filter(None, (route or "/", "&".join(filter(None, (*chosen, *sorted(asked)))))))
