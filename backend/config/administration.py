"""The look of the administration pages: unfold's settings."""

from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _

GREEN = {
    "50": "oklch(96.6% 0.010 174.3)",
    "100": "oklch(94.6% 0.016 172.6)",
    "200": "oklch(86.5% 0.041 170.8)",
    "300": "oklch(76.1% 0.069 171.6)",
    "400": "oklch(63.3% 0.091 173.4)",
    "500": "oklch(53.0% 0.092 175.3)",
    "600": "oklch(45.8% 0.081 177.5)",
    "700": "oklch(37.8% 0.066 178.4)",
    "800": "oklch(33.1% 0.057 178.8)",
    "900": "oklch(29.0% 0.048 179.7)",
    "950": "oklch(22.4% 0.036 179.5)",
}
"""The greens of the portal (600 is its `--green`), so that the administration is seen to be of the same product."""


def _script(_request: HttpRequest) -> str:
    return static("administration/landmarks.js")


def _style(_request: HttpRequest) -> str:
    return static("administration/administration.css")


UNFOLD = {
    "SITE_TITLE": "Allclear · 报平安",
    "SITE_HEADER": "Allclear · 报平安",
    "SITE_FAVICONS": [{"rel": "icon", "type": "image/svg+xml", "href": "/static/portal/mark.svg"}],
    "SHOW_LANGUAGES": True,
    "LANGUAGES": {"action": reverse_lazy("portal:language")},
    "SHOW_VIEW_ON_SITE": False,
    "SITE_URL": None,
    "ACCOUNT": {"navigation": [{"title": _("Reports and tickets"), "link": reverse_lazy("portal:home")}]},
    "SHOW_BACK_BUTTON": True,
    "BORDER_RADIUS": "6px",
    "SCRIPTS": [_script],
    "STYLES": [_style],
    "COLORS": {"primary": GREEN},
}
