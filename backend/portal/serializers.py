"""Shapes of saved views in the API."""

from rest_framework import serializers

from backend.common.filtering import LONGEST_VALUE, MOST_VALUES
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
