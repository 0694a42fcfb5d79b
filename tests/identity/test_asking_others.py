"""Requests to the systems at which people sign in are few at once, and one that hangs takes no other's place."""

from contextlib import ExitStack

import pytest

from backend.identity.errors import ProviderAway
from backend.identity.keeping import AT_ONCE, OF_ONE, asking


def test_a_system_that_hangs_leaves_room_for_the_others() -> None:
    with ExitStack() as hanging:
        for _request in range(OF_ONE):
            hanging.enter_context(asking("https://hangs.example/token"))
        with pytest.raises(ProviderAway), asking("https://hangs.example/keys"):
            pass
        for number in range(AT_ONCE - OF_ONE):
            hanging.enter_context(asking(f"https://school-{number}.example/token"))
        with pytest.raises(ProviderAway), asking("https://one-more.example/token"):
            pass
    with asking("https://hangs.example/token"), asking("https://one-more.example/token"):
        pass
