"""Shapes of saved views and of what papers are asked for in the API."""

from rest_framework import serializers

from backend.common.asking import LONGEST_VALUE
from backend.common.filtering import MOST_VALUES
from backend.common.serializers import CleanTextField, StrictSerializer
from backend.portal.inbox import BOARD, Tab
from backend.portal.models import LONGEST_NAME, LONGEST_WORDS, SavedView
from backend.portal.saved_views import ViewDraft

TABS = [tab for tab in Tab if tab not in BOARD]


def _filters() -> serializers.DictField:
    values = serializers.ListField(
        child=serializers.CharField(max_length=LONGEST_VALUE), min_length=1, max_length=MOST_VALUES
    )
    return serializers.DictField(
        child=values,
        required=False,
        default=dict,
        help_text="The values of `office`, `category`, `place`, `severity`, `state`, and `due_until` (a day).",
    )


class SavedViewInput(StrictSerializer):
    """A view to keep: a tab, or words that are searched for, and filters."""

    name = CleanTextField(max_length=LONGEST_NAME, multiline=False)
    tab = serializers.ChoiceField(choices=[(tab.value, tab.value) for tab in TABS], default=Tab.ALL.value)
    q = CleanTextField(max_length=LONGEST_WORDS, multiline=False, required=False, allow_blank=True, default="")
    filters = _filters()

    def draft(self) -> ViewDraft:
        """Return what was given."""
        given = self.validated_data
        return ViewDraft(given["name"], given["tab"], given["q"], given["filters"])


class SavedViewOutput(serializers.ModelSerializer[SavedView]):
    """A view that the signed-in person keeps."""

    q = serializers.CharField(source="words")
    filters = _filters()

    class Meta:
        model = SavedView
        fields = ["id", "name", "tab", "q", "filters"]


class AlikeInput(StrictSerializer):
    """The category and the place of a report to be."""

    category = serializers.CharField(max_length=10)
    place = serializers.UUIDField()


class PostersInput(StrictSerializer):
    """The places to hang posters at; everywhere where nothing is chosen."""

    inside = serializers.UUIDField(required=False, help_text="One place, with everything inside it.")
    place = serializers.UUIDField(required=False, help_text="One place alone.")


class MonthInput(StrictSerializer):
    """The month and the school of a report."""

    month = serializers.RegexField(
        r"^[0-9]{4}-(0[1-9]|1[0-2])$", required=False, help_text="Like 2026-09; the last that is over without it."
    )
    school = serializers.UUIDField(required=False, help_text="One school; for the bureau.")
