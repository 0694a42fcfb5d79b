"""Names of SAML 2.0: the namespaces, bindings and states that are looked for, and the addresses of our side."""

from django.conf import settings

from backend.identity.models import IdentityProvider

PROTOCOL = "{urn:oasis:names:tc:SAML:2.0:protocol}"
ASSERTION = "{urn:oasis:names:tc:SAML:2.0:assertion}"
METADATA = "{urn:oasis:names:tc:SAML:2.0:metadata}"
SIGNATURE = "{http://www.w3.org/2000/09/xmldsig#}"
SUCCESS = "urn:oasis:names:tc:SAML:2.0:status:Success"
BEARER = "urn:oasis:names:tc:SAML:2.0:cm:bearer"
REDIRECT = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect"
POST = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST"
PERSISTENT = "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent"
CHANGING = frozenset(
    f"urn:oasis:names:tc:SAML:{form}" for form in ("2.0:nameid-format:transient", "2.0:nameid-format:encrypted")
)
"""Forms of names that are made anew each time, or hidden: by them nobody is known again."""


def side_address(*, provider: IdentityProvider, which: str) -> str:
    """Return an address of our side: `metadata`, which also names it, `back` and `ended`."""
    return f"{settings.PUBLIC_URL}/sign-in/with/{provider.code}/{which}"
