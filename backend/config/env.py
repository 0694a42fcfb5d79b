"""Small readers of environment variables; every setting of an installation comes through one of them."""

import os
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from django.core.exceptions import ImproperlyConfigured
from psycopg.conninfo import conninfo_to_dict

TRUE_WORDS = frozenset({"1", "true", "yes", "on"})
FALSE_WORDS = frozenset({"0", "false", "no", "off", ""})
SHORTEST_SECRET = 32
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
"""Hosts that browsers take for safe without https."""


def env_text(name: str, default: str = "") -> str:
    """Return the variable, or the content of the file that `NAME_FILE` points to, or the default."""
    path = os.environ.get(f"{name}_FILE")
    if path:
        return Path(path).read_text(encoding="utf-8").strip()
    return os.environ.get(name, default)


def env_required(name: str) -> str:
    """Return the variable; refuse to start without it, and say which one is missing."""
    value = env_text(name)
    if not value:
        raise ImproperlyConfigured(f"Set {name} (or {name}_FILE). docs/settings.md says what it is for.")
    return value


def env_secret(name: str, *, is_development: bool) -> str:
    """Return a secret that cannot be guessed; refuse a short one, but on a developer's own machine."""
    value = env_required(name)
    if not is_development and len(value) < SHORTEST_SECRET:
        raise ImproperlyConfigured(
            f"{name} has {len(value)} characters; write at least {SHORTEST_SECRET} random ones: "
            "python3 -c 'import secrets; print(secrets.token_urlsafe(48))'. "
            "On a developer's own machine, DEVELOPMENT=1 lets a shorter one pass."
        )
    return value


def env_bool(name: str, *, default: bool = False) -> bool:
    """Return a yes-or-no variable; refuse any other word."""
    word = env_text(name, "1" if default else "0").lower()
    if word in TRUE_WORDS:
        return True
    if word in FALSE_WORDS:
        return False
    raise ImproperlyConfigured(f"{name} is {word!r}; write 1 or 0.")


def env_int(name: str, default: int) -> int:
    """Return a whole number; refuse anything else."""
    text = env_text(name, str(default))
    try:
        return int(text)
    except ValueError:
        raise ImproperlyConfigured(f"{name} is {text!r}; write a whole number.") from None


def env_list(name: str, default: str = "") -> list[str]:
    """Return the comma-separated parts, without blanks."""
    return [part.strip() for part in env_text(name, default).split(",") if part.strip()]


def is_safe_origin(text: str) -> bool:
    """Return whether this is an origin and nothing more, reached by https or on this machine."""
    parts = urlsplit(text)
    is_safe = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK)
    return is_safe and text == f"{parts.scheme}://{parts.netloc}" and "@" not in text and "*" not in text


def env_origins(name: str) -> list[str]:
    """Return the origins that a setting lists; refuse whatever else stands there."""
    listed = [origin.rstrip("/") for origin in env_list(name)]
    for origin in listed:
        if not is_safe_origin(origin):
            raise ImproperlyConfigured(f"{name} holds {origin!r}; write origins, such as https://portal.example.org.")
    return listed


# What common/sql/statements.py sends is planned once, the first time: sessions are many and each lives for minutes, so
# that most would not come to the tenth time from which driver and database do it by themselves.
SESSION = {"connect_timeout": 3, "prepare_threshold": 0}
PLANNED_ONCE = "-c plan_cache_mode=force_generic_plan"


def database_from_url(url: str) -> dict[str, object]:
    """Turn a libpq URL (also one with a socket: `postgresql:///name?host=/path`) into Django's settings."""
    parts = conninfo_to_dict(url)
    return {
        "ENGINE": "backend.common.postgres",
        "NAME": parts.pop("dbname", ""),
        "USER": parts.pop("user", ""),
        "PASSWORD": parts.pop("password", ""),
        "HOST": parts.pop("host", ""),
        "PORT": parts.pop("port", ""),
        "OPTIONS": SESSION | parts | {"options": f"{parts.get('options', '')} {PLANNED_ONCE}".lstrip()},
    }


def broker_from_redis_url(url: str) -> str:
    """Return the URL as Celery's transport wants it: a socket is `redis+socket://`, its database a virtual host."""
    parts = urlsplit(url)
    if parts.scheme != "unix":
        return url
    number = parse_qs(parts.query).get("db", ["0"])[0]
    return f"redis+socket://{parts.path}?virtual_host={number}"


def env_pairs(name: str) -> list[tuple[str, str]]:
    """Return pairs, each two words, separated by commas; refuse one that is no pair."""
    pairs = [tuple(one.split()) for one in env_list(name)]
    if any(len(pair) != 2 for pair in pairs):  # noqa: PLR2004
        raise ImproperlyConfigured(f"{name} holds pairs of two words with a blank between them, separated by commas.")
    return [(pair[0].rstrip("/"), pair[1]) for pair in pairs]
