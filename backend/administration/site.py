"""The site of the administration pages: who gets in, what is listed, and how one signs in and out."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from django.apps import apps
from django.conf import settings
from django.contrib.auth import logout
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, URLResolver, reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_protect
from unfold.sites import UnfoldAdminSite

from backend.accounts.opening import session_use
from backend.administration.scope import administrator, school_of
from backend.common.access import marked
from backend.common.clock import database_now
from backend.organisation.actors import Actor
from backend.organisation.permissions import Permission
from backend.organisation.selectors.second_factor import second_factor_due

SHELVES: tuple[tuple[Promise, tuple[tuple[str, str], ...]], ...] = (
    (
        _("School"),
        (
            ("organisation.School", "school"),
            ("organisation.Unit", "account_tree"),
            ("organisation.Place", "location_on"),
            ("organisation.TelephoneNumber", "call"),
            ("organisation.Bureau", "account_balance"),
        ),
    ),
    (
        _("People"),
        (
            ("organisation.Person", "groups"),
            ("organisation.Post", "badge"),
            ("accounts.User", "key"),
        ),
    ),
    (
        _("Time"),
        (
            ("duty.DutyShift", "shield_person"),
            ("calendars.Calendar", "calendar_month"),
            ("calendars.CalendarPeriod", "beach_access"),
        ),
    ),
    (
        _("Rules"),
        (
            ("rulebook.SchoolRulebook", "rule"),
            ("rulebook.RulebookVersion", "menu_book"),
        ),
    ),
    (_("Record"), (("administration.Change", "history"),)),
)
"""The headings under which the pages are listed, with an icon for each page."""

NOT_OURS = frozenset({"login", "password_change", "password_change_done", "view_on_site", "autocomplete", "search"})
"""Addresses of the framework that change a password past our service or read without our scope."""


class AdministrationSite(UnfoldAdminSite):  # type: ignore[misc]
    """The administration pages; posts open them, never a flag on an account."""

    site_header = site_title = index_title = _("Administration")
    final_catch_all_view = False
    enable_nav_sidebar: ClassVar[bool] = True

    def has_permission(self, request: HttpRequest) -> bool:
        """Let in administrators, and principals, who read the record of changes."""
        return administrator(request) is not None

    def admin_view(self, view: Callable[..., Any], cacheable: bool = False) -> Callable[..., HttpResponseBase]:
        """Send strangers to sign in, answer 404 to everybody without a post for this, show the school's own time."""

        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not request.user.is_authenticated:
                return redirect_to_login(request.get_full_path() if request.method == "GET" else "/")
            session_use(request=request)
            actor = administrator(request)
            if actor is None:
                raise Http404
            school, has_factor = school_of(actor), request.user.second_factor_at is not None
            due = second_factor_due(actor=actor, has_factor=has_factor, school=school)
            if due is not None and database_now() >= due:
                return redirect("portal:factors")
            with timezone.override(ZoneInfo(school.time_zone if school else settings.TIME_ZONE)):
                answer: HttpResponseBase = view(request, *args, **kwargs)
                return answer.render() if isinstance(answer, TemplateResponse) else answer

        checked = csrf_protect(guarded)
        return checked if cacheable else never_cache(checked)

    def get_urls(self) -> list[URLPattern | URLResolver]:
        """Return the addresses of the pages, each marked as open to readers of the record; most ask for more."""
        addresses = [address for address in super().get_urls() if getattr(address, "name", None) not in NOT_OURS]
        for pattern in _patterns(addresses):
            pattern.callback = marked(pattern.callback, Permission.RECORD_READ)
        return addresses

    def logout(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponseBase:  # noqa: ARG002
        """End the session; only a form can do that."""
        if request.method == "POST":
            logout(request)
        return redirect("portal:sign_in")

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> TemplateResponse:
        """Show every page to look after: also those of the portal, which on a phone no column at the side shows."""
        actor = administrator(request)
        here = [] if actor is None or actor.bureau_id else [_pages_of_the_portal(actor)]
        shelves = [_shelf(row["title"], [_link(page) for page in row["items"]]) for row in here]
        context = {**(extra_context or {}), "app_list": [*shelves, *self.get_app_list(request)]}
        page: TemplateResponse = super().index(request, context)
        return page

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[dict[str, Any]]:
        """Return the pages the reader may open, under the words of a school."""
        pages = {row["model"]: row for row in self._build_models(request, app_label)}
        shelves = []
        for title, labels in SHELVES:
            found = [pages[model] for label, _icon in labels if (model := apps.get_model(label)) in pages]
            if found:
                shelves.append(_shelf(title, found))
        return shelves

    def _build_models(self, request: HttpRequest, app_label: str | None) -> Iterator[dict[str, Any]]:
        for app in self._build_app_dict(request).values():
            if app_label in {None, app["app_label"]}:
                yield from app["models"]

    def get_sidebar_list(self, request: HttpRequest) -> list[dict[str, Any]]:
        """Return the same for the column at the side."""
        icons = {apps.get_model(label): icon for _title, labels in SHELVES for label, icon in labels}
        shelves = [
            {
                "title": shelf["name"],
                "separator": True,
                "items": [
                    {
                        "title": page["name"],
                        "link": page["admin_url"],
                        "icon": icons[page["model"]],
                        "has_permission": True,
                        "active": request.path.startswith(page["admin_url"]),
                    }
                    for page in shelf["models"]
                ],
            }
            for shelf in self.get_app_list(request)
        ]
        actor = administrator(request)
        return shelves if actor is None or actor.bureau_id else [_pages_of_the_portal(actor), *shelves]


def _shelf(title: str | Promise, pages: Sequence[Any]) -> dict[str, Any]:
    """Return a row of pages as the framework lists an app."""
    return {"name": title, "app_label": "", "app_url": "", "has_module_perms": True, "models": pages}


def _link(page: Mapping[str, Any]) -> dict[str, Any]:
    """Return a page of the portal as the framework lists a model that can only be looked at."""
    return {"name": page["title"], "object_name": "", "admin_url": page["link"], "add_url": None, "view_only": True}


def _pages_of_the_portal(actor: Actor) -> dict[str, Any]:
    """Return the pages elsewhere that belong to looking after a school."""
    pages = [(_("The rules in words"), "portal:rules", "chat"), (_("Times and ladders"), "portal:rule_clocks", "timer")]
    if actor.may(Permission.CONFIGURATION_WRITE):
        pages += [
            (_("Setting up"), "portal:setup", "checklist"),
            (_("The school in one workbook"), "portal:setup-workbook", "table"),
            (_("Service accounts"), "portal:services", "key"),
            (_("The configuration as a file"), "portal:configuration", "description"),
        ]
    items = [
        {"title": title, "link": reverse(name), "icon": icon, "has_permission": True, "active": False}
        for title, name, icon in pages
    ]
    return {"title": _("Step by step"), "separator": True, "items": items}


def _patterns(addresses: list[Any]) -> Iterator[URLPattern]:
    for address in addresses:
        if isinstance(address, URLResolver):
            yield from _patterns(address.url_patterns)
        else:
            yield address


site = AdministrationSite(name="admin")
