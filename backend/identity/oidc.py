"""OpenID Connect: where a provider's addresses and keys are, what it is asked, and what its answers have to hold.

The tokens are read by a library, with algorithms of public keys alone: what the client's secret or nothing signs is no
word of the provider.
"""

import json
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import TYPE_CHECKING, Any
from urllib.parse import quote_plus

from django.conf import settings
from django.utils.crypto import constant_time_compare

from backend.common.later import Later
from backend.common.outgoing import NotTaken
from backend.common.sealing import unsealed
from backend.identity.addresses import address_is_good
from backend.identity.arriving import LONGEST_WORD, Arrived, Ended, text_told, with_query
from backend.identity.errors import ProviderAway, SignInBroken
from backend.identity.keeping import Kept, asking
from backend.identity.models import LONGEST_SUBJECT, IdentityProvider
from backend.identity.sessions import Begun

if TYPE_CHECKING:
    from joserfc import errors as jose_errors
    from joserfc import jwk, jwt

    from backend.common import posting
else:
    jose_errors, jwk, jwt = Later("joserfc.errors"), Later("joserfc.jwk"), Later("joserfc.jwt")
    posting = Later("backend.common.posting")

SEALED_FOR = "identity-provider"
ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"]
LONGEST_DOCUMENT = 256 * 1024
LONGEST_TOKEN = 16 * 1024
LONGEST_HINT = 4000
LEEWAY = 60
LOGOUT_GOOD_FOR = timedelta(minutes=10)
LOGOUT_EVENT = "http://schemas.openid.net/event/backchannel-logout"
UNREADABLE = (ValueError, TypeError, KeyError, RecursionError)


@dataclass(frozen=True, slots=True)
class Endpoints:
    """The addresses of a provider, as it tells them itself; those it need not have are empty."""

    authorization: str
    token: str
    keys: str
    userinfo: str
    end_session: str
    takes_secret_in_form: bool


ENDPOINTS: Kept[Endpoints] = Kept(seconds=3600, most=200)
KEYS: Kept[Any] = Kept(seconds=3600, most=200)
KEYS_ASKED: Kept[bool] = Kept(seconds=60, most=200)
"""Providers whose keys were asked for just now: no forged token has them asked for again and again."""


def reachable(*, provider: IdentityProvider) -> None:
    """Ask for the provider's description and its keys, whatever is known of them; raise ProviderAway."""
    ENDPOINTS.forget(provider.issuer)
    _keys(endpoints_of(provider=provider).keys)


def endpoints_of(*, provider: IdentityProvider) -> Endpoints:
    """Return the addresses of a provider, asked for at most once an hour; raise ProviderAway."""
    known = ENDPOINTS.get(provider.issuer)
    if known is not None:
        return known
    told = _document(f"{provider.issuer.rstrip('/')}/.well-known/openid-configuration")
    if told.get("issuer") != provider.issuer:
        raise ProviderAway
    methods = told.get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
    found = Endpoints(
        _address(told, "authorization_endpoint"),
        _address(told, "token_endpoint"),
        _address(told, "jwks_uri"),
        _address(told, "userinfo_endpoint", is_needed=False),
        _address(told, "end_session_endpoint", is_needed=False),
        takes_secret_in_form="client_secret_post" in methods,
    )
    return ENDPOINTS.put(provider.issuer, found)


def authorization_address(*, provider: IdentityProvider, state: str, begun: Begun, back: str) -> str:
    """Return where a browser goes to sign in; raise ProviderAway."""
    challenge = urlsafe_b64encode(sha256(begun.verifier.encode()).digest()).decode().rstrip("=")
    asked = {
        "response_type": "code",
        "client_id": provider.client_id,
        "redirect_uri": back,
        "scope": "openid profile",
        "state": state,
        "nonce": begun.nonce,
        "code_challenge": challenge,
        "code_challenge_method": "S256",
    }
    return with_query(endpoints_of(provider=provider).authorization, asked)


def arrival(*, provider: IdentityProvider, begun: Begun, given: Mapping[str, str], back: str, now: datetime) -> Arrived:
    """Return who came back with a code; raise ProviderAway or SignInBroken."""
    code = given.get("code", "")
    if not 0 < len(code) <= LONGEST_WORD or given.get("iss", provider.issuer) != provider.issuer:
        raise SignInBroken
    endpoints = endpoints_of(provider=provider)
    given = _tokens(provider, endpoints, {"code": code, "redirect_uri": back, "code_verifier": begun.verifier})
    token = str(given.get("id_token", ""))
    claims = _claims(provider, token, now, exp={"essential": True}, sub={"essential": True})
    if not constant_time_compare(str(claims.get("nonce", "")), begun.nonce):
        raise SignInBroken
    access, leave = str(given.get("access_token", "")), _leave(provider, endpoints, token)
    return Arrived(_subject(claims), text_told(claims.get("sid")), leave, claims, access[:LONGEST_TOKEN])


def staff_number_told(*, provider: IdentityProvider, arrived: Arrived) -> str:
    """Return somebody's staff number: from the token, else from what the provider tells of them when asked.

    Empty where it says none; raises ProviderAway, and SignInBroken where it tells of somebody else.
    """
    name, told = provider.staff_number_claim, arrived.claims
    if not name:
        return ""
    userinfo = endpoints_of(provider=provider).userinfo
    if name not in told and userinfo and arrived.access:
        told = _document(userinfo, headers={"Authorization": f"Bearer {arrived.access}"})
        if told.get("sub") != arrived.subject:
            raise SignInBroken
    value = told.get(name)
    return text_told(str(value) if isinstance(value, int) and not isinstance(value, bool) else value)


def logout_read(*, provider: IdentityProvider, said: Mapping[str, str], now: datetime) -> Ended:
    """Return which sessions a token of the provider says ended; raise ProviderAway or SignInBroken."""
    claims = _claims(provider, said.get("logout_token", ""), now, iat={"essential": True}, jti={"essential": True})
    events, issued_at = claims.get("events"), claims["iat"]
    is_logout = isinstance(events, dict) and isinstance(events.get(LOGOUT_EVENT), dict)
    is_fresh = isinstance(issued_at, int | float) and now.timestamp() - issued_at < LOGOUT_GOOD_FOR.total_seconds()
    subject, session, token_id = (text_told(claims.get(name)) for name in ("sub", "sid", "jti"))
    if not is_logout or not is_fresh or "nonce" in claims or not token_id or not (subject or session):
        raise SignInBroken
    return Ended(token_id, subject, (session,) if session else ())


def _claims(provider: IdentityProvider, token: str, now: datetime, **needed: Any) -> dict[str, Any]:
    """Return what a token of the provider for us says now; raise SignInBroken for any other."""
    wanted = {"iss": {"essential": True, "value": provider.issuer}, "aud": {"essential": True}, **needed}
    registry = jwt.JWTClaimsRegistry(now=int(now.timestamp()), leeway=LEEWAY, **wanted)
    try:
        claims = _decoded(provider, token)
        registry.validate(claims)
    except (jose_errors.JoseError, *UNREADABLE) as error:
        raise SignInBroken from error
    audience = claims["aud"] if isinstance(claims["aud"], list) else [claims["aud"]]
    party = claims.get("azp", provider.client_id if audience == [provider.client_id] else None)
    if provider.client_id not in audience or party != provider.client_id:
        raise SignInBroken
    return claims


def _decoded(provider: IdentityProvider, token: str) -> dict[str, Any]:
    """Read a token with the keys known; once a minute a key that is not among them has them asked for anew."""
    if len(token) > LONGEST_TOKEN:
        raise SignInBroken
    address = endpoints_of(provider=provider).keys
    known = KEYS.get(address)
    if known is not None:
        try:
            return dict(jwt.decode(token, known, algorithms=ALGORITHMS).claims)
        except (jose_errors.JoseError, *UNREADABLE):
            if KEYS_ASKED.get(address):
                raise
    KEYS_ASKED.put(address, True)
    return dict(jwt.decode(token, _keys(address), algorithms=ALGORITHMS).claims)


def _keys(address: str) -> Any:
    told: Any = _document(address)
    try:
        return KEYS.put(address, jwk.KeySet.import_key_set(told))
    except (jose_errors.JoseError, *UNREADABLE) as error:
        raise ProviderAway from error


def _tokens(provider: IdentityProvider, endpoints: Endpoints, sent: Mapping[str, str]) -> dict[str, Any]:
    form = {"grant_type": "authorization_code", "client_id": provider.client_id, **sent}
    secret = unsealed(provider.client_secret, purpose=SEALED_FOR) if provider.client_secret else ""
    if secret is None:
        raise ProviderAway
    headers = {}
    if secret and endpoints.takes_secret_in_form:
        form["client_secret"] = secret
    elif secret:
        pair = f"{quote_plus(provider.client_id)}:{quote_plus(secret)}"
        headers = {"Authorization": f"Basic {b64encode(pair.encode()).decode()}"}
    try:
        return _document(endpoints.token, headers=headers, form=form)
    except NotTaken as error:
        raise SignInBroken from error


def _leave(provider: IdentityProvider, endpoints: Endpoints, token: str) -> str:
    """Return where the person signs out there too, and comes back from; empty where the provider has no such page."""
    if not endpoints.end_session:
        return ""
    hint = {"id_token_hint": token} if len(token) <= LONGEST_HINT else {}
    back = {"client_id": provider.client_id, "post_logout_redirect_uri": f"{settings.PUBLIC_URL}/sign-in"}
    return with_query(endpoints.end_session, {**hint, **back})


def _document(
    address: str, headers: Mapping[str, str] | None = None, form: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """Return a JSON object from an address; raise ProviderAway, and NotTaken where a form was refused."""
    sent = {"Accept": "application/json", **(headers or {})}
    try:
        with asking(address):
            body = posting.fetch(address=address, headers=sent, form=form, longest=LONGEST_DOCUMENT)
        document = json.loads(body)
    except NotTaken as error:
        if form is not None and error.is_permanent:
            raise
        raise ProviderAway from error
    except UNREADABLE as error:
        raise ProviderAway from error
    if not isinstance(document, dict):
        raise ProviderAway
    return document


def _address(told: Mapping[str, Any], name: str, *, is_needed: bool = True) -> str:
    address = told.get(name) or ""
    if not address and not is_needed:
        return ""
    plain = address.partition("?")[0] if isinstance(address, str) else ""
    if not address_is_good(address=plain, allowed_hosts=settings.INTRANET_HOOK_HOSTS):
        raise ProviderAway
    return str(address)


def _subject(claims: Mapping[str, Any]) -> str:
    subject = claims["sub"]
    if not isinstance(subject, str) or not 0 < len(subject) <= LONGEST_SUBJECT or "\0" in subject:
        raise SignInBroken
    return subject
