"""A message: why it came, what to do, by when, and where; alone, or one for everything that waits. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from backend.accounts.models import User
from backend.rulebook.ruleset import Confidentiality, Severity

MOST_ENTRIES = 20


@dataclass(frozen=True, slots=True)
class Facts:
    """The facts of a message, in words; of a confidential ticket only that it waits, and whether it is an exercise."""

    sentence: str
    confidentiality: str
    link: str
    school: str = ""
    reference: str = ""
    category: str = ""
    place: str = ""
    severity: str = ""
    is_exercise: bool = False
    due: str = ""
    instead_of: str = ""
    verbatim: str = ""
    """Lines that are to be compared letter by letter."""

    @property
    def is_open(self) -> bool:
        """Whether the message may say what it is about."""
        return self.confidentiality == Confidentiality.K0

    @property
    def is_urgent(self) -> bool:
        """Whether it stands first in a message that lists several."""
        return self.severity == Severity.P1


@dataclass(frozen=True, slots=True)
class Message:
    """A subject and a body in the reader's language."""

    subject: str
    body: str


def branded(words: str, reference: str = "") -> str:
    """Return a subject that begins with the product's name in the reader's language, by which robots know it."""
    return _("%(brand)s: %(words)s") % {"brand": f"{_('Allclear')} {reference}".strip(), "words": words}


@cache
def every_brand() -> str:
    """Return the product's name in all languages.

    A group's robot that passes only what has this word in it was set up in one language, and goes on passing when
    its reader, or the school, changes to another.
    """
    names = []
    for language in User.Language.values:
        with translation.override(language):
            names.append(_("Allclear"))
    return " · ".join(dict.fromkeys(names))


def compose(facts: Facts) -> Message:
    """Return the message about one thing, in the active language."""
    first = [_("This is an exercise; please act as if it were real.")] if facts.is_exercise else []
    if not facts.is_open:
        lines = [*first, facts.sentence, "", facts.link, ""]
        return Message(_exercise(branded(_("something waits for you")), facts.is_exercise), "\n".join(lines))
    lines = [*first, facts.sentence, *_details(facts), "", facts.link, ""]
    return Message(_exercise(branded(_subject(facts), facts.reference), facts.is_exercise), "\n".join(lines))


def _exercise(text: str, is_exercise: bool) -> str:
    return _("[Exercise] %(text)s") % {"text": text} if is_exercise else text


def _urgent(text: str) -> str:
    return _("[Urgent] %(text)s") % {"text": text}


def _subject(facts: Facts) -> str:
    """Return why it came; of what is urgent first what, where and by when, as a locked telephone shows it."""
    if not facts.is_urgent:
        return facts.sentence
    by = _("by %(time)s") % {"time": facts.due} if facts.due else ""
    parts = (_urgent(facts.category), facts.school, facts.place, by, facts.sentence)
    return " ".join(" · ".join(part for part in parts if part).split())  # a mail's subject has one line


def compose_digest(*, entries: Sequence[Facts], link: str, most_bytes: int) -> Message:
    """Return one message about several things: urgent ones first, confidential ones only counted, cut to a length."""
    listed = sorted((facts for facts in entries if facts.is_open), key=lambda facts: not facts.is_urgent)
    sealed = len(entries) - len(listed)
    subject = branded(_("%(count)d things wait for you") % {"count": len(entries)})
    subject = _exercise(subject, all(facts.is_exercise for facts in entries))
    blocks: list[str] = []
    for facts in listed[:MOST_ENTRIES]:
        if len("\n".join([subject, *blocks, _entry(facts), _end(len(listed), sealed, link)]).encode()) > most_bytes:
            break
        blocks.append(_entry(facts))
    return Message(subject, "\n".join([*blocks, _end(len(listed) - len(blocks), sealed, link), ""]))


def _end(unlisted: int, sealed: int, link: str) -> str:
    lines = []
    if unlisted:
        lines.append(ngettext("And %(count)d more.", "And %(count)d more.", unlisted) % {"count": unlisted})
    if sealed:
        lines.append(
            ngettext(
                "%(count)d confidential matter waits for you. Please sign in to read it.",
                "%(count)d confidential matters wait for you. Please sign in to read them.",
                sealed,
            )
            % {"count": sealed}
        )
    return "\n".join([*lines, _("All of it: %(link)s") % {"link": link}])


def _entry(facts: Facts) -> str:
    text = _urgent(facts.sentence) if facts.is_urgent else facts.sentence
    return "\n".join([_exercise(text, facts.is_exercise), *_details(facts), facts.link, ""])


def _details(facts: Facts) -> list[str]:
    lines = [" · ".join(part for part in (facts.school, facts.reference, facts.category, facts.place) if part)]
    if facts.instead_of:
        lines.append(_("It comes to you because %(person)s could not be reached.") % {"person": facts.instead_of})
    if facts.due:
        lines.append(_("Next deadline: %(time)s") % {"time": facts.due})
    if facts.verbatim:
        lines += ["", *facts.verbatim.splitlines()]
        return lines
    return [line for line in lines if line]
