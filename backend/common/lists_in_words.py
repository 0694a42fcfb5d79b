"""Several names as one list in the active language, with its mark between them. Pure."""

from collections.abc import Iterable

from django.utils.translation import ngettext, pgettext


def listed_in_words(words: Iterable[str], *, most: int | None = None) -> str:
    """Return the words as a list; of more than `most` the others are only counted."""
    between, every = pgettext("between words of a list", ", "), list(words)
    more = 0 if most is None else len(every) - most
    rest = [ngettext("%(count)d more", "%(count)d more", more) % {"count": more}] if more > 0 else []
    return between.join([*every[:most], *rest])
