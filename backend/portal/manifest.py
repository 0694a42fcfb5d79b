"""The web app manifest, by which a phone installs the pages as an app."""

from typing import Any

from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import gettext as _

PAPER, GREEN = "#f4f6f3", "#0b6657"
ICONS = (
    ("icon-192.png", "192x192", "any"),
    ("icon-512.png", "512x512", "any"),
    ("icon-maskable-512.png", "512x512", "maskable"),
)


def manifest(*, language: str) -> dict[str, Any]:
    """Return what a phone asks for to install the pages as an app, in the language that is active."""
    icons = [
        {"src": static(f"portal/{name}"), "sizes": sizes, "type": "image/png", "purpose": purpose}
        for name, sizes, purpose in ICONS
    ]
    mark = {"src": static("portal/mark.svg"), "sizes": "any", "type": "image/svg+xml", "purpose": "any"}
    report = {"name": _("Report something"), "url": reverse("portal:report"), "icons": [icons[0]]}
    return {
        "id": "/",
        "name": _("Allclear"),
        "short_name": _("Allclear"),
        "description": _("Report what happened, see what becomes of it, and take care of what is yours."),
        "lang": language,
        "dir": "ltr",
        "start_url": "/",
        "scope": "/",
        "display": "standalone",
        "theme_color": GREEN,
        "background_color": PAPER,
        "icons": [*icons, mark],
        "shortcuts": [report],
    }
