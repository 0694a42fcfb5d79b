"""A real receiver of messages."""

from tests.notifications.conftest import robots  # noqa: F401 - the same as for messages to people
