"""The API of the backlog."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from backend.common.clock import database_now
from backend.organisation.permissions import Permission
from backend.organisation.staff_view import StaffView
from backend.rulebook.ruleset import Severity
from backend.workflow.backlog import MOST_LOOKED_AT, Age, Stuck, backlog_read


class BacklogGroupOutput(serializers.Serializer[Any]):
    """The tickets of one age and urgency that are stuck for one reason."""

    age = serializers.ChoiceField(
        choices=Age.choices, help_text="Open for more than so many days, and not yet the next."
    )
    severity = serializers.ChoiceField(choices=Severity.choices)
    stuck = serializers.ChoiceField(choices=Stuck.choices, help_text="Why; where several reasons hold, the first.")
    count = serializers.IntegerField()
    since = serializers.DateTimeField(help_text="When the oldest of them was reported.")


class BacklogOutput(serializers.Serializer[Any]):
    """The backlog, tickets open for more than thirty days, by groups, the oldest first."""

    groups = BacklogGroupOutput(many=True)
    is_cut = serializers.BooleanField(help_text=f"Only the {MOST_LOOKED_AT} that are due first are counted.")


class BacklogView(StaffView):
    """The backlog, for whoever answers for a school or several."""

    access = Permission.BOARD_READ

    @extend_schema(operation_id="tickets_backlog", responses=BacklogOutput)
    def get(self, _request: Request) -> Response:
        """Answer with the backlog among what the reader may know of; exercises are left out."""
        return Response(BacklogOutput(backlog_read(actor=self.actor, now=database_now())).data)
