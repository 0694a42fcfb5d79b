"""Shapes of bringing people from a portal in the API."""

from rest_framework import serializers

from backend.common.serializers import StrictSerializer
from backend.people.models import PeopleSync
from backend.people.plan import Change, Sort
from backend.people.services.syncing import Looked
from backend.setup.workbook.plan import CellChange


class SyncOutput(serializers.ModelSerializer[PeopleSync]):
    """A sync: how many it is about, and what became of it; no names."""

    made_by = serializers.CharField(source="made_by.name", allow_null=True, default=None)
    service = serializers.CharField(source="account.name", allow_null=True, default=None)
    applied_by = serializers.CharField(source="applied_by.name", allow_null=True, default=None)
    counts = serializers.SerializerMethodField()
    is_held = serializers.SerializerMethodField()

    class Meta:
        model = PeopleSync
        fields = [
            *("id", "state", "made_at", "made_by", "service", "counts", "is_held"),
            *("applied_at", "applied_by", "done_at"),
        ]

    def get_counts(self, row: PeopleSync) -> dict[str, int]:
        """The number of those that come, change, leave and stay as they are, by sort."""
        return {name: count for name, count in row.counts.items() if name != "is_held"}

    def get_is_held(self, row: PeopleSync) -> bool:
        """True where unusually many would leave, so that only an administrator takes it in."""
        return bool(row.counts["is_held"])


class CellChangeOutput(serializers.Serializer[CellChange]):
    """One value before and after."""

    column = serializers.CharField()
    before = serializers.CharField()
    after = serializers.CharField()


class SyncChangeOutput(serializers.Serializer[Change]):
    """One thing that would change or is left alone; line 0: it stands nowhere in the bundle."""

    sort = serializers.ChoiceField(choices=[(sort.value, sort.value) for sort in Sort])
    what = serializers.CharField()
    file = serializers.CharField()
    line = serializers.IntegerField()
    cells = CellChangeOutput(many=True)


class LookedOutput(serializers.Serializer[Looked]):
    """The changes a bundle would make; `sync` is null where there is nothing to do."""

    sync = SyncOutput(allow_null=True)
    counts = serializers.DictField(
        child=serializers.IntegerField(), source="plan.count", help_text="How many there are of each sort."
    )
    others = serializers.IntegerField(
        help_text="Pupils, guardians and people of other schools: left out, and not kept."
    )
    is_held = serializers.BooleanField(help_text="True where only an administrator takes it in: too many would leave.")
    changes = SyncChangeOutput(many=True, source="shown", help_text="The first 200 of them.")


class ApplyInput(StrictSerializer):
    """The word that it is to be taken in."""

    despite_guard = serializers.BooleanField(
        required=False, default=False, help_text="An administrator looked at it again: let unusually many leave."
    )
