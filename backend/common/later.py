"""Libraries that few requests need: imported by whoever first needs them, and until then no part of a process's memory.

Who uses one names it twice, so that types and layers are checked as ever:

    if TYPE_CHECKING:
        import segno
    else:
        segno = Later("segno")
"""

from importlib import import_module
from typing import Any


class Later:
    """Stands for a module until something of it is asked for; several threads may ask at once."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __getattr__(self, attribute: str) -> Any:
        """Return what the module has under that name; names of the language itself load nothing.

        Whoever looks through all names of a module, as a collector of tests does, asks each for some of these.
        """
        if attribute.startswith("__"):
            raise AttributeError(attribute)
        return getattr(import_module(self._name), attribute)
