"""Refusals of files made of figures and tickets."""

from django.utils.translation import gettext_lazy as _

from backend.common.errors import Conflict


class TooManyExports(Conflict):
    """The person has as many files in the making as one may have."""

    code = "too_many_exports"
    title = _("Three of your files are still being made. Please wait until one of them is ready.")


class ExportNotReady(Conflict):
    """The file is still being made."""

    code = "export_not_ready"
    title = _("This file is still being made. You will be told when it is ready.")
    retry_after = 5


class ExportOutdated(Conflict):
    """The file holds something that its owner may not know of any more."""

    code = "export_outdated"
    title = _("This file holds something that is not open to you any more. Please have it made anew.")
