"""The settings of a portal around the pages: who may show them in a frame, and whose scripts may use the API."""

from django.core.exceptions import ImproperlyConfigured

from backend.config.env import env_origins, env_text, is_safe_origin

FRAME_ANCESTORS = env_origins("FRAME_ANCESTORS")
if FRAME_ANCESTORS and not is_safe_origin(env_text("PUBLIC_URL", "http://127.0.0.1:8000").rstrip("/")):
    raise ImproperlyConfigured(
        "FRAME_ANCESTORS needs a PUBLIC_URL with https: a frame's cookies travel only encrypted."
    )

# Cookies of frames have names of their own. One from before would be sent beside its successor, and signing out would
# end only one of the two.
FRAMED = "framed_" if FRAME_ANCESTORS else ""

CORS_ALLOWED_ORIGINS = env_origins("CORS_ORIGINS")
CORS_URLS_REGEX = r"^/api/"
CORS_ALLOW_HEADERS = (
    *("accept", "accept-language", "authorization", "content-type", "idempotency-key", "if-match", "if-none-match"),
    "on-behalf-of",
)
CORS_EXPOSE_HEADERS = (
    *("ETag", "Location", "Retry-After", "X-Request-ID", "RateLimit", "RateLimit-Policy"),
    "Idempotency-Replayed",
)

# Nothing stands before the pages of an installation that has no portal around them.
EMBEDDING = [
    *(["backend.common.framing.FramingMiddleware"] if FRAME_ANCESTORS else []),
    *(["corsheaders.middleware.CorsMiddleware"] if CORS_ALLOWED_ORIGINS else []),
]
