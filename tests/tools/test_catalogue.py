"""A changed text keeps its old translation as a hint until somebody has looked; nothing unfinished passes the check."""

from pathlib import Path

import pytest
from babel.messages.mofile import read_mo

from tools.check.catalogue import Used, catalogue_problems, catalogue_read, catalogue_text
from tools.check.translations import compile_catalogue

SEEN, GONE = "Seen by the head of the office.", "Nothing like it"
LONG = "Whoever is named here " + "and named again " * 10 + "never sees the report."
BEFORE = f"""msgid ""
msgstr ""
"Content-Type: text/plain; charset=utf-8\\n"
"Plural-Forms: nplurals=1; plural=0;\\n"

msgid "{SEEN}"
msgstr "负责人已看到。"

msgid "{GONE}"
msgstr "完全不同"

msgid "{LONG}"
msgstr "在此列出的人都看不到这份报告。"

msgid "%(count)d day late"
msgid_plural "%(count)d days late"
msgstr[0] "晚了%(count)d天"
"""


@pytest.fixture
def catalogue(tmp_path: Path) -> Path:
    """A catalogue with four texts."""
    path = tmp_path / "django.po"
    path.write_text(BEFORE, encoding="utf-8")
    return path


def used(*texts: str | tuple[str, ...], context: str | None = None) -> list[Used]:
    return [Used(context, (text,) if isinstance(text, str) else text, "backend/some.py") for text in texts]


def update(path: Path, texts: list[Used]) -> str:
    """Bring a catalogue in step with the texts in use, and return it."""
    path.write_text(catalogue_text(catalogue_read(path), texts), encoding="utf-8")
    return path.read_text(encoding="utf-8")


def test_a_changed_text_keeps_its_chinese_as_a_hint_with_the_english_it_was_for(catalogue: Path) -> None:
    changed = SEEN.replace("Seen", "Read")
    text = update(catalogue, used(changed, GONE))
    assert f'#, fuzzy\n#| msgid "{SEEN}"\nmsgid "{changed}"\nmsgstr "负责人已看到。"' in text
    problems = catalogue_problems(catalogue_read(catalogue), used(changed, GONE))
    assert next(problems) == f"backend/some.py: no Chinese for '{changed}'"
    compile_catalogue(catalogue)
    with catalogue.with_suffix(".mo").open("rb") as compiled:
        assert changed not in read_mo(compiled)


def test_the_hint_stays_until_somebody_has_looked(catalogue: Path) -> None:
    once, twice = LONG.replace("named here", "listed here"), LONG.replace("named here", "listed below")
    text = update(catalogue, used(once))
    previous = [line for line in text.splitlines() if line.startswith("#|")]
    assert "".join(line.removeprefix("#| ") for line in previous) == f'msgid"{LONG}"'
    assert update(catalogue, used(once)) == text
    again = update(catalogue, used(twice))
    assert [line for line in again.splitlines() if line.startswith("#|")] == previous
    assert catalogue_read(catalogue)[twice].previous_id == [LONG]


def test_a_changed_plural_keeps_its_hint(catalogue: Path) -> None:
    text = update(catalogue, used(SEEN, GONE, ("%(count)d day too late", "%(count)d days too late")))
    assert '#| msgid "%(count)d day late"\n#| msgid_plural "%(count)d days late"' in text
    assert 'msgstr[0] "晚了%(count)d天"' in text


def test_a_hint_is_offered_once_and_never_taken_from_a_text_in_use(catalogue: Path) -> None:
    text = update(catalogue, used(SEEN, SEEN + "!", GONE))
    assert f'msgid "{SEEN}!"\nmsgstr ""' in text
    text = update(
        catalogue, used(SEEN.replace("Seen", "Read"), SEEN.replace("Seen", "Sent"), SEEN.replace("Seen", "Read"))
    )
    assert text.count("负责人已看到。") == 1


def test_what_is_no_longer_used_stays_as_a_comment_until_all_is_translated(catalogue: Path) -> None:
    texts = used(SEEN, LONG, "Quite new")
    text = update(catalogue, texts)
    assert f'#~ msgid "{GONE}"\n#~ msgstr "完全不同"' in text
    assert update(catalogue, texts) == text
    catalogue.write_text(
        text.replace('msgid "Quite new"\nmsgstr ""', 'msgid "Quite new"\nmsgstr "全新"'), encoding="utf-8"
    )
    problems = list(catalogue_problems(catalogue_read(catalogue), texts))
    assert [problem.partition(": ")[2] for problem in problems] == [
        f"nothing uses {GONE!r} any more; run make messages",
        "nothing uses '%(count)d day late' any more; run make messages",
    ]
    assert "#~" not in update(catalogue, texts)
    assert list(catalogue_problems(catalogue_read(catalogue), texts)) == []


def test_a_text_that_comes_back_finds_its_chinese(catalogue: Path) -> None:
    assert f'#~ msgid "{GONE}"' in update(catalogue, used(SEEN, "Quite new"))
    text = update(catalogue, used(SEEN, GONE))
    assert f'\nmsgid "{GONE}"\nmsgstr "完全不同"' in text
    assert "fuzzy" not in text.partition('msgid ""')[2]


def test_one_text_in_two_places_is_one_entry(catalogue: Path) -> None:
    text = update(catalogue, [*used(SEEN), Used(None, (SEEN,), "backend/other.py")])
    assert text.count(f'msgid "{SEEN}"') == 1
    assert "backend/other.py" in text
