"""The look of the administration pages: unfold's settings."""

from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _

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
}
