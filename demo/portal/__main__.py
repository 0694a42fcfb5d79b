"""The portal as a process: `python -m demo.portal FOLDER` serves the school that the folder's portal.json describes."""

import os
import sys

from django.core.management import execute_from_command_line


def main(folder: str) -> None:
    """Serve until the process is ended."""
    os.environ["PORTAL_FOLDER"] = folder
    os.environ["DJANGO_SETTINGS_MODULE"] = "demo.portal.settings"
    execute_from_command_line(["portal", "portal_serve"])


if __name__ == "__main__":
    main(sys.argv[1])
