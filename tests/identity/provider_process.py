"""A portal's sign-in for tests: django-allauth as an OpenID Connect provider, alone in a process on a free port.

Everybody signs in with their name and the one password of the cast. It is given a folder with the key it signs
with, and the addresses that its one client may come back to; it writes its
port into the folder.
"""

import sys
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings

from tests.identity.portal_people import CLIENT_ID, CLIENT_SECRET, PEOPLE, PORTAL_PASSWORD
from tests.identity.serving import plain_settings, serve

FOLDER = Path(sys.argv[1] if len(sys.argv) > 1 else ".")
BACK = sys.argv[2:]


def configure() -> None:
    """Set Django up for the provider alone."""
    settings.configure(
        **plain_settings(FOLDER, "allauth", "allauth.account", "allauth.idp.oidc"),
        ROOT_URLCONF="tests.identity.provider_urls",
        SITE_ID=1,
        AUTHENTICATION_BACKENDS=["django.contrib.auth.backends.ModelBackend"],
        ACCOUNT_EMAIL_VERIFICATION="none",
        ACCOUNT_RATE_LIMITS=False,
        EMAIL_BACKEND="django.core.mail.backends.dummy.EmailBackend",
        IDP_OIDC_PRIVATE_KEY=(FOLDER / "key.pem").read_text(),
        IDP_OIDC_RP_INITIATED_LOGOUT_ASKS_FOR_OP_LOGOUT=False,
    )


def fill() -> None:
    """Enter the people and the one client."""
    registry: Any = apps  # of other models than those of Allclear, which types know
    client_model, user_model = registry.get_model("allauth_idp_oidc", "Client"), registry.get_model("auth", "User")
    for name in PEOPLE:
        user_model.objects.create_user(name, password=PORTAL_PASSWORD)
    client = client_model(id=CLIENT_ID, name="Allclear", scopes="openid\nprofile", skip_consent=True)
    client.set_secret(CLIENT_SECRET)
    client.redirect_uris = "\n".join(BACK)
    client.save()


if __name__ == "__main__":
    configure()
    serve(FOLDER, fill)
