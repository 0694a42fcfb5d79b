"""SAML 2.0: where a browser goes to sign in, whom a signed assertion brings, and the word that a session ended.

The answer is posted by a page of the other side, so that a browser sends none of our cookies with it. It is looked at
then, and the little that counts goes on, sealed, to the address at which the browser is known again.
"""

import json
from base64 import b64decode
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, TypeVar
from xml.etree.ElementTree import Element
from xml.sax.saxutils import escape, quoteattr

from backend.common.later import Later
from backend.common.outgoing import NotTaken
from backend.common.sealing import sealed, unsealed
from backend.identity.arriving import LONGEST_WORD, Arrived, Ended, text_told, with_query
from backend.identity.errors import NameNotKept, ProviderAway, SignInBroken
from backend.identity.keeping import asking
from backend.identity.models import IdentityProvider
from backend.identity.saml.assertions import (
    LEEWAY,
    NameChanges,
    NotAboutThis,
    Said,
    answer_check,
    assertion_said,
    moment_of,
    name_of,
    text_of,
)
from backend.identity.saml.keys import packed, query_signed, unpacked
from backend.identity.saml.metadata import Described, described, described_again, is_address
from backend.identity.saml.names import ASSERTION, POST, PROTOCOL, SUCCESS, side_address
from backend.identity.saml.signatures import Forged, message_read, signed_assertion, signed_message, signed_query
from backend.identity.sessions import GOOD_FOR, Begun

if TYPE_CHECKING:
    from backend.common import posting
else:
    posting = Later("backend.common.posting")

SEALED_FOR = "saml-arrival"
ON_THE_WAY = 60
"""The seconds that a browser has to come from the address where its answer was posted to the one it is known at."""
LONGEST_ANSWER = 256 * 1024
LOGOUT_GOOD_FOR = timedelta(minutes=10)
MOST_SESSIONS = 50
OWN_FAULT = 500
REFUSALS = {error.code: error for error in (ProviderAway, NameNotKept)}

Read = TypeVar("Read")


def authorization_address(*, provider: IdentityProvider, state: str, begun: Begun, back: str) -> str:
    """Return where a browser goes to sign in; raise ProviderAway."""
    there = described(provider=provider)
    request = _message("AuthnRequest", provider, _request_id(begun), there.sign_on, _moment_begun(begun))
    more = f' ProtocolBinding="{POST}" AssertionConsumerServiceURL={quoteattr(back)}>'
    request = request.replace(">", more, 1) + '<p:NameIDPolicy AllowCreate="true"/></p:AuthnRequest>'
    query = {"SAMLRequest": packed(request), "RelayState": state}
    if not there.wants_signed:
        return with_query(there.sign_on, query)
    return _joined(there.sign_on, query_signed(query=query, key=provider.saml.key))


def landed(*, provider: IdentityProvider, said: Mapping[str, str], now: datetime) -> dict[str, str]:
    """Return what a browser takes along that was sent here with an answer: who it brings, or why it brings nobody."""
    state = said.get("RelayState", "")[:LONGEST_WORD]
    try:
        found = _answer_read(provider, said.get("SAMLResponse", ""), now)
        kept = [found.answers, found.subject, found.session, found.number]
    except ProviderAway as error:
        kept = [error.code]
    except NameChanges:
        kept = [NameNotKept.code]
    except (Forged, NotAboutThis):
        return {"state": state}
    told = json.dumps([str(provider.id), now.timestamp() + ON_THE_WAY, *kept], ensure_ascii=False)
    return {"state": state, "said": sealed(told, purpose=SEALED_FOR)}


def arrival(
    *,
    provider: IdentityProvider,
    begun: Begun,
    given: Mapping[str, str],
    back: str,  # noqa: ARG001 - whom the answer was for has been looked at
    now: datetime,
) -> Arrived:
    """Return who came back, once it is known for which request; raise SignInBroken, ProviderAway or NameNotKept."""
    text = unsealed(given.get("said", ""), purpose=SEALED_FOR)
    if text is None:
        raise SignInBroken
    name, until, *kept = json.loads(text)
    if name != str(provider.id) or now.timestamp() >= until:
        raise SignInBroken
    if len(kept) == 1:
        raise REFUSALS[kept[0]]
    answers, subject, session, number = kept
    if answers != _request_id(begun):
        raise SignInBroken
    return Arrived(subject, _session_named(subject, session), "", {provider.staff_number_claim: number})


def staff_number_told(*, provider: IdentityProvider, arrived: Arrived) -> str:
    """Return somebody's staff number; empty where the provider says none."""
    return text_told(arrived.claims.get(provider.staff_number_claim))


def logout_read(*, provider: IdentityProvider, said: Mapping[str, str], now: datetime) -> Ended:
    """Return the sessions that a signed request says ended, posted or in an address (`query`); raise as the others."""
    try:
        request = _logout_signed(provider, said)
        return _logout_said(request, provider, now)
    except (Forged, NotAboutThis, NameChanges) as error:
        raise SignInBroken from error


def logout_answer(*, provider: IdentityProvider, ended: Ended, said: Mapping[str, str], now: datetime) -> str:
    """Return where a browser goes on to with the answer that sessions ended; empty where no answer is wanted."""
    where = described(provider=provider).logout_answers
    if not where:
        return ""
    answer = _message("LogoutResponse", provider, f"_{ended.token_id[:64]}-done", where, now)
    answer = answer.replace(">", f" InResponseTo={quoteattr(ended.token_id)}>", 1)
    answer += f'<p:Status><p:StatusCode Value="{SUCCESS}"/></p:Status></p:LogoutResponse>'
    query = {"SAMLResponse": packed(answer)}
    if said.get("RelayState"):
        query["RelayState"] = said["RelayState"][:LONGEST_WORD]
    return _joined(where, query_signed(query=query, key=provider.saml.key))


def reachable(*, provider: IdentityProvider) -> None:
    """Read the metadata anew; where it was entered as text, see whether its address answers. Raises ProviderAway."""
    there = described(provider=provider, is_anew=True)
    if is_address(provider.saml.metadata):
        return
    try:
        with asking(there.sign_on):
            posting.fetch(address=there.sign_on, longest=LONGEST_ANSWER)
    except NotTaken as error:
        if error.status is None or error.status >= OWN_FAULT:
            raise ProviderAway from error


def _answer_read(provider: IdentityProvider, text: str, now: datetime) -> Said:
    body, here = _decoded(text), side_address(provider=provider, which="back")
    answer_check(answer=message_read(body), issuer=provider.issuer, here=here)
    assertion = _with_keys(provider, lambda there: signed_assertion(body=body, certificates=there.certificates))
    return assertion_said(
        assertion=assertion,
        issuer=provider.issuer,
        audience=side_address(provider=provider, which="metadata"),
        here=here,
        claim=provider.staff_number_claim,
        now=now,
    )


def _logout_signed(provider: IdentityProvider, said: Mapping[str, str]) -> Element:
    query = said.get("query", "")
    if not query:
        body = _decoded(said.get("SAMLRequest", ""))
        message_read(body)
        return _with_keys(provider, lambda there: signed_message(body=body, certificates=there.certificates))

    def checked(there: Described) -> Element:
        text = signed_query(query=query, name="SAMLRequest", certificates=there.certificates)
        try:
            return message_read(unpacked(text))
        except ValueError as error:
            raise Forged from error

    return _with_keys(provider, checked)


def _logout_said(request: Element, provider: IdentityProvider, now: datetime) -> Ended:
    made = moment_of(request.get("IssueInstant"))
    until = request.get("NotOnOrAfter")
    is_now = now - LOGOUT_GOOD_FOR < made <= now + LEEWAY and (until is None or moment_of(until) > now - LEEWAY)
    is_for_us = request.get("Destination") == side_address(provider=provider, which="ended")
    issuer = text_of(request.find(f"{ASSERTION}Issuer"))
    token_id, subject = text_told(request.get("ID")), name_of(request.find(f"{ASSERTION}NameID"))
    sessions = [text_told(text_of(each)) for each in request.findall(f"{PROTOCOL}SessionIndex")]
    if request.tag != f"{PROTOCOL}LogoutRequest" or issuer != provider.issuer or not is_now or not is_for_us:
        raise NotAboutThis
    if not token_id or not all(sessions) or len(sessions) > MOST_SESSIONS:
        raise NotAboutThis
    return Ended(token_id, subject, tuple(_session_named(subject, each) for each in sessions))


def _with_keys(provider: IdentityProvider, read: Callable[[Described], Read]) -> Read:
    """Read something by the keys that are known; where none of them signed it, by those asked for anew."""
    try:
        return read(described(provider=provider))
    except Forged:
        anew = described_again(provider=provider)
        if anew is None:
            raise
        return read(anew)


def _decoded(text: str) -> bytes:
    if not 0 < len(text) <= LONGEST_ANSWER:
        raise Forged
    try:
        return b64decode("".join(text.split()), validate=True)
    except ValueError as error:
        raise Forged from error


def _message(name: str, provider: IdentityProvider, message_id: str, where: str, now: datetime) -> str:
    """Return the beginning of a message of ours; its first sign `>` ends the element's own attributes."""
    own = escape(side_address(provider=provider, which="metadata"))
    return (
        f'<p:{name} xmlns:p="{PROTOCOL[1:-1]}" xmlns:a="{ASSERTION[1:-1]}" ID={quoteattr(message_id)} Version="2.0" '
        f'IssueInstant="{now.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}" Destination={quoteattr(where)}>'
        f"<a:Issuer>{own}</a:Issuer>"
    )


def _request_id(begun: Begun) -> str:
    return f"_{begun.nonce}"


def _moment_begun(begun: Begun) -> datetime:
    return datetime.fromtimestamp(begun.until - GOOD_FOR, tz=UTC)


def _session_named(subject: str, session: str) -> str:
    """Return a session's name together with its owner's: some sides count sessions for each of their people."""
    return f"{subject}\n{session}" if session else ""


def _joined(address: str, query: str) -> str:
    return f"{address}{'&' if '?' in address else '?'}{query}"
