"""CAS: where a browser goes to sign in, whom a ticket stands for, and the server's word that a session ended.

A ticket is good for one service, this browser's way back with its state, and it is taken by asking for it. No proxy is
ever asked for, and nobody comes by one.
"""

from collections.abc import Mapping
from datetime import datetime
from secrets import token_hex
from typing import TYPE_CHECKING
from urllib.parse import urlencode
from xml.etree.ElementTree import Element

from django.conf import settings

from backend.common.identities import identity_of
from backend.common.later import Later
from backend.common.outgoing import NotTaken
from backend.identity.arriving import LONGEST_WORD, Arrived, Ended, text_told
from backend.identity.errors import ProviderAway, SignInBroken
from backend.identity.keeping import asking
from backend.identity.models import LONGEST_SUBJECT, IdentityProvider
from backend.identity.plain_xml import Unreadable, document_read
from backend.identity.sessions import Begun

if TYPE_CHECKING:
    from backend.common import posting
else:
    posting = Later("backend.common.posting")

CAS = "{http://www.yale.edu/tp/cas}"
SAML = "{urn:oasis:names:tc:SAML:2.0:protocol}"
VALIDATIONS = ("p3/serviceValidate", "serviceValidate")
"""With attributes by version 3; servers of version 2 do not know that address, and may tell attributes all the same."""
USER_NAME = "user_name"
"""The name under which the user name itself counts as what is told, for where it is the staff number."""
BY_PROXY = ("proxies", "proxyGrantingTicket")
ITS_OWN_FAULT = "INTERNAL_ERROR"
TICKET = "ST-"
LONGEST_DOCUMENT = 64 * 1024
LONGEST_REQUEST = 16 * 1024
NOT_FOUND = 404


def authorization_address(*, provider: IdentityProvider, state: str, begun: Begun, back: str) -> str:  # noqa: ARG001
    """Return where a browser goes to sign in."""
    return _at(provider, "login", service=_service(back, state))


def arrival(
    *,
    provider: IdentityProvider,
    begun: Begun,  # noqa: ARG001 - nothing in an answer is about it but its state
    given: Mapping[str, str],
    back: str,
    now: datetime,  # noqa: ARG001 - the server says whether a ticket is too old
) -> Arrived:
    """Return who came back with a ticket; raise ProviderAway or SignInBroken."""
    ticket = given.get("ticket", "")
    if not ticket.startswith(TICKET) or len(ticket) > LONGEST_WORD:
        raise SignInBroken
    claims = _told(_validated(provider, _service(back, given.get("state", "")), ticket))
    subject = identity_of(claims[USER_NAME])
    if not 0 < len(subject) <= LONGEST_SUBJECT:
        raise SignInBroken
    leave = _at(provider, "logout", service=f"{settings.PUBLIC_URL}/sign-in")
    return Arrived(subject, ticket, leave, claims)


def staff_number_told(*, provider: IdentityProvider, arrived: Arrived) -> str:
    """Return somebody's staff number; empty where the server says none."""
    return text_told(arrived.claims.get(provider.staff_number_claim))


def logout_read(*, provider: IdentityProvider, said: Mapping[str, str], now: datetime) -> Ended:  # noqa: ARG001
    """Return the session that the server says ended: it names the ticket, which only it and this side know."""
    body = said.get("logoutRequest", "")
    if not body or len(body) > LONGEST_REQUEST:
        raise SignInBroken
    try:
        request = document_read(body)
    except Unreadable as error:
        raise SignInBroken from error
    named = request.findall(f"{SAML}SessionIndex")
    ticket = (named[0].text or "").strip() if len(named) == 1 else ""
    if request.tag != f"{SAML}LogoutRequest" or not ticket.startswith(TICKET):
        raise SignInBroken
    return Ended(token_id="", subject="", sessions=(ticket,))


def reachable(*, provider: IdentityProvider) -> None:
    """Ask for a ticket that nobody ever got, which a server of CAS refuses; raise ProviderAway."""
    try:
        _validated(provider, f"{settings.PUBLIC_URL}/sign-in", f"{TICKET}{token_hex(16)}")
    except SignInBroken:
        return
    raise ProviderAway  # It would let in anybody.


def _validated(provider: IdentityProvider, service: str, ticket: str) -> Element:
    """Return what the server says of a ticket for a service; raise SignInBroken where it refuses, or ProviderAway."""
    try:
        root = document_read(_asked(provider, {"service": service, "ticket": ticket}))
    except (NotTaken, Unreadable) as error:
        raise ProviderAway from error
    if root.tag != f"{CAS}serviceResponse" or len(root) != 1:
        raise ProviderAway
    said = root[0]
    if said.tag == f"{CAS}authenticationFailure" and said.get("code") != ITS_OWN_FAULT:
        raise SignInBroken
    if said.tag != f"{CAS}authenticationSuccess":
        raise ProviderAway
    return said


def _asked(provider: IdentityProvider, what: Mapping[str, str]) -> bytes:
    newer, older = (_at(provider, path) for path in VALIDATIONS)
    with asking(newer):
        try:
            return posting.fetch(address=newer, params=what, longest=LONGEST_DOCUMENT)
        except NotTaken as error:
            if error.status != NOT_FOUND:
                raise
        return posting.fetch(address=older, params=what, longest=LONGEST_DOCUMENT)


def _told(said: Element) -> dict[str, str]:
    """Return the user name and the attributes; one told twice, in different words, says nothing."""
    users = said.findall(f"{CAS}user")
    if len(users) != 1 or len(users[0]) or any(said.find(f"{CAS}{name}") is not None for name in BY_PROXY):
        raise SignInBroken
    told: dict[str, set[str]] = {}
    for attribute in said.iterfind(f"{CAS}attributes/*"):
        if attribute.tag.startswith(CAS):
            told.setdefault(attribute.tag.removeprefix(CAS), set()).add((attribute.text or "").strip())
    clear = {name: values.pop() for name, values in told.items() if len(values) == 1}
    return {**clear, USER_NAME: (users[0].text or "").strip()}


def _service(back: str, state: str) -> str:
    return f"{back}?{urlencode({'state': state})}"


def _at(provider: IdentityProvider, path: str, **query: str) -> str:
    address = f"{provider.issuer.rstrip('/')}/{path}"
    return f"{address}?{urlencode(query)}" if query else address
