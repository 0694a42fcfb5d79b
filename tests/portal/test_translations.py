"""Every word of the project has its Chinese."""

import pytest
from django.utils import translation

from tools.check.catalogue import CHINESE, Used, catalogue_problems, catalogue_read, catalogue_text, texts_used


@pytest.fixture(scope="module")
def used() -> list[Used]:
    """Every text of the project, for which all of its sources are read."""
    return texts_used()


@pytest.mark.slow("tests/tools/test_catalogue.py")
def test_every_text_has_chinese_and_nothing_is_left_over(used: list[Used]) -> None:
    assert list(catalogue_problems(catalogue_read(), used)) == []


@pytest.mark.slow("tests/tools/test_catalogue.py")
def test_the_catalogue_is_written_as_the_update_writes_it(used: list[Used]) -> None:
    assert CHINESE.read_text(encoding="utf-8") == catalogue_text(catalogue_read(), used)


@pytest.mark.slow("tests/tools/test_catalogue.py")
def test_texts_of_code_and_templates_are_found(used: list[Used]) -> None:
    found = {(text.context, text.forms) for text in used}
    assert (None, ("Received",)) in found
    assert (None, ("Escalated, step %(level)s",)) in found
    assert ("verb, in the navigation", ("Report",)) in found
    assert (None, ("%(count)d day", "%(count)d days")) in found


@pytest.mark.parametrize(("language", "words"), [("zh-hans", "3天"), ("en", "3 days")])
def test_django_reads_the_catalogue(language: str, words: str) -> None:
    with translation.override(language):
        assert translation.ngettext("%(count)d day", "%(count)d days", 3) % {"count": 3} == words
