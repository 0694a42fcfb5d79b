"""The settings of the API description (drf-spectacular); the words of each operation stand at its view."""

SPECTACULAR_SETTINGS = {
    "TITLE": "Allclear · 报平安",
    "DESCRIPTION": "School safety reports, routed to the office that answers for them, with deadlines.",
    "VERSION": "1.0.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PERMISSIONS": ["rest_framework.permissions.AllowAny"],
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "COMPONENT_SPLIT_REQUEST": True,
    "ENUM_ADD_EXPLICIT_BLANK_NULL_CHOICE": False,
    "ENUM_NAME_OVERRIDES": {
        "BulkActionEnum": "backend.workflow.actions.BULK_CHOICES",
        "ChannelKindEnum": "backend.organisation.models.ContactChannel.Kind",
        "ClockNameEnum": "backend.rulebook.ruleset.CLOCK_CHOICES",
        "DutyKindEnum": "backend.duty.models.DutyShift.Kind",
        "EventKindEnum": "backend.workflow.actions.EVENT_CHOICES",
        "RoleEnum": "backend.organisation.roles.Role",
        "SeverityEnum": "backend.rulebook.ruleset.Severity",
        "TicketActionEnum": "backend.workflow.actions.ACTION_CHOICES",
        "TicketKindEnum": "backend.rulebook.ruleset.Kind",
        "UnitKindEnum": "backend.organisation.models.Unit.Kind",
    },
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
}
