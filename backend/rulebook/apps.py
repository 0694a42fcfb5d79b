from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RulebookConfig(AppConfig):
    name = "backend.rulebook"
    verbose_name = _("Rules")
