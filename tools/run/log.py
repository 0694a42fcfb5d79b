"""One log for many processes: each line with the name of who wrote it."""

import os
import select

COLOURS = (36, 32, 33, 35, 34, 31, 96, 92, 93, 95)
NAME_WIDTH = 9
LONGEST_LINE = 4000  # a pipe that is ready takes 4096 bytes without blocking
PATIENCE_SECONDS = 1.0


class Log:
    """Writes prefixed lines to a file descriptor; a reader that stopped reading loses lines and never stops us."""

    def __init__(self, descriptor: int) -> None:
        self.descriptor = descriptor
        self.colours: dict[str, int] = {}
        self.is_terminal = os.isatty(descriptor)
        self.lost = 0

    def line(self, name: str, text: str) -> None:
        """Write one line, prefixed."""
        prefix = f"{name:<{NAME_WIDTH}} | "
        if self.is_terminal:
            colour = self.colours.setdefault(name, COLOURS[len(self.colours) % len(COLOURS)])
            prefix = f"\x1b[{colour}m{prefix}\x1b[0m"
        self.plain(prefix + text)

    def plain(self, text: str) -> None:
        """Write one line as it is."""
        if not self._is_ready():
            self.lost += 1
            return
        notice = f"… {self.lost} lines lost: nobody was reading this log\n" if self.lost else ""
        self.lost = 0
        data = (notice + text).encode(errors="replace")[:LONGEST_LINE] + b"\n"
        try:
            os.write(self.descriptor, data)
        except OSError:  # the reader is gone
            self.lost += 1

    def _is_ready(self) -> bool:
        return bool(select.select([], [self.descriptor], [], 0.0 if self.lost else PATIENCE_SECONDS)[1])
