"""The API of the rules."""

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from backend.organisation.permissions import Permission
from backend.organisation.scopes import ANY
from backend.organisation.staff_view import StaffView
from backend.rulebook.models import RulebookUse
from backend.rulebook.selectors import categories_of, check_get, rulebook_get, rulebook_uses, ruleset_get
from backend.rulebook.serializers import CategoryOutput, RulebookCheckOutput, RulebookOutput, RulebookSummaryOutput


class CategoryListView(StaffView):
    """The categories that can be reported at the signed-in person's school."""

    scope = {"get": ANY}

    @extend_schema(operation_id="categories_list", responses=CategoryOutput(many=True))
    def get(self, _request: Request) -> Response:
        """Answer with every category of the rulebook in use; there are at most 200."""
        return Response(CategoryOutput(categories_of(actor=self.actor), many=True).data)


@extend_schema_view(get=extend_schema(operation_id="rulebooks_list"))
class RulebookListView(StaffView, ListAPIView[RulebookUse]):
    """The versions of the rules that the school uses or used, the latest first."""

    serializer_class = RulebookSummaryOutput
    ordering = ("-since", "-id")

    def get_queryset(self) -> QuerySet[RulebookUse]:
        """Return what the person may see."""
        return rulebook_uses(actor=self.actor)


class RulebookView(StaffView):
    """One version of the rules in full."""

    @extend_schema(operation_id="rulebooks_retrieve", responses=RulebookOutput)
    def get(self, _request: Request, version_id: int) -> Response:
        """Answer with a version that the person's school uses or used."""
        return _in_full(rulebook_get(actor=self.actor, version_id=version_id))


class CurrentRulebookView(StaffView):
    """The version under which new reports open."""

    may_be_missing = True

    @extend_schema(operation_id="rulebooks_current_retrieve", responses=RulebookOutput)
    def get(self, _request: Request) -> Response:
        """Answer with the rules in use at the person's school."""
        return _in_full(rulebook_get(actor=self.actor, version_id=None))


class RulebookCheckView(StaffView):
    """The findings of the last nightly check."""

    access = Permission.RULEBOOK_READ_CHECK
    may_be_missing = True

    @extend_schema(operation_id="rulebooks_check_retrieve", responses=RulebookCheckOutput)
    def get(self, _request: Request) -> Response:
        """Answer with the last check; for coordinator, leaders and administrator."""
        return Response(RulebookCheckOutput(check_get(actor=self.actor)).data)


def _in_full(use: RulebookUse) -> Response:
    return Response(RulebookOutput(use, context={"rules": ruleset_get(use.version_id)}).data)
