"""A small Django site of its own for the tests, alone in a process on a free port."""

from collections.abc import Callable
from pathlib import Path
from socketserver import ThreadingMixIn
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer

import django
from django.core.management import call_command
from django.core.wsgi import get_wsgi_application

APPS = ["auth", "contenttypes", "sessions", "messages", "sites"]
CONTEXT = ["template.context_processors.request", "contrib.auth.context_processors.auth"]
MIDDLEWARE = [
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
]


class Server(ThreadingMixIn, WSGIServer):
    """Answers several at once."""

    daemon_threads = True


class Quiet(WSGIRequestHandler):
    """Logs nothing."""

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - given by the library
        """Say nothing."""


def plain_settings(folder: Path, *apps: str) -> dict[str, Any]:
    """Return the settings of such a site, whose people sign in with Django's own accounts."""
    processors = [*CONTEXT, "contrib.messages.context_processors.messages"]
    own = ["allauth.account.middleware.AccountMiddleware"] if "allauth" in apps else []
    return {
        "ALLOWED_HOSTS": ["127.0.0.1"],
        "SECRET_KEY": "of-the-provider-of-the-tests",
        "USE_TZ": True,
        "DATABASES": {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": folder / "provider.sqlite3"}},
        "INSTALLED_APPS": [*(f"django.contrib.{name}" for name in APPS), *apps],
        "MIDDLEWARE": [*MIDDLEWARE, *own],
        "TEMPLATES": [
            {
                "BACKEND": "django.template.backends.django.DjangoTemplates",
                "APP_DIRS": True,
                "OPTIONS": {"context_processors": [f"django.{name}" for name in processors]},
            }
        ],
        "PASSWORD_HASHERS": ["django.contrib.auth.hashers.MD5PasswordHasher"],
        "SESSION_COOKIE_NAME": "portal",
        "CSRF_COOKIE_NAME": "portal-csrf",
        "STATIC_URL": "/static/",
        "DEFAULT_AUTO_FIELD": "django.db.models.BigAutoField",
    }


def serve(folder: Path, fill: Callable[[], None]) -> None:
    """Set up what was configured, fill it, and serve until the process is ended; the folder is told the port."""
    django.setup()
    call_command("migrate", verbosity=0)
    fill()
    with Server(("127.0.0.1", 0), Quiet) as server:
        server.set_app(get_wsgi_application())
        half = folder / "port.half"
        half.write_text(str(server.server_port))
        half.rename(folder / "port")
        server.serve_forever()
