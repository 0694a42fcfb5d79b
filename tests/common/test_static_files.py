"""The styles and scripts that an installation collects: those of its pages."""

from django.apps import apps
from django.contrib.staticfiles import finders

from backend.config.static_files_app import PagesStaticFiles


def test_what_no_page_asks_for_is_not_collected() -> None:
    """Nearly half of what was collected belonged to pages of two packages that nobody can open."""
    app = apps.get_app_config("staticfiles")
    assert isinstance(app, PagesStaticFiles)
    found = {path for finder in finders.get_finders() for path, _storage in finder.list(app.ignore_patterns)}
    assert {path.split("/")[0] for path in found} == {
        *("admin", "administration", "drf_spectacular_sidecar", "portal", "unfold"),
    }
    assert {path.split("/")[1] for path in found if path.startswith("drf_")} == {"swagger-ui-dist"}
