"""The words of the project and their Chinese: found in code and templates, kept in one .po, checked to be complete."""

import ast
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from io import StringIO
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract
from babel.messages.pofile import read_po, unescape, write_po
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parents[2]
SOURCES = ROOT / "backend"
CHINESE = SOURCES / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.po"
HEADER = r"""# Chinese. `python -m tools.check.translations update` follows the code with it; fill in what is empty.
# A "fuzzy" entry has the Chinese of an earlier English text (after "#|"): correct it, then remove both marks.
msgid ""
msgstr ""
"Content-Type: text/plain; charset=utf-8\n"
"Language: zh_Hans\n"
"Plural-Forms: nplurals=1; plural=0;\n"

"""
KEYWORDS = {**DEFAULT_KEYWORDS, **{f"{name}_lazy": spec for name, spec in DEFAULT_KEYWORDS.items()}}
TEXT = r"""u?(?:'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")"""
CALL = re.compile(rf"\b(_|gettext|ngettext|pgettext|npgettext)\(\s*({TEXT}(?:\s*,\s*{TEXT})*)", re.DOTALL)
PREVIOUS = re.compile(r"^msgid(?:_plural)?\s", re.MULTILINE)
QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"')
UNBROKEN_BLANK = "\ue000"  # Babel breaks the lines of what an entry was for at blanks, where nobody can read them again
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|\{\w+\}")

Key = tuple[str | None, str]


@dataclass(frozen=True, slots=True)
class Used:
    """One piece of text: its context, its one or two English forms, and the file that uses it."""

    context: str | None
    forms: tuple[str, ...]
    path: str

    @property
    def identity(self) -> str | tuple[str, ...]:
        """The id under which a catalogue keeps the text."""
        return self.forms if len(self.forms) > 1 else self.forms[0]


def texts_used() -> list[Used]:
    """Return every text marked for translation, in the order of files and lines."""
    found: list[Used] = []
    for path in sorted(SOURCES.rglob("*.py")):
        found += _in_python(path)
    for path in sorted(SOURCES.rglob("templates/**/*.html")):
        found += _in_template(path)
    return found


def _in_python(path: Path) -> Iterator[Used]:
    with path.open("rb") as source:
        for _line, forms, _comments, context in extract("python", source, keywords=KEYWORDS):
            texts = (forms,) if isinstance(forms, str) else tuple(forms)
            yield Used(context, texts, str(path.relative_to(ROOT)))


def _in_template(path: Path) -> Iterator[Used]:
    pseudo_code = templatize(path.read_text(encoding="utf-8"), origin=str(path))
    for call in CALL.finditer(pseudo_code):
        texts: tuple[str, ...] = ast.literal_eval(f"({call[2]},)")
        context = texts[0] if "pgettext" in call[1] else None
        yield Used(context, texts[1:] if context else texts, str(path.relative_to(ROOT)))


def catalogue_read(path: Path = CHINESE) -> Catalog:
    """Return the Chinese catalogue as it is; an empty one when there is none yet."""
    if not path.exists():
        return Catalog(locale="zh_Hans")
    with path.open("rb") as source:
        catalogue = read_po(source, abort_invalid=True)
    for message in _texts(catalogue):
        _take_previous(message)
    return catalogue


def _take_previous(message: Message) -> None:
    """Turn the comments `#| msgid "…"` of a fuzzy entry, which Babel writes but does not read, into what they say."""
    lines = [comment.removeprefix("|").strip() for comment in message.user_comments if comment.startswith("|")]
    texts = PREVIOUS.split("\n".join(lines))[1:]
    message.previous_id = ["".join(map(unescape, QUOTED.findall(text))) for text in texts]
    message.user_comments = [comment for comment in message.user_comments if not comment.startswith("|")]


def catalogue_merged(known: Catalog, used: Sequence[Used]) -> Catalog:
    """Return the catalogue of the texts in use, in their order, with the Chinese there is.

    A text without Chinese gets that of a text like it which is no longer in use, marked fuzzy, with the English it was
    for. Other texts no longer in use are kept as comments, until every text has its Chinese.
    """
    fresh = Catalog(locale="zh_Hans", fuzzy=False)
    translated = {_key(old): old for old in (*known.obsolete.values(), *_texts(known)) if any(_forms(old.string))}
    in_use = _keys(used)
    gone = {key: old for key, old in translated.items() if key not in in_use}
    for text in used:
        is_new = fresh.get(text.identity, text.context) is None
        message = fresh.add(text.identity, locations=[(text.path, 0)], context=text.context)
        if is_new:
            _give_chinese(message, translated.get(_key(message)), gone)
    if not all(map(_is_translated, _texts(fresh))):
        fresh.obsolete.update({text: message for (_context, text), message in gone.items()})
    return fresh


def _give_chinese(message: Message, old: Message | None, gone: dict[Key, Message]) -> None:
    """Give a text its Chinese, or else that of the text most like it, which is then no longer among those gone."""
    if old:
        message.string, message.previous_id = old.string, old.previous_id
        message.flags |= old.flags & {"fuzzy"}
    elif hint := _closest(message, gone):
        message.string, message.previous_id = hint.string, hint.previous_id or _forms(hint.id)
        message.flags.add("fuzzy")
        del gone[_key(hint)]


def _closest(message: Message, gone: dict[Key, Message]) -> Message | None:
    alike = {key[1]: old for key, old in gone.items() if old.pluralizable == message.pluralizable}
    found = get_close_matches(_key(message)[1], alike, n=1)
    return alike[found[0]] if found else None


def _key(message: Message) -> Key:
    return message.context, _forms(message.id)[0]


def _keys(used: Sequence[Used]) -> set[Key]:
    return {(text.context, text.forms[0]) for text in used}


def _forms(text: str | Sequence[str] | None) -> list[str]:
    return [text] if isinstance(text, str) else list(text or ())


def _texts(catalogue: Catalog) -> list[Message]:
    return [message for message in catalogue if message.id]


def catalogue_text(known: Catalog, used: Sequence[Used]) -> str:
    """Return the merged catalogue as its file has it."""
    buffer = _Buffer()
    fresh = catalogue_merged(known, used)
    for message in _texts(fresh):
        message.previous_id = [text.replace(" ", UNBROKEN_BLANK) for text in message.previous_id]
    write_po(buffer, fresh, omit_header=True, width=110, include_lineno=False, include_previous=True)
    return HEADER + buffer.text.replace(UNBROKEN_BLANK, " ")


class _Buffer:
    """Collects the bytes that Babel writes."""

    def __init__(self) -> None:
        self.collected = StringIO()

    def write(self, part: bytes) -> None:
        """Take some bytes."""
        self.collected.write(part.decode())

    @property
    def text(self) -> str:
        """What was written so far."""
        return self.collected.getvalue()


def catalogue_update() -> int:
    """Rewrite the catalogue and return how many texts have no Chinese of their own yet."""
    text = catalogue_text(catalogue_read(), texts_used())
    CHINESE.parent.mkdir(parents=True, exist_ok=True)
    CHINESE.write_text(text, encoding="utf-8")
    return sum(1 for message in _texts(catalogue_read()) if not _is_translated(message))


def catalogue_problems(known: Catalog, used: Sequence[Used]) -> Iterator[str]:
    """Yield what is wrong: text without Chinese or with a fuzzy one, text no longer used, placeholders that differ."""
    for text in used:
        message = known.get(text.identity, text.context)
        if message is None or not _is_translated(message):
            yield f"{text.path}: no Chinese for {text.forms[0]!r}"
        elif _placeholders(message.string) != _placeholders(text.forms[-1]):
            yield f"{text.path}: other placeholders in the Chinese for {text.forms[0]!r}"
    in_use = _keys(used)
    for message in (*_texts(known), *known.obsolete.values()):
        if _key(message) not in in_use:
            yield f"{CHINESE.relative_to(ROOT)}: nothing uses {_forms(message.id)[0]!r} any more; run make messages"


def _is_translated(message: Message) -> bool:
    return not message.fuzzy and all(_forms(message.string)) and bool(message.string)


def _placeholders(text: str | Sequence[str] | None) -> set[str]:
    return set(PLACEHOLDER.findall("".join(text or "")))
