"""The parameters of the training log; there is none for what somebody else went to."""

from django.core.validators import RegexValidator
from django.db.models import QuerySet
from django_filters import CharFilter, FilterSet

from backend.common.filtering import FlagFilter
from backend.training.models import TrainingSession
from backend.training.selectors.sessions import sessions_attended

CODE = r"^[A-Z][A-Z0-9_]{1,29}\Z"


class SessionFilters(FilterSet):  # type: ignore[misc]
    """The parameters of the log."""

    code = CharFilter(
        field_name="code", validators=[RegexValidator(CODE)], label="Only those of this required training."
    )
    mine = FlagFilter(method="of_reader", label="Only those at which the signed-in person was, or only others.")

    class Meta:
        model = TrainingSession
        fields: list[str] = []

    def of_reader(self, sessions: QuerySet[TrainingSession], _name: str, mine: bool) -> QuerySet[TrainingSession]:
        """Keep those at which the reader was, or all others."""
        own = sessions_attended(actor=self.request.parser_context["view"].actor).values("id")
        return sessions.filter(id__in=own) if mine else sessions.exclude(id__in=own)
