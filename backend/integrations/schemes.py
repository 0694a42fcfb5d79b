"""The token of a service account as the API description names it; known once the API of this room is loaded."""

from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension

from backend.organisation.scopes import scope_of


class ServiceScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """Describes the header in the API description, at each operation that a scope opens."""

    target_class = "backend.integrations.authentication.ServiceAuthentication"
    name = "service"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:  # noqa: ARG002 - given by the framework
        """Return the scheme."""
        return {
            "type": "http",
            "scheme": "bearer",
            "description": "The token of a service account; an operation names the scope that it needs as `x-scope`.",
        }

    def get_security_requirement(self, auto_schema: Any) -> Any:
        """Return that the token opens the operation, by the scope in its `x-scope`; None where it is closed."""
        return None if scope_of(view=auto_schema.view, method=auto_schema.method) is None else {self.name: []}
