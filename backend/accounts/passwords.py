"""Rules for new passwords: long, not common, and more than the names of the person and the school. Pure."""

import re
import unicodedata
from collections.abc import Collection, Iterator

from anyascii import anyascii
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from backend.common.errors import Invalid

LEAST_BESIDE_NAMES = 8
"""Characters that must be left once names, places of work and runs like 12345 are taken out."""
LEAST_DISTINCT = 5
SHORTEST_WORD = 3
LONGEST_TEXT = 80
SHORTEST_RUN = 4
OURS = (
    "allclear",
    "password",
    "passwort",
    "报平安",
    "密码",
    "baopingan",
    "mima",
    "admin",
    "welcome",
    "qwerty",
    "iloveyou",
    "woaini",
    "我爱你",
    "5201314",
    "1314520",
    "520",
    "1314",
    "666",
    "888",
)
CHINESE = re.compile(r"[\u3400-\u9fff]+")
LATIN = re.compile(r"[a-z]+")
DIGITS = re.compile(r"[0-9]+")
READINGS = {
    "曾": "zeng",
    "翟": "zhai",
    "单": "shan",
    "仇": "qiu",
    "解": "xie",
    "查": "zha",
    "盖": "ge",
    "乐": "yue",
    "朴": "piao",
    "覃": "qin",
    "缪": "miao",
    "薄": "bo",
    "重": "chong",
    "长": "chang",
    "都": "du",
    "藏": "zang",
    "厦": "xia",
    "吕": "lv",
    "律": "lv",
    "绿": "lv",
    "旅": "lv",
    "女": "nv",
}
"""Characters that are read in another way in names than by themselves, or are typed with a v."""
ONLY_DIGITS = re.compile(r"[\W\d_]+")
"""A telephone number or birthday, however it is written."""


class PasswordWeak(Invalid):
    """The password does not hold against guessing."""

    code = "password_weak"
    title = _("This password is too easy to guess. Please choose a longer one.")


ABOUT_ONESELF = _(
    "This password is little more than a name, an address, the school, a common phrase or a number: others would try "
    "that first. Please add words that have nothing to do with you."
)


def password_check(*, password: str, about: Collection[str]) -> None:
    """Accept a password for somebody about whom these words are known; raise PasswordWeak."""
    problems: list[str | Promise] = []
    try:
        validate_password(password)
    except ValidationError as error:
        problems += error.messages
    if not problems and _is_about(password, about):
        problems.append(ABOUT_ONESELF)
    if problems:
        raise PasswordWeak(" ".join(map(str, problems)), pointer="/password")


def _is_about(password: str, about: Collection[str]) -> bool:
    """Say whether taking out what is known of the person leaves too little to guess."""
    words = {word for text in (*OURS, *about) for word in _words(_folded(text)[:LONGEST_TEXT])}
    known = re.compile("|".join(map(re.escape, sorted(words, key=len, reverse=True))))
    left = _without_runs(known.sub("", _folded(password)))
    return len(left) < LEAST_BESIDE_NAMES or len(set(left)) < LEAST_DISTINCT or ONLY_DIGITS.fullmatch(left) is not None


def _words(text: str) -> Iterator[str]:
    """Give the parts of a name that would be typed alone: 清河 of 清河学校, zhangwei of Zhang Wei and 张伟."""
    latin, runs = LATIN.findall(text), CHINESE.findall(text)
    spelt = (word for run in runs for word in _spelt(run))
    for word in (*latin, *DIGITS.findall(text), "".join(latin), *spelt):
        if len(word) >= SHORTEST_WORD:
            yield word
    for run in runs:
        yield from (run[start:end] for start in range(len(run)) for end in range(start + 2, len(run) + 1))


def _spelt(run: str) -> Iterator[str]:
    """Spell Chinese as it is typed: each character, any that follow one another, the surname last, and the initials."""
    plainly = [anyascii(character).casefold() for character in run]
    otherwise = [READINGS.get(character, plain) for character, plain in zip(run, plainly, strict=True)]
    for syllables in (plainly, otherwise) if otherwise != plainly else (plainly,):
        yield from _typed(syllables)


def _typed(syllables: list[str]) -> Iterator[str]:
    numbers = range(len(syllables))
    yield from ("".join(syllables[start : end + 1]) for start in numbers for end in numbers[start:])
    yield "".join((*syllables[1:], syllables[0]))
    yield "".join(syllable[:1] for syllable in syllables)


def _without_runs(text: str) -> str:
    """Shorten each run of four or more like 1234, dcba or 0000 to its first character."""
    kept: list[str] = []
    start = 0
    while start < len(text):
        end = max(_run_end(text, start, step) for step in (-1, 0, 1))
        kept.append(text[start] if end - start >= SHORTEST_RUN else text[start:end])
        start = end
    return "".join(kept)


def _run_end(text: str, start: int, step: int) -> int:
    end = start + 1
    while end < len(text) and ord(text[end]) - ord(text[end - 1]) == step:
        end += 1
    return end


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()
