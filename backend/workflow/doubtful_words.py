"""Words that say the opposite of “solved”, in both languages; whoever closes with them is asked once more."""

import re
import unicodedata

from backend.workflow.errors import NoteDoubtful

CHINESE = (
    *("没修好", "没有修好", "未修好", "没解决", "没有解决", "未解决", "没处理", "没有处理", "未处理", "没弄好", "没好"),
    *(
        "还没",
        "仍未",
        "尚未",
        "还漏",
        "还在漏",
        "仍在漏",
        "还是漏",
        "还坏",
        "还是坏",
        "仍然",
        "依然",
        "依旧",
        "还有问题",
    ),
    *("又坏", "又漏", "没法用", "不能用", "不合格", "没通过", "未通过"),
)
ENGLISH = (
    *("not fixed", "not solved", "not resolved", "not repaired", "not done", "not finished", "not working", "not yet"),
    *("isn't fixed", "isn't solved", "isn't working", "doesn't work", "does not work", "unsolved", "unresolved"),
    *("still", "again broken", "broken again", "failed", "fails"),
)
SAYS_OTHERWISE = re.compile("|".join([*CHINESE, *(rf"\b{re.escape(phrase)}\b" for phrase in ENGLISH)]))
APOSTROPHES = str.maketrans({"\u2019": "'", "\u02bc": "'"})


def doubt_check(*, note: str, is_meant: bool) -> None:
    """Raise NoteDoubtful for such a note, unless whoever writes it says that it is meant."""
    if not is_meant and is_doubtful(note):
        raise NoteDoubtful(pointer="/note")


def is_doubtful(note: str) -> bool:
    """Say whether a note sounds as if the problem were not solved, however it is spelt."""
    plain = unicodedata.normalize("NFKC", note).casefold().translate(APOSTROPHES)
    return SAYS_OTHERWISE.search(" ".join(plain.split())) is not None
