"""Settings of every process; what an installation may change comes from the environment (docs/settings.md)."""

from datetime import timedelta
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from backend.config.administration import UNFOLD  # noqa: F401 - a setting
from backend.config.api_description import SPECTACULAR_SETTINGS  # noqa: F401 - a setting
from backend.config.embedding import (  # noqa: F401 - settings
    CORS_ALLOW_HEADERS,
    CORS_ALLOWED_ORIGINS,
    CORS_EXPOSE_HEADERS,
    CORS_URLS_REGEX,
    EMBEDDING,
    FRAME_ANCESTORS,
    FRAMED,
)
from backend.config.env import (
    broker_from_redis_url,
    database_from_url,
    env_bool,
    env_int,
    env_list,
    env_required,
    env_secret,
    env_text,
)
from backend.config.file_store import FILE_MAX_MEGABYTES, FILES, FILES_PER_TICKET, PICTURE_MAX_MEGAPIXELS  # noqa: F401
from backend.config.grants import GRANTS  # noqa: F401 - a setting
from backend.config.handlers import (  # noqa: F401 - settings
    ACTOR_SELECTOR,
    DATABASE_FUNCTIONS,
    DEADLINE_SUBJECTS,
    DELIVERIES_FAILED,
    NEWS_STANDING,
    OUTBOX_TASKS,
    OUTBOX_UNHURRIED,
    OWED_BESIDE_TICKETS,
    QUEUES_BESIDE_THE_OUTBOX,
    TICKET_FOLLOWERS,
    TICKET_SUBSCRIBERS,
    TOKEN_SELECTOR,
    WORDS_ERASED_WITH_EVENTS,
)
from backend.config.keeping import *  # noqa: F403 - settings, all of them
from backend.config.logs import LOGGING  # noqa: F401 - a setting
from backend.config.powers import PEOPLE_LEAVING_PERCENT, POWER_CHANGES, SCHOOLS_HAVE_TICKETS  # noqa: F401
from backend.config.schedule import CELERY_BEAT_SCHEDULE, CELERY_TASK_ROUTES  # noqa: F401 - settings

BASE_DIR = Path(__file__).resolve().parents[2]

SECRET_KEY = env_secret("SECRET_KEY", is_development=env_bool("DEVELOPMENT"))
DEBUG = env_bool("DEBUG")
PUBLIC_URL = env_text("PUBLIC_URL", "http://127.0.0.1:8000").rstrip("/")
ALLOWED_HOSTS = env_list("ALLOWED_HOSTS", "127.0.0.1,localhost")
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL]
CSRF_FAILURE_VIEW = "backend.portal.views.filing.csrf_failed"
DEMO = env_bool("DEMO")
FAULT_POINTS = env_text("FAULT_POINTS")
if FAULT_POINTS and not DEMO:
    raise ImproperlyConfigured("FAULT_POINTS has processes killed on purpose. It is for tests, where DEMO is set.")

INSTALLED_APPS = [
    "backend.setup",  # before Django's accounts, whose createsuperuser and changepassword it replaces
    "unfold.apps.BasicAppConfig",
    "django.contrib.admin.apps.SimpleAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.sessions",
    "whitenoise.runserver_nostatic",
    "backend.config.static_files_app.PagesStaticFiles",
    "django.contrib.postgres",
    "auditlog",
    "django_filters",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "drf_standardized_errors",
    "knox",
    "rest_framework",
    "backend.common",
    "backend.accounts",
    "backend.calendars",
    "backend.files",
    "backend.deadlines",
    "backend.organisation",
    "backend.duty",
    "backend.rulebook",
    "backend.workflow",
    "backend.incidents",
    "backend.rounds",
    "backend.notary",
    "backend.anonymous",
    "backend.notifications",
    "backend.identity",
    "backend.insights",
    "backend.integrations",
    "backend.todos",
    "backend.health",
    "backend.meetings",
    "backend.retention",
    "backend.responsibility",
    "backend.gate",
    "backend.response",
    "backend.outside",
    "backend.training",
    "backend.people",
    "backend.administration",
    "backend.portal",
]
INSTALLED_APPS += ["tools.demo_school"] if DEMO else []

MIDDLEWARE = [
    "backend.common.request_ids.RequestIdMiddleware",
    *EMBEDDING,
    "backend.common.deadline.DeadlineMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "backend.common.middleware.PageCompressionMiddleware",
    "backend.common.middleware.ContentSecurityPolicyMiddleware",
    "backend.common.middleware.DatabaseAwayMiddleware",
    "backend.common.middleware.NullCharactersMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "backend.common.middleware.ActingMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

ROOT_URLCONF = "backend.config.urls"
WSGI_APPLICATION = "backend.config.wsgi.application"
APPEND_SLASH = False

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    }
]

# --- database -----------------------------------------------------------------------------------------------------

DATABASES = {
    "default": {
        **database_from_url(env_required("DATABASE_URL")),
        "CONN_MAX_AGE": env_int("DATABASE_CONNECTION_SECONDS", 600),
        "CONN_HEALTH_CHECKS": True,
    }
}
APPLICATION_ROLE = env_text("APPLICATION_ROLE", "allclear_app")
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- broker and cache ---------------------------------------------------------------------------------------------

REDIS_URL = env_required("REDIS_URL")
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": "allclear",
        "OPTIONS": {"socket_connect_timeout": 1, "socket_timeout": 1},
    }
}

CELERY_BROKER_URL = env_text("CELERY_BROKER_URL") or broker_from_redis_url(REDIS_URL)
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_BROKER_TRANSPORT_OPTIONS = {"socket_connect_timeout": 1, "socket_timeout": 5, "visibility_timeout": 3600}
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_PUBLISH_RETRY = False
CELERY_TASK_TIME_LIMIT = 120
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TIMEZONE = "UTC"
CELERY_TASK_DEFAULT_QUEUE = "work"
CELERY_TASK_CREATE_MISSING_QUEUES = False
CELERY_TASK_QUEUES: dict[str, dict[str, str]] = {name: {} for name in ("work", "notices", "delivery", "deadlines")}

# --- people -------------------------------------------------------------------------------------------------------

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["django.contrib.auth.backends.ModelBackend"]
PASSWORD_HASHERS = ["backend.accounts.hashing.CappedArgon2PasswordHasher"]
PASSWORD_HASHES_AT_ONCE = env_int("PASSWORD_HASHES_AT_ONCE", 4)
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "portal:sign_in"
LOGIN_REDIRECT_URL = "portal:home"
LOGOUT_REDIRECT_URL = "portal:sign_in"
SILENCED_SYSTEM_CHECKS = [
    "security.W005",  # other hosts below the school's name are not ours to bind to https
    "security.W008",  # the proxy sends http to https; behind it everything is http
    "security.W021",  # browsers' built-in lists hold whole domains, and only their owner may enter one
]
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = PUBLIC_URL.startswith("https://")
SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = f"{FRAMED}sessionid", f"{FRAMED}csrftoken"
LANGUAGE_COOKIE_NAME = f"{FRAMED}django_language"
SESSION_COOKIE_AGE = 14 * 24 * 3600
BEHIND_PROXY = env_bool("BEHIND_PROXY")
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_PROXY else None
SECURE_HSTS_SECONDS = 31_536_000 if SESSION_COOKIE_SECURE else 0

KNOX_TOKEN_MODEL = "knox.AuthToken"  # noqa: S105 - no secret
REST_KNOX = {"TOKEN_TTL": timedelta(days=env_int("TOKEN_DAYS", 30)), "AUTO_REFRESH": False}

# --- administration -----------------------------------------------------------------------------------------------

AUDITLOG_LOGENTRY_MODEL = "administration.Change"
AUDITLOG_STORE_JSON_CHANGES = True
MIGRATION_MODULES = {"auditlog": None}  # its own table is not used

# --- API ----------------------------------------------------------------------------------------------------------

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "backend.accounts.authentication.TokenAuthentication",
        "backend.integrations.authentication.ServiceAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["backend.common.parsers.StrictJSONParser"],
    "DEFAULT_PAGINATION_CLASS": "backend.common.pagination.CursorPagination",
    "DEFAULT_FILTER_BACKENDS": ["backend.common.filtering.FilterBackend"],
    "DEFAULT_SCHEMA_CLASS": "backend.common.openapi.AutoSchema",
    "DEFAULT_THROTTLE_CLASSES": ["backend.common.throttling.PrincipalThrottle"],
    "DEFAULT_THROTTLE_RATES": {
        "principal": env_text("THROTTLE_PRINCIPAL", "600/min"),
        "service": env_text("THROTTLE_SERVICE", "1200/min"),
        "sign_in": env_text("THROTTLE_SIGN_IN", "120/min"),
    },
    "URL_FORMAT_OVERRIDE": None,
    "EXCEPTION_HANDLER": "backend.common.problems.problem_handler",
    "UNAUTHENTICATED_USER": None,
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 512 * 1024

# --- language and time --------------------------------------------------------------------------------------------

LANGUAGE_CODE = env_text("DEFAULT_LANGUAGE", "zh-hans")
LANGUAGES = [("zh-hans", _("Simplified Chinese")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "backend" / "locale"]
TIME_ZONE = env_text("DEFAULT_TIME_ZONE", "Asia/Shanghai")

# --- files and mail -----------------------------------------------------------------------------------------------

SERVICE_WORKER = env_bool("SERVICE_WORKER", default=True)
STATIC_URL = "/static/"
STATIC_ROOT = env_text("STATIC_ROOT", str(BASE_DIR / "var" / "static"))
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "files": FILES,
    "staticfiles": {"BACKEND": "backend.config.static_files.ModuleStorage"},
}

MAIL_DIRECTORY = env_text("MAIL_DIRECTORY")
EMAIL_BACKEND = (
    "backend.notifications.mail.FolderBackend" if MAIL_DIRECTORY else "django.core.mail.backends.smtp.EmailBackend"
)
EMAIL_HOST = env_text("EMAIL_HOST", "localhost")
EMAIL_PORT = env_int("EMAIL_PORT", 25)
EMAIL_HOST_USER = env_text("EMAIL_HOST_USER")
EMAIL_HOST_PASSWORD = env_text("EMAIL_HOST_PASSWORD")
EMAIL_USE_TLS = env_bool("EMAIL_USE_TLS")
EMAIL_USE_SSL = env_bool("EMAIL_USE_SSL")
if EMAIL_USE_TLS and EMAIL_USE_SSL:
    raise ImproperlyConfigured("Set EMAIL_USE_TLS (STARTTLS, port 587) or EMAIL_USE_SSL (port 465), not both.")
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = env_text("EMAIL_FROM", "Allclear <allclear@localhost>")
INTRANET_HOOK_HOSTS = frozenset(host.lower() for host in env_list("INTRANET_HOOK_HOSTS"))
