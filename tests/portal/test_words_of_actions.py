"""Every action and every event has its words: on its button, in the timeline, in the message; none is left over."""

import pytest
from django.utils.translation import override

from backend.notifications.sentences import TO_REPORTER, TO_REPORTER_MERGED, TO_STAFF
from backend.portal.action_words import ACTION_WORDS, LABELS
from backend.portal.event_words import DONE, ICONS
from backend.workflow.action_input import FieldKind, field_specs
from backend.workflow.actions import ACTIONS, EVENT_TYPES, FOR_PEOPLE
from backend.workflow.system_events import ESCALATED

TOLD_BY_FUNCTIONS = {"route", ESCALATED.name}
"""Their lines in the timeline are put together from what the event says."""


def test_every_action_has_its_words_on_the_pages_and_no_words_are_left_over() -> None:
    assert ACTION_WORDS.keys() == {action.name for action in FOR_PEOPLE}
    asked = {
        spec.name
        for action in FOR_PEOPLE
        for spec in field_specs(action.said)
        if (spec.name, spec.kind) != ("note", FieldKind.TEXT)
    }
    assert LABELS.keys() == asked


def test_a_form_that_asks_for_more_than_a_tap_says_what_its_note_is_for() -> None:
    needing = {action.name for action in FOR_PEOPLE if any(spec.required for spec in field_specs(action.said))}
    assert {name for name in needing if not ACTION_WORDS[name].question} == set()


def test_every_event_has_a_line_and_an_icon_in_the_timeline() -> None:
    assert DONE.keys() == EVENT_TYPES.keys() - TOLD_BY_FUNCTIONS
    assert ICONS.keys() == EVENT_TYPES.keys()


def test_everybody_whom_an_action_tells_finds_a_sentence_of_its_own() -> None:
    to_reporter = {action.name for action in ACTIONS if action.told.reporter}
    to_staff = {action.name for action in ACTIONS if action.told.assignee or action.told.role}
    assert to_reporter - TO_REPORTER.keys() == set()
    assert to_staff - TO_STAFF.keys() == set()
    assert (TO_REPORTER.keys() | TO_STAFF.keys()) - EVENT_TYPES.keys() == set()


@pytest.mark.parametrize("table", [TO_REPORTER, TO_REPORTER_MERGED, TO_STAFF, DONE, LABELS])
def test_every_sentence_is_in_both_languages(table: dict[str, object]) -> None:
    for name, words in table.items():
        with override("en"):
            english = str(words)
        with override("zh-hans"):
            assert str(words) != english, name
