"""An S3-compatible object store that holds the contents of files; loaded only where one is set up."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from boto3.exceptions import Boto3Error
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from storages.backends.s3 import S3Storage

SECONDS_TO_CONNECT = 5
SECONDS_TO_READ = 20
TRIES = 2


class FileStore(S3Storage):  # type: ignore[misc]
    """The store of one bucket: objects are private, replaced when written again, and each request has an end."""

    def get_default_settings(self) -> dict[str, Any]:
        """Return the settings that are ours to decide, whatever the environment of the process says."""
        bounds = Config(
            connect_timeout=SECONDS_TO_CONNECT,
            read_timeout=SECONDS_TO_READ,
            retries={"total_max_attempts": TRIES, "mode": "standard"},
            s3={"addressing_style": "path"},
            signature_version="s3v4",
        )
        return {**super().get_default_settings(), "file_overwrite": True, "default_acl": None, "client_config": bounds}

    def delete(self, name: str) -> None:
        """Remove an object; one that is not there is no fault."""
        with _faults_of_the_store():
            super().delete(name)

    def _save(self, name: str, content: Any) -> str:
        with _faults_of_the_store():
            saved: str = super()._save(name, content)
        return saved

    def _open(self, name: str, mode: str = "rb") -> Any:
        with _faults_of_the_store():
            return super()._open(name, mode)


@contextmanager
def _faults_of_the_store() -> Iterator[None]:
    """Turn what goes wrong into the error that a folder would raise."""
    try:
        yield
    except (Boto3Error, BotoCoreError, ClientError) as error:
        raise OSError(str(error)) from error
