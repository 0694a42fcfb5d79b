"""Rules for written Chinese, in catalogue, rulebooks and papers: punctuation, spaces, one word for one thing."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml
from babel.messages.catalog import Catalog

ROOT = Path(__file__).resolve().parents[2]
GLOSSARY = ROOT / "docs" / "glossary.md"
RULEBOOKS = ROOT / "rulebooks"

LATIN_PLACEHOLDERS = "address|code|format|host|key|lead|link|network|severity|status|to|url|usual|word"
LATIN = re.compile(
    rf"%\((?:{LATIN_PLACEHOLDERS})\)[sd]|`[^`]*`|https?://[^\s，。、；：）”]*|[A-Za-z]+ \d+(?:\.\d+)*(?![\d%])"
)
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|\{\w+\}")
IN_CATALOGUE = "django.po"
IN_PAPERS = ".zh-CN.md"
FENCE = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
MARKUP = re.compile(r"\]\([^)]*\)|<(?!http)[^>]*>|!?\[|[*#\]]")
HAN = r"[\u3007\u4e00-\u9fff]"
FULL_WIDTH = "[，。、；：？！（）“”【】]"
FOREIGN = re.compile(r"(?<!\d)[A-Za-z][A-Za-z\d_.\-]*")
CODE = re.compile(r"[\d_.\-]")
FOREIGN_WORDS = frozenset(
    """
    AED ASCII Authenticator Big CAS CFR CSV ETag Excel GB GBK GDPR Google HEIC HSE ID JPEG JSON KB MB Microsoft NTP
    NameID OneRoster OpenID Connect PDF PNG SAML SCIM
    PowerPoint TLS URI UTF WebP Webhook Word XLSX YAML ZIP iCal iCalendar xls xlsx ics
    Asia POST Shanghai W absent application back backup bulk channel client confirm delta docs en engine false format
    https issuer json logout name parts periods redirect relay repeat tokens transient true within worker yaml zh zip
    """.split()  # noqa: SIM905
)
RULES = {
    "half-width punctuation": re.compile(rf"(?:{HAN}|[”）])[,;:!?(.]|[,;:!?)](?:{HAN}|[“（])"),
    "other quotation marks than “ ”": re.compile(r"[\"'「」『』‘’]"),
    "an ellipsis other than ……": re.compile(r"(?<!…)…(?!…)|…{3,}|\.{2,}"),
    "punctuation twice": re.compile(r"[，。、；：]{2}"),
    "a space that Chinese does not have": re.compile(rf" {{2,}}|{HAN} {HAN}| {FULL_WIDTH}|{FULL_WIDTH} "),
    "a space beside a number": re.compile(rf"{HAN} \d+(?= ?{HAN}|[，。、；：]|$)|(?<![A-Za-z0-9_.\-:/])\d+ {HAN}"),
    "no space beside a foreign word": re.compile(rf"{HAN}[A-Za-z]|(?<!\d)[A-Za-z]{HAN}"),
}


@dataclass(frozen=True, slots=True)
class Said:
    """A text in both languages, with the place where it stands."""

    where: str
    english: str
    chinese: str


@dataclass(frozen=True, slots=True)
class Term:
    """A word that is not used, the one used instead, and the English words with which it is right all the same."""

    wrong: str
    right: str
    unless: tuple[str, ...]


def terms(paper: str) -> list[Term]:
    """Return the words not to be used, from the table of the glossary."""
    table = paper.split("## Not said\n")[1].split("\n## ", maxsplit=1)[0]
    rows = [
        [cell.strip() for cell in line.strip("|").split("|")] for line in table.splitlines() if line.startswith("|")
    ]
    return [
        Term(wrong, right, tuple(word.strip() for word in unless.split(",") if word.strip()))
        for wrongs, right, unless in rows[2:]
        for wrong in wrongs.split("、")
    ]


def said_in_catalogue(catalogue: Catalog) -> Iterator[Said]:
    """Yield the texts of the pages; patterns of dates are no sentences and stay out."""
    for message in catalogue:
        if message.id and "date filter" not in (message.context or ""):
            english = message.id if isinstance(message.id, str) else message.id[-1]
            chinese = message.string if isinstance(message.string, str) else "".join(message.string or ())
            yield Said(IN_CATALOGUE, english, chinese)


def said_in_rulebooks() -> Iterator[Said]:
    """Yield the texts of the shipped rulebooks."""
    for path in sorted(RULEBOOKS.glob("*.yaml")):
        yield from _said(path.name, yaml.safe_load(path.read_text(encoding="utf-8")))


def said_in_papers() -> Iterator[Said]:
    """Yield the lines and the cells of the papers in Chinese, without their markup and their commands."""
    for path in sorted([*ROOT.glob(f"*{IN_PAPERS}"), *ROOT.glob(f"docs/*{IN_PAPERS}")]):
        text = MARKUP.sub("", FENCE.sub("", path.read_text(encoding="utf-8")))
        yield from (Said(path.name, "", cell.strip()) for line in text.splitlines() for cell in line.split("|"))


def _said(where: str, part: object) -> Iterator[Said]:
    if isinstance(part, list):
        for item in part:
            yield from _said(where, item)
    elif isinstance(part, dict) and {"zh", "en"} <= part.keys():
        english, chinese = _lines(part["en"]), _lines(part["zh"])
        yield from (Said(where, " / ".join(english), text) for text in chinese)
    elif isinstance(part, dict):
        for item in part.values():
            yield from _said(where, item)


def _lines(text: str | list[str]) -> list[str]:
    return [text] if isinstance(text, str) else text


def chinese_problems(texts: Iterable[Said], not_said: Sequence[Term]) -> Iterator[str]:
    """Yield each text that breaks a rule, with the rule."""
    for text in texts:
        # A paper names programs and commands, and has no English beside each line that would allow a word.
        is_paper = text.where.endswith(IN_PAPERS)
        foreign = [] if is_paper else _foreign_words(text.chinese)
        wrong = _wrong_words(text, [term for term in not_said if not (is_paper and term.unless)])
        for problem in (*_broken_rules(text.chinese), *foreign, *wrong):
            yield f"{text.where}: {problem}: {text.chinese!r}"
        if text.where == IN_CATALOGUE and _ends_a_sentence(text.english) != _ends_a_sentence(text.chinese):
            yield f"{text.where}: it ends otherwise than the English: {text.chinese!r}"


def _broken_rules(chinese: str) -> list[str]:
    plain = PLACEHOLDER.sub("〇", LATIN.sub("\ufffc", chinese))
    return [rule for rule, broken in RULES.items() if broken.search(plain)]


def _foreign_words(chinese: str) -> list[str]:
    words = FOREIGN.findall(PLACEHOLDER.sub(" ", LATIN.sub(" ", chinese)))
    return [f"not Chinese ({word})" for word in words if word not in FOREIGN_WORDS and not CODE.search(word)]


def _wrong_words(text: Said, not_said: Sequence[Term]) -> list[str]:
    english = text.english.lower()
    return [
        f"{term.wrong} where the glossary says {term.right}"
        for term in not_said
        if term.wrong in text.chinese.replace(term.right, "") and not any(word in english for word in term.unless)
    ]


def _ends_a_sentence(text: str) -> bool:
    return text.rstrip(" \n").endswith((".", "。", "?", "？", "!", "！"))
