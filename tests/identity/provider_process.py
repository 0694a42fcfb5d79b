"""A portal's sign-in for tests: django-allauth as an OpenID Connect provider, alone in a process on a free port.

Everybody signs in with their name and the one password of the cast. It is given a folder with the key it signs
with, and the addresses that its one client may come back to; it writes its
port into the folder.
"""

import sys
from pathlib import Path
from socketserver import ThreadingMixIn
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer

import django
from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.core.wsgi import get_wsgi_application

from tests.identity.portal_people import CLIENT_ID, CLIENT_SECRET, PEOPLE, PORTAL_PASSWORD

FOLDER = Path(sys.argv[1] if len(sys.argv) > 1 else ".")
BACK = sys.argv[2:]
APPS = ["auth", "contenttypes", "sessions", "messages", "sites"]


class Server(ThreadingMixIn, WSGIServer):
    """Answers several at once."""

    daemon_threads = True


class Quiet(WSGIRequestHandler):
    """Logs nothing."""

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - given by the library
        """Say nothing."""


def configure() -> None:
    """Set Django up for the provider alone."""
    settings.configure(
        ALLOWED_HOSTS=["127.0.0.1"],
        SECRET_KEY="of-the-provider-of-the-tests",
        ROOT_URLCONF="tests.identity.provider_urls",
        SITE_ID=1,
        USE_TZ=True,
        DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": FOLDER / "provider.sqlite3"}},
        INSTALLED_APPS=[*(f"django.contrib.{name}" for name in APPS), "allauth", "allauth.account", "allauth.idp.oidc"],
        MIDDLEWARE=[
            "django.contrib.sessions.middleware.SessionMiddleware",
            "django.middleware.csrf.CsrfViewMiddleware",
            "django.contrib.auth.middleware.AuthenticationMiddleware",
            "django.contrib.messages.middleware.MessageMiddleware",
            "allauth.account.middleware.AccountMiddleware",
        ],
        TEMPLATES=[
            {
                "BACKEND": "django.template.backends.django.DjangoTemplates",
                "APP_DIRS": True,
                "OPTIONS": {
                    "context_processors": [
                        "django.template.context_processors.request",
                        "django.contrib.auth.context_processors.auth",
                        "django.contrib.messages.context_processors.messages",
                    ]
                },
            }
        ],
        AUTHENTICATION_BACKENDS=["django.contrib.auth.backends.ModelBackend"],
        PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"],
        SESSION_COOKIE_NAME="portal",
        CSRF_COOKIE_NAME="portal-csrf",
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
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


def main() -> None:
    """Serve until the process is ended."""
    configure()
    django.setup()
    call_command("migrate", verbosity=0)
    fill()
    with Server(("127.0.0.1", 0), Quiet) as server:
        server.set_app(get_wsgi_application())
        half = FOLDER / "port.half"
        half.write_text(str(server.server_port))
        half.rename(FOLDER / "port")
        server.serve_forever()


if __name__ == "__main__":
    main()
