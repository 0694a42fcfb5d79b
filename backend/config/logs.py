"""Logs: a line each, on the standard error stream of the process."""

from backend.config.env import env_text

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{levelname} {name}{asked} {message}", "style": "{"}},
    "filters": {"request": {"()": "backend.common.request_ids.RequestIdFilter"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["request"]}},
    "root": {"handlers": ["console"], "level": env_text("LOG_LEVEL", "INFO")},
    "loggers": {"celery.beat": {"level": "WARNING"}},  # it would say every five seconds that it asks for a sweep
}
