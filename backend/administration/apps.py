from django.apps import AppConfig
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _

from backend.administration.labels import models_name


class AdministrationConfig(AppConfig):
    name = "backend.administration"
    verbose_name = _("Record")

    def ready(self) -> None:
        models_name()
        import_string("backend.administration.auditing.configuration_audit")()  # needs the models loaded
