"""The one form in which identities are compared: staff numbers, addresses, codes and names that people type."""

import re
import unicodedata

from django.db.models import CharField, Transform

INVISIBLE = (
    r"[\u00ad\u034f\u0600-\u0605\u061c\u06dd\u070f\u08e2\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e"
    r"\u2060-\u206f\ufe00-\ufe0f\ufeff\ufff0-\ufffb\U000110bd\U000110cd\U0001bca0-\U0001bca3\U0001d173-\U0001d17a"
    r"\U000e0000-\U000e0fff]"
)
"""Characters that nobody sees: of format, and those that choose a variant; Python and PostgreSQL read it alike."""
BLANK = r"[ \t\n\v\f\r]+"
_invisible, _blank = re.compile(INVISIBLE), re.compile(BLANK)


def plain_of(text: str) -> str:
    """Return a text as it is stored: full width folded, nothing invisible, single blanks, none around it."""
    return _blank.sub(" ", _invisible.sub("", unicodedata.normalize("NFKC", text))).strip(" ")


def identity_of(text: str) -> str:
    """Return the form in which two spellings of one identity are the same; it is compared, never shown."""
    return plain_of(unicodedata.normalize("NFKC", text).casefold())


@CharField.register_lookup
class IdentityOf(Transform):
    """The same form, computed by the database: in unique indexes, and as the lookup `…__identity`."""

    lookup_name = "identity"
    template = (
        "btrim(regexp_replace(regexp_replace(normalize(casefold(normalize(%(expressions)s, NFKC)"
        f" COLLATE pg_unicode_fast), NFKC), '{INVISIBLE}', '', 'g'), '{BLANK}', ' ', 'g'), ' ')"
    )
