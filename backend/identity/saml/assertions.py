"""An assertion that was signed, and what it has to hold to be about somebody who signs in here, now."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from xml.etree.ElementTree import Element

from backend.identity.arriving import text_told
from backend.identity.models import LONGEST_SUBJECT
from backend.identity.saml.names import ASSERTION, BEARER, CHANGING, PROTOCOL, SUCCESS

LEEWAY = timedelta(seconds=60)
CONDITIONS = [f"{ASSERTION}{name}" for name in ("AudienceRestriction", "OneTimeUse", "ProxyRestriction")]
VERSION = "2.0"


class NotAboutThis(ValueError):
    """An assertion, or a message, that is right in itself and says nothing about this sign-in."""


class NameChanges(ValueError):
    """Somebody is named by what is made anew each time."""


@dataclass(frozen=True, slots=True)
class Said:
    """Somebody as an assertion tells them, and the request it answers."""

    answers: str
    subject: str
    session: str
    number: str


def moment_of(text: str | None) -> datetime:
    """Return an instant as SAML writes it; raise NotAboutThis."""
    try:
        moment = datetime.fromisoformat(text or "")
    except ValueError as error:
        raise NotAboutThis from error
    if moment.tzinfo is None:
        raise NotAboutThis
    return moment


def text_of(element: Element | None) -> str:
    """Return the text of an element that holds nothing else; empty for none."""
    return "" if element is None or len(element) else (element.text or "").strip()


def name_of(element: Element | None) -> str:
    """Return the name of somebody; raise NotAboutThis for none, and NameChanges for one that is new each time."""
    name = text_of(element)
    if element is None or not 0 < len(name) <= LONGEST_SUBJECT or "\0" in name:
        raise NotAboutThis
    if element.get("Format", "") in CHANGING:
        raise NameChanges
    return name


def answer_check(*, answer: Element, issuer: str, here: str) -> None:
    """Raise NotAboutThis for an answer that brings nobody, or was sent for another address.

    Nothing in it need be signed but the assertion: it is looked at, and nothing is taken from it.
    """
    said_by = answer.find(f"{ASSERTION}Issuer")
    status = answer.find(f"{PROTOCOL}Status/{PROTOCOL}StatusCode")
    is_ours = answer.tag == f"{PROTOCOL}Response" and answer.get("Destination", here) == here
    is_good = status is not None and status.get("Value") == SUCCESS
    if not is_ours or not is_good or (said_by is not None and text_of(said_by) != issuer):
        raise NotAboutThis


def assertion_said(*, assertion: Element, issuer: str, audience: str, here: str, claim: str, now: datetime) -> Said:
    """Return whom an assertion brings, for us, to this address and now; raise NotAboutThis or NameChanges."""
    if assertion.get("Version") != VERSION or text_of(_one(assertion, "Issuer")) != issuer:
        raise NotAboutThis
    _conditions_check(_one(assertion, "Conditions"), audience, now)
    subject = _one(assertion, "Subject")
    answers = [found for each in subject if (found := _confirmed(each, here, now))]
    statements = assertion.findall(f"{ASSERTION}AuthnStatement")
    if len(answers) != 1 or not statements:
        raise NotAboutThis
    for until in (each.get("SessionNotOnOrAfter") for each in statements):
        if until is not None and moment_of(until) <= now - LEEWAY:
            raise NotAboutThis
    session = text_told(statements[0].get("SessionIndex"))
    return Said(answers[0], name_of(_one(subject, "NameID")), session, _told(assertion, claim))


def _one(element: Element, name: str) -> Element:
    found = element.findall(f"{ASSERTION}{name}")
    if len(found) != 1:
        raise NotAboutThis
    return found[0]


def _conditions_check(conditions: Element, audience: str, now: datetime) -> None:
    _within(conditions, now)
    audiences = conditions.findall(f"{ASSERTION}AudienceRestriction")
    named = [[text_of(each) for each in row.findall(f"{ASSERTION}Audience")] for row in audiences]
    is_known = all(each.tag in CONDITIONS for each in conditions)
    if not is_known or not named or not all(audience in row for row in named):
        raise NotAboutThis


def _confirmed(confirmation: Element, here: str, now: datetime) -> str:
    """Return which request a confirmation of the subject answers; empty where it is none for us, now."""
    data = confirmation.find(f"{ASSERTION}SubjectConfirmationData")
    if confirmation.get("Method") != BEARER or data is None or data.get("Recipient") != here:
        return ""
    if data.get("NotOnOrAfter") is None:
        return ""
    _within(data, now)
    return text_told(data.get("InResponseTo"))


def _within(element: Element, now: datetime) -> None:
    before, after = element.get("NotBefore"), element.get("NotOnOrAfter")
    if before is not None and moment_of(before) > now + LEEWAY:
        raise NotAboutThis
    if after is not None and moment_of(after) <= now - LEEWAY:
        raise NotAboutThis


def _told(assertion: Element, claim: str) -> str:
    """Return the one value of an attribute; one told twice, in different words, says nothing."""
    if not claim:
        return ""
    values: Sequence[Element] = [
        value
        for attribute in assertion.findall(f"{ASSERTION}AttributeStatement/{ASSERTION}Attribute")
        if claim in {attribute.get("Name"), attribute.get("FriendlyName")}
        for value in attribute.findall(f"{ASSERTION}AttributeValue")
    ]
    told = {text_of(value) for value in values}
    return text_told(told.pop()) if len(told) == 1 else ""
