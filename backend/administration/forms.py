"""The forms of the administration pages: what would break a rule of the database is said beside the form."""

from datetime import date, datetime, timedelta
from typing import Any, ClassVar

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import models
from django.forms import ModelForm, SplitDateTimeField
from django.utils.timezone import get_current_timezone
from django.utils.translation import gettext_lazy as _

from backend.administration.employers import employer_of
from backend.administration.labels import REFUSALS, REFUSED
from backend.calendars.forms import ClosingTime
from backend.common.clock import database_now
from backend.common.moments import NO_SUCH_TIME, instant_of, is_twice
from backend.organisation.actors import Actor
from backend.organisation.models import Bureau, School

ELSEWHERE = _("This belongs to another school. Please choose one of the same school.")


class WallTime(SplitDateTimeField):
    """A day and a time of day in the school's time zone; of an hour that comes twice the later one that has begun."""

    def compress(self, data_list: Any) -> datetime | None:
        """Return the instant; a time that does not come at all is refused."""
        try:
            found: datetime | None = super().compress(data_list)
        except ValidationError as error:
            if error.code != "ambiguous_timezone":
                raise
            wall, zone = datetime.combine(*data_list), get_current_timezone()
            if not is_twice(wall.replace(tzinfo=zone)):
                raise ValidationError(NO_SUCH_TIME, code="no_such_time") from error
            return instant_of(wall=wall, zone=zone, now=database_now())
        return found


class EndTime(WallTime):
    """The same for an end, for which 24:00 is the midnight after the day, as in calendars and the workbook."""

    def clean(self, value: Any) -> Any:
        """Return the instant; raise ValidationError."""
        if isinstance(value, list) and len(value) == len(self.fields) and str(value[1]).strip() == "24:00":
            day = self.fields[0].clean(value[0])
            value = [day + timedelta(days=1), "00:00"] if day and day < date.max else value
        return super().clean(value)


def entered_as(field: Any) -> dict[str, Any]:
    """Return the kind of field in which a column of times is entered: the end of a day's hours, or an instant."""
    if field.name == "closes":
        return {"form_class": ClosingTime}
    kind = EndTime if field.name == "ends_at" else WallTime
    return {"form_class": kind} if isinstance(field, models.DateTimeField) else {}


class ConfigurationForm(ModelForm):  # type: ignore[type-arg]
    """A row of one school: whatever it refers to belongs to the same school, and every constraint holds."""

    actor: ClassVar[Actor | None] = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        own = self.actor.school_id if self.actor else None
        if own and hasattr(self.instance, "school_id") and self.instance.school_id is None:
            self.instance.school_id = own

    def clean(self) -> dict[str, Any]:
        """Keep an instant that was not edited: what a page shows of it does not say which of two hours it was."""
        values: dict[str, Any] = super().clean() or {}
        kept = (name for name in values if name not in self.changed_data and isinstance(self.fields[name], WallTime))
        return {**values, **{name: getattr(self.instance, name) for name in kept}}

    def _update_errors(self, errors: ValidationError) -> None:
        """Leave out what Django says of constraints: it names columns; `_post_clean` says it in words."""
        if hasattr(errors, "error_dict"):
            errors.error_dict.pop(NON_FIELD_ERRORS, None)
        super()._update_errors(errors)  # type: ignore[misc]

    def _post_clean(self) -> None:
        super()._post_clean()  # type: ignore[misc]
        if self.errors:
            return
        for model, constraints in self.instance.get_constraints():
            for constraint in constraints:
                try:
                    constraint.validate(model, self.instance, exclude=self._unknown())
                except ValidationError:
                    self.add_error(None, REFUSALS.get(constraint.name, REFUSED))
        for name in self.fields:
            self._check_employer(name)

    def _unknown(self) -> set[str]:
        """Return the way to the row above, which a form under another gets only when that is saved."""
        relations = [field for field in self.instance._meta.concrete_fields if field.is_relation]  # noqa: SLF001
        return {field.name for field in relations if not field.null and getattr(self.instance, field.attname) is None}

    def _check_employer(self, name: str) -> None:
        chosen = self.cleaned_data.get(name)
        if not isinstance(chosen, models.Model) or isinstance(chosen, School | Bureau):
            return
        own, other = employer_of(self.instance), employer_of(chosen)
        if own and other and own != other:
            self.add_error(name, ELSEWHERE)
