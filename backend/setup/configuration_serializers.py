"""Shapes of a school's configuration in the API."""

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from backend.common.serializers import StrictSerializer
from backend.setup.configuration.applying import ConfigurationApplied
from backend.setup.configuration.comparing import Section, key_shown

MOST_LISTED = 1000


@extend_schema_field(OpenApiTypes.OBJECT)
class ConfigurationField(serializers.DictField):
    """A configuration in the form of docs/configuration-file.md."""


class ConfigurationCheckInput(StrictSerializer):
    """A configuration to look at."""

    configuration = ConfigurationField()


class ConfigurationInput(ConfigurationCheckInput):
    """A configuration that was looked at, and the digest under which its differences were shown."""

    digest = serializers.CharField(max_length=64)


class RowChangedOutput(serializers.Serializer[Any]):
    """A row that differs, by its natural key, and the fields that do."""

    key = serializers.CharField()
    fields = serializers.ListField(child=serializers.CharField())  # type: ignore[assignment]


class SectionOutput(serializers.Serializer[Section]):
    """One part of a configuration; of each list the first thousand rows, by their natural keys."""

    name = serializers.CharField()
    new = serializers.SerializerMethodField()
    new_count = serializers.SerializerMethodField()
    changed = serializers.SerializerMethodField()
    changed_count = serializers.SerializerMethodField()
    left_out = serializers.SerializerMethodField(help_text="What the file leaves out, and stays.")
    left_out_count = serializers.SerializerMethodField()

    def get_new(self, section: Section) -> list[str]:
        """Return what is new."""
        return [key_shown(key) for key in list(section.new)[:MOST_LISTED]]

    def get_new_count(self, section: Section) -> int:
        """Return how many are new."""
        return len(section.new)

    @extend_schema_field(RowChangedOutput(many=True))
    def get_changed(self, section: Section) -> list[dict[str, Any]]:
        """Return what differs."""
        rows = list(section.changed.items())[:MOST_LISTED]
        return [{"key": key_shown(key), "fields": list(fields)} for key, fields in rows]

    def get_changed_count(self, section: Section) -> int:
        """Return how many differ."""
        return len(section.changed)

    def get_left_out(self, section: Section) -> list[str]:
        """Return what stays although the file leaves it out."""
        return [key_shown(key) for key in section.left_out[:MOST_LISTED]]

    def get_left_out_count(self, section: Section) -> int:
        """Return how many stay."""
        return len(section.left_out)


class AwayOutput(serializers.Serializer[Any]):
    """A duty by its natural key, and who in it is away then, in words."""

    key = serializers.CharField()
    said = serializers.CharField()


class ConfigurationOutput(serializers.Serializer[ConfigurationApplied]):
    """The differences between a configuration and the school, part by part."""

    is_same = serializers.BooleanField(help_text="True where nothing would change.")
    digest = serializers.CharField(help_text="Send it along to write just these differences.")
    waiting = serializers.IntegerField(help_text="How many changes wait for a second person (`/power-changes`).")
    away = serializers.SerializerMethodField(help_text="The first thousand duties of people who are away then.")
    sections = serializers.SerializerMethodField()

    @extend_schema_field(AwayOutput(many=True))
    def get_away(self, done: ConfigurationApplied) -> Any:
        """Return who is entered into which duty although they are away."""
        told = [{"key": key_shown(key), "said": said} for key, said in done.away.items()]
        return AwayOutput(told[:MOST_LISTED], many=True).data

    @extend_schema_field(SectionOutput(many=True))
    def get_sections(self, done: ConfigurationApplied) -> Any:
        """Return the parts that differ or leave something out."""
        told = [section for section in done.sections.values() if not section.is_same or section.left_out]
        return [SectionOutput(section).data for section in told]
