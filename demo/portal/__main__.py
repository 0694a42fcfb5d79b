"""The portal as a process: `python -m demo.portal FOLDER` serves the school that the folder's portal.json describes."""

import os
import sys

import django
from django.core.management import call_command
from django.core.wsgi import get_wsgi_application


def main(folder: str) -> None:
    """Make the tables, enter the people, and serve until the process is ended."""
    os.environ["PORTAL_FOLDER"] = folder
    os.environ["DJANGO_SETTINGS_MODULE"] = "demo.portal.settings"
    django.setup()
    call_command("migrate", run_syncdb=True, verbosity=0)
    # Models and whatever uses them can be read only now that Django knows the site.
    from demo.portal.people import people_enter  # noqa: PLC0415
    from demo.portal.serving import serve  # noqa: PLC0415

    people_enter()
    serve(get_wsgi_application())


if __name__ == "__main__":
    main(sys.argv[1])
