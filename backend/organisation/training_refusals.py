"""The refusals of whoever neither keeps nor reads the whole training log."""

from django.utils.translation import gettext_lazy as _

from backend.common.errors import PermissionDenied


class NotTrainingReader(PermissionDenied):
    """The person does not keep the records of the school."""

    code = "not_training_reader"
    title = _("Only the principals, the coordinator and the administrator see whose training is due.")


class NotTrainingRecorder(PermissionDenied):
    """The person neither leads nor heads anything at the school."""

    code = "not_training_recorder"
    title = _("Only leaders, heads of office and head teachers record trainings; whoever entered one makes it void.")
