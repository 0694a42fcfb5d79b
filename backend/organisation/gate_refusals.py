"""The refusals of whoever neither reads the log of the gate nor rules the gate."""

from django.utils.translation import gettext_lazy as _

from backend.common.errors import PermissionDenied


class NotGateReader(PermissionDenied):
    """The person neither stands at the gate nor leads the school."""

    code = "not_gate_reader"
    title = _("Only the security office and the school's leaders see who came to the gate.")


class NotGateSetter(PermissionDenied):
    """The person does not answer for the whole school."""

    code = "not_gate_setter"
    title = _("Only the principals and the safety coordinator make open days and set how long visitors may stay.")
