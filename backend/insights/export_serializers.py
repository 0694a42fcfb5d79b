"""Shapes of files made of figures and tickets."""

from typing import Any

from rest_framework import serializers

from backend.accounts.models import User
from backend.insights.models import Export
from backend.insights.serializers import FiguresInput
from backend.insights.services.exporting import ExportDraft
from backend.insights.shapes import Period
from backend.rulebook.wording import Group


class ExportInput(FiguresInput):
    """The file to make: of what, as which sort, of which days and of what is chosen."""

    kind = serializers.ChoiceField(choices=Export.Kind.choices)
    format = serializers.ChoiceField(choices=Export.Format.choices)
    language = serializers.ChoiceField(choices=User.Language.choices, help_text="The language of its words.")

    def draft(self, *, usual: Period) -> ExportDraft:
        """Return the file as the service takes it; `usual` are the days where none are given."""
        given = self.validated_data
        return ExportDraft(given["kind"], given["format"], given["language"], self.period or usual, self.narrowing)


class ExportOutput(serializers.ModelSerializer[Export]):
    """A file: what it is of, how far it is, and until when it is kept."""

    group = serializers.ChoiceField(choices=Group.choices, source="chosen_group", allow_null=True)
    rows = serializers.IntegerField(allow_null=True, help_text="How many lines it will have; null until it is begun.")
    expires_at = serializers.DateTimeField()

    class Meta:
        model = Export
        fields = [
            *("id", "kind", "format", "language", "first_day", "last_day", "school", "office", "group", "asked_at"),
            *("rows", "done", "ready_at", "size", "is_cut", "expires_at"),
        ]
        read_only_fields = fields


def export_shown(export: Export) -> dict[str, Any]:
    """Return a file as its owner sees it."""
    return dict(ExportOutput(export).data)
