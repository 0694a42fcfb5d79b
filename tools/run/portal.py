"""`make portal`: what `make run` starts, and beside it a portal of the demo school, connected with it."""

import http.client
import os
import signal
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from tools.demo_school.portal_folder import HOST, TRUSTED, Portal, portal_prepare, school_of
from tools.run.children import end_with_parent
from tools.run.installation import ROOT, SETTINGS, STATE, Address, address_from, take_lock
from tools.run.log import Log
from tools.run.process_group import Recipe
from tools.run.state import StateError
from tools.run.supervisor import NAME, UNDER_MAKE, Supervisor, run_installation

SCHOOL_FILE = ROOT / "demo" / "qinghe.yaml"
READY_SECONDS = 60.0


class PortalSupervisor(Supervisor):
    """The installation with a portal beside it."""

    def __init__(self, state: Path, address: Address, log: Log, portal: Portal) -> None:
        super().__init__(state, address, log, SETTINGS)
        self.portal = portal
        self.folder = state / "portal"
        self.content: dict[str, Any] = yaml.safe_load(SCHOOL_FILE.read_text(encoding="utf-8"))
        self.told: dict[str, Any] = {}

    def run(self) -> None:
        """Prepare the portal first: Allclear is told whom to trust as it starts."""
        self.told = portal_prepare(
            folder=self.folder, portal=self.portal, school=school_of(self.content), allclear=self.address.url
        )
        os.environ.update(environment_beside(os.environ, self.portal, self.folder))
        super().run()

    def start_processes(self) -> None:
        """Start the portal last, and connect the two once it answers."""
        super().start_processes()
        self.log.line(NAME, "starting the portal")
        self.group.start(Recipe("portal", [sys.executable, "-m", "demo.portal", str(self.folder)], os.environ, ROOT))
        if not self.group.watch(self.portal_answers, seconds=READY_SECONDS):
            raise StateError(f"The portal did not answer at {self.portal.people}; the lines above say why.")
        arguments = [
            *("--folder", str(self.folder), "--school", str(SCHOOL_FILE)),
            *("--people-port", str(self.portal.people_port), "--programs-port", str(self.portal.programs_port)),
        ]
        if not self.group.run_to_the_end([self.once("connect", "demo_portal", *arguments)]):
            raise StateError("The portal could not be connected; the lines above say why.")

    def portal_answers(self) -> bool:
        """Return whether the portal shows the page to sign in."""
        connection = http.client.HTTPConnection(HOST, self.portal.people_port, timeout=5)
        try:
            connection.request("GET", "/sign-in")
            return connection.getresponse().status == http.HTTPStatus.OK
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()

    def greet(self, way_in: str) -> None:
        """Say where the portal is, and who of its staff have an account in Allclear; then as always."""
        self.log.plain(f"\n  The portal of {self.told['name_en']}: {self.portal.people}\n")
        self.log.plain(f"  Everybody there signs in with their staff number and the password {self.told['password']}\n")
        for row in self.content["people"]:
            if "account" in row:
                role = next((post["role"] for post in row.get("posts", ())), "reporter")
                self.log.plain(f"  {row['staff_number']:<8} {role:<20} {row['name']}")
        super().greet(way_in)


def environment_beside(environment: Mapping[str, str], portal: Portal, folder: Path) -> dict[str, str]:
    """Return the settings by which this one installation may reach the portal, trusts it, and is framed by it."""
    return {
        "INTRANET_HOOK_HOSTS": _with(environment, "INTRANET_HOOK_HOSTS", HOST),
        "FRAME_ANCESTORS": _with(environment, "FRAME_ANCESTORS", portal.people),
        "NO_PROXY": _with(environment, "NO_PROXY", f"{HOST},127.0.0.1"),
        "REQUESTS_CA_BUNDLE": str(folder / TRUSTED),
    }


def _with(environment: Mapping[str, str], name: str, more: str) -> str:
    return ",".join(filter(None, [environment.get(name, ""), more]))


def portal_from(environment: Mapping[str, str], address: Address) -> Portal:
    """Return a portal on the ports after the web's, or on PORTAL_PORT and the one after."""
    first = address_from({"PORT": environment.get("PORTAL_PORT") or str(address.port + 1)}).port
    for port in (first, first + 1):
        Address("127.0.0.1", port).require_free()
    return Portal(first, first + 1)


def main() -> int:
    """Run both; return 0 when asked to stop, 1 when they cannot run."""
    if UNDER_MAKE:
        end_with_parent(signal.SIGTERM)
    log = Log(sys.stdout.fileno())
    try:
        address = address_from(os.environ)
        with take_lock(STATE):
            portal = portal_from(os.environ, address)
            return run_installation(PortalSupervisor(STATE, address, log, portal))
    except StateError as problem:
        log.line(NAME, str(problem))
        return 1


if __name__ == "__main__":
    sys.exit(main())
