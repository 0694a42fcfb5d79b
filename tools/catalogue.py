"""The words of the project and their Chinese: found in code and templates, kept in one .po, checked to be complete."""

import ast
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from io import StringIO
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parents[1]
SOURCES = ROOT / "backend"
CHINESE = SOURCES / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.po"
HEADER = r"""# Chinese. `python -m tools.translations update` brings it in step with the code; fill in what is empty.
msgid ""
msgstr ""
"Content-Type: text/plain; charset=utf-8\n"
"Language: zh_Hans\n"
"Plural-Forms: nplurals=1; plural=0;\n"

"""
KEYWORDS = {**DEFAULT_KEYWORDS, **{f"{name}_lazy": spec for name, spec in DEFAULT_KEYWORDS.items()}}
TEXT = r"""u?(?:'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")"""
CALL = re.compile(rf"\b(_|gettext|ngettext|pgettext|npgettext)\(\s*({TEXT}(?:\s*,\s*{TEXT})*)", re.DOTALL)
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|\{\w+\}")


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


def catalogue_read() -> Catalog:
    """Return the Chinese catalogue as it is; an empty one when there is none yet."""
    if not CHINESE.exists():
        return Catalog(locale="zh_Hans")
    with CHINESE.open("rb") as source:
        return read_po(source, abort_invalid=True)


def catalogue_text() -> str:
    """Return the catalogue as it should be: every text that is used, with the Chinese there is, and nothing else."""
    known = catalogue_read()
    fresh = Catalog(locale="zh_Hans", fuzzy=False)
    for used in texts_used():
        old = known.get(used.identity, used.context)
        kept = old.string if old and not old.fuzzy else None
        fresh.add(used.identity, kept, locations=[(used.path, 0)], context=used.context)
    buffer = _Buffer()
    write_po(buffer, fresh, omit_header=True, width=110, include_lineno=False)
    return HEADER + buffer.text


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
    """Rewrite the catalogue and return how many texts have no Chinese yet."""
    text = catalogue_text()
    CHINESE.parent.mkdir(parents=True, exist_ok=True)
    CHINESE.write_text(text, encoding="utf-8")
    return sum(1 for message in catalogue_read() if message.id and not _is_translated(message))


def catalogue_problems() -> Iterator[str]:
    """Yield what is wrong: text without Chinese, text no longer used, placeholders that differ."""
    known = catalogue_read()
    used = {(text.context, text.forms): text for text in texts_used()}
    for text in used.values():
        message = known.get(text.identity, text.context)
        if message is None or not _is_translated(message):
            yield f"{text.path}: no Chinese for {text.forms[0]!r}"
        elif _placeholders(message.string) != _placeholders(text.forms[-1]):
            yield f"{text.path}: other placeholders in the Chinese for {text.forms[0]!r}"
    for message in known:
        forms = message.id if isinstance(message.id, tuple | list) else (message.id,)
        if message.id and (message.context, tuple(forms)) not in used:
            yield f"{CHINESE.relative_to(ROOT)}: nothing uses {forms[0]!r} any more"


def _is_translated(message: Message) -> bool:
    forms = message.string if isinstance(message.string, tuple | list) else (message.string,)
    return not message.fuzzy and all(forms)


def _placeholders(text: str | Sequence[str] | None) -> set[str]:
    return set(PLACEHOLDER.findall("".join(text or "")))
