"""Query parameters: an operation takes those that it names, each once, and refuses every other one by its name."""

from http import HTTPStatus
from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from backend.common.serializers import StrictSerializer

LONGEST_VALUE = 200


class NoParameters(StrictSerializer):
    """An operation without query parameters."""


class AskedView(APIView):
    """A view of the API; `asks` is the shape of the query of its GET, which is read into `asked`.

    The query of a list is read by the filters of lists instead. No answer is kept on its way, unless the view says so.
    """

    asks: ClassVar[type[StrictSerializer] | None] = None
    asked: StrictSerializer

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Read the query once it is known that the reader is let in; raise ValidationError."""
        super().initial(request, *args, **kwargs)
        if request.method not in SAFE_METHODS:
            query_read(request, NoParameters)
        elif not hasattr(self, "filter_queryset"):
            self.asked = query_read(request, self.asks or NoParameters)

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        """Let no cache keep what only this reader may see, for as long as they may."""
        final = super().finalize_response(request, response, *args, **kwargs)
        final.headers.setdefault("Cache-Control", "no-store")
        return final

    def options(self, *_args: Any, **_kwargs: Any) -> Response:
        """Answer with the methods alone; the description of the API says the rest."""
        return Response(status=HTTPStatus.NO_CONTENT)


def query_read(request: Request, shape: type[StrictSerializer]) -> StrictSerializer:
    """Return the query in its shape; raise ValidationError with a pointer to each wrong parameter."""
    read = shape(data=request.query_params.dict())
    known = {name for name, field in read.fields.items() if not field.read_only}
    errors = {
        name: [error]
        for name, values in request.query_params.lists()
        if (error := parameter_refused(values, most=int(name in known)))
    }
    if errors:
        raise serializers.ValidationError(errors)
    read.is_valid(raise_exception=True)
    return read


def parameter_refused(values: list[str], *, most: int) -> serializers.ErrorDetail | None:
    """Return what is wrong with the values of a parameter that may be given so often; 0: there is none of this name."""
    if not most:
        return _error(_("There is no parameter of this name here."), "unknown_parameter")
    if len(values) > most:
        return _error(_("This was given too many times."), "too_many_values")
    if not all(values):
        return _error(_("Give this a value, or leave it out."), "blank")
    if any(len(value) > LONGEST_VALUE for value in values):
        return _error(_("This is too long."), "max_length")
    return None


def _error(words: Any, code: str) -> serializers.ErrorDetail:
    return serializers.ErrorDetail(str(words), code=code)
