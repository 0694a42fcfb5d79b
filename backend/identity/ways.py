"""The ways in which other systems say who somebody is, each spoken by a file of its own, all answering alike."""

from collections.abc import Mapping
from datetime import datetime
from typing import Protocol

from backend.identity import cas, oidc
from backend.identity.arriving import Arrived, Ended
from backend.identity.errors import ProviderAway
from backend.identity.models import IdentityProvider
from backend.identity.saml import way as saml
from backend.identity.sessions import Begun


class Way(Protocol):
    """The words with a provider of one kind."""

    def authorization_address(self, *, provider: IdentityProvider, state: str, begun: Begun, back: str) -> str:
        """Return where a browser goes to sign in; raise ProviderAway."""

    def arrival(
        self, *, provider: IdentityProvider, begun: Begun, given: Mapping[str, str], back: str, now: datetime
    ) -> Arrived:
        """Return who came back, by what their browser was given; raise ProviderAway or SignInBroken."""

    def staff_number_told(self, *, provider: IdentityProvider, arrived: Arrived) -> str:
        """Return somebody's staff number; empty where the provider says none. Raises ProviderAway or SignInBroken."""

    def logout_read(self, *, provider: IdentityProvider, said: Mapping[str, str], now: datetime) -> Ended:
        """Return which sessions the provider says ended; raise ProviderAway or SignInBroken."""

    def reachable(self, *, provider: IdentityProvider) -> None:
        """Ask the provider something that signs nobody in; raise ProviderAway."""


Kind = IdentityProvider.Kind
WAYS: Mapping[str, Way] = {Kind.OIDC: oidc, Kind.CAS: cas, Kind.SAML: saml}


def way_of(provider: IdentityProvider) -> Way:
    """Return how a provider is talked to."""
    return WAYS[provider.kind]


def answers(provider: IdentityProvider) -> bool:
    """Say whether a provider answers as its kind does, without anybody signing in."""
    try:
        way_of(provider).reachable(provider=provider)
    except ProviderAway:
        return False
    return True
