"""The store of files as Django's STORAGES wants it: a folder of this machine, or a bucket of an S3-compatible store."""

from typing import Any


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
