"""Renderers of the API."""

from rest_framework.renderers import JSONRenderer


class AnyRenderer(JSONRenderer):
    """Lets a reader ask for whatever type a file has; refusals are JSON all the same."""

    media_type = "*/*"
