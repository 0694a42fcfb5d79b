"""The settings of files: their store as Django's STORAGES wants it, and their bounds (docs/settings.md)."""

from pathlib import Path
from typing import Any

from backend.config.env import env_int, env_text

VAR = Path(__file__).resolve().parents[2] / "var"


def files_in_folder(folder: str) -> dict[str, Any]:
    """Return the store in a folder that no web server serves; only its owner reads what lies there."""
    return {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {
            "location": folder,
            "allow_overwrite": True,
            "file_permissions_mode": 0o600,
            "directory_permissions_mode": 0o700,
        },
    }


def files_in_bucket(bucket: str, *, endpoint: str, region: str, access_key: str, secret_key: str) -> dict[str, Any]:
    """Return the store in a bucket, nothing without one; its library is loaded when the first file is asked for."""
    if not bucket:
        return {}
    return {
        "BACKEND": "backend.files.s3.FileStore",
        "OPTIONS": {
            "bucket_name": bucket,
            "endpoint_url": endpoint or None,
            "region_name": region or None,
            "access_key": access_key,
            "secret_key": secret_key,
        },
    }


FILES = files_in_bucket(
    env_text("FILES_BUCKET"),
    endpoint=env_text("FILES_ENDPOINT"),
    region=env_text("FILES_REGION"),
    access_key=env_text("FILES_ACCESS_KEY"),
    secret_key=env_text("FILES_SECRET_KEY"),
) or files_in_folder(env_text("FILES_ROOT", str(VAR / "files")))
FILE_MAX_MEGABYTES = env_int("FILE_MAX_MEGABYTES", 20)
FILES_PER_TICKET = env_int("FILES_PER_TICKET", 30)
PICTURE_MAX_MEGAPIXELS = env_int("PICTURE_MAX_MEGAPIXELS", 50)
