"""`make audit`: asks the public database OSV whether a pinned package has a known vulnerability; exit 1 if one has."""

import json
import re
import sys
from collections.abc import Sequence
from http.client import HTTPException
from urllib.request import Request, urlopen

from tools.run.installation import ROOT

SERVICE = "https://api.osv.dev/v1/querybatch"
SECONDS = 30
LOCKS = ("run", "dev", "uv")
PIN = re.compile(r"^([\w.-]+)(?:\[[\w,-]+\])?==([^\s;\\]+)", re.MULTILINE)
Package = tuple[str, str]


def packages_pinned() -> dict[Package, str]:
    """Return name and version of every pinned package, with the first lock that has it; what runs comes first."""
    pinned: dict[Package, str] = {}
    for lock in LOCKS:
        for name, version in PIN.findall((ROOT / "requirements" / f"{lock}.txt").read_text(encoding="utf-8")):
            pinned.setdefault((name, version), lock)
    return pinned


def vulnerabilities(packages: Sequence[Package], *, service: str) -> dict[Package, list[str]]:
    """Return the ids of known vulnerabilities, for the packages that have any."""
    queries = [{"package": {"name": name, "ecosystem": "PyPI"}, "version": version} for name, version in packages]
    request = Request(  # noqa: S310 - the address is a constant, not typed by anybody
        service, json.dumps({"queries": queries}).encode(), {"Content-Type": "application/json"}
    )
    with urlopen(request, timeout=SECONDS) as answer:  # noqa: S310
        results = json.load(answer)["results"]
    found = zip(packages, results, strict=True)
    return {package: [row["id"] for row in result["vulns"]] for package, result in found if result.get("vulns")}


def audit(*, service: str = SERVICE) -> int:
    """Print what is known of the pinned packages, or that nobody could be asked; return 1 for a known vulnerability."""
    pinned = packages_pinned()
    try:
        found = vulnerabilities(list(pinned), service=service)
    except (OSError, ValueError, KeyError, TypeError, HTTPException) as problem:
        print(f"audit: NOTHING WAS AUDITED: {service} gave no answer ({problem!r}). Run it where it can be reached.")
        return 0
    for (name, version), ids in found.items():
        print(f"audit: {name} {version} (requirements/{pinned[name, version]}.txt): {', '.join(ids)}")
    print(f"audit: {len(pinned)} packages asked about, {len(found)} with a known vulnerability")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(audit())
