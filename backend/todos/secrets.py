"""The secrets by which systems let us in: kept sealed, and opened when something is sent."""

from backend.common.sealing import sealed, unsealed
from backend.todos.models import TodoSystem
from backend.todos.refusals import Away

SEALED_FOR = "todo systems"


def secret_sealed(secret: str) -> str:
    """Return a secret as it is stored; none stays none."""
    return sealed(secret, purpose=SEALED_FOR) if secret else ""


def secret_of(system: TodoSystem) -> str:
    """Return a system's secret in clear, or none; raise Away where another secret key of the installation sealed it."""
    if not system.secret:
        return ""
    secret = unsealed(system.secret, purpose=SEALED_FOR)
    if secret is None:
        raise Away("Its secret was sealed under another key of this installation: give it again.")
    return secret
