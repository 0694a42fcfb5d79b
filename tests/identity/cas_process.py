"""A CAS server for tests: django-cas-server, alone in a process on a free port, under a path of its own.

Everybody signs in with their name and the one password of the cast. It is given a folder, and what the services that it
knows begin with; it tells them the user name once more, in capital letters, as the attribute employeeNumber.
"""

import re
import sys
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings

from tests.identity.portal_people import PEOPLE, PORTAL_PASSWORD
from tests.identity.serving import plain_settings, serve

FOLDER = Path(sys.argv[1] if len(sys.argv) > 1 else ".")
SERVICES = sys.argv[2:]


def configure() -> None:
    """Set Django up for the server alone; it looks for no newer version of itself."""
    settings.configure(
        **plain_settings(FOLDER, "cas_server"),
        ROOT_URLCONF="tests.identity.cas_urls",
        CAS_NEW_VERSION_HTML_WARNING=False,
        CAS_NEW_VERSION_EMAIL_WARNING=False,
        CAS_COMPONENT_URLS=dict.fromkeys(("bootstrap4_css", "bootstrap4_js", "jquery"), ""),
    )


def fill() -> None:
    """Enter the people and the services."""
    registry: Any = apps  # of other models than those of Allclear, which types know
    user_model, pattern_model = registry.get_model("auth", "User"), registry.get_model("cas_server", "ServicePattern")
    attribute_model = registry.get_model("cas_server", "ReplaceAttributName")
    for name in PEOPLE:
        user_model.objects.create_user(name, password=PORTAL_PASSWORD, first_name=name.upper())
    for number, service in enumerate(SERVICES):
        options = {"proxy": True, "proxy_callback": True, "single_log_out": True}
        pattern = pattern_model.objects.create(pos=number, name=service, pattern=f"^{re.escape(service)}", **options)
        attribute_model.objects.create(name="first_name", replace="employeeNumber", service_pattern=pattern)


if __name__ == "__main__":
    configure()
    serve(FOLDER, fill)
