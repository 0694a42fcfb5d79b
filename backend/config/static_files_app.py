"""Django's app of static files, which leaves out what packages bring and no page asks for."""

from django.contrib.staticfiles.apps import StaticFilesConfig


class PagesStaticFiles(StaticFilesConfig):
    """The API answers in JSON alone and its description opens in Swagger, so nobody sees DRF's own pages or Redoc."""

    ignore_patterns = [*StaticFilesConfig.ignore_patterns, "redoc", "rest_framework"]
