"""The service worker, by which pages answer without a network: the script, and the files it keeps."""

import hashlib
import json

from django.templatetags.static import static

KEPT_FILES = (
    *("allclear.css", "report.css", "work.css", "icons.svg", "mark.svg"),
    *("allclear.js", "device.js", "draft.js", "drafts.js", "finder.js", "forms.js", "offline.js", "opened.js"),
    *("outbox.js", "photos.js", "report.js", "rounds.js", "uploads.js", "waiting.js"),
)
"""The styles and scripts of the pages that open without a network."""


def worker_script() -> str:
    """Return the service worker: which files it keeps, under a version that changes with any of them."""
    files = [static(f"portal/{name}") for name in KEPT_FILES]
    module = static("portal/worker.js")
    version = hashlib.sha256(json.dumps([module, *files]).encode()).hexdigest()[:16]
    return f'import {{ serve }} from "{module}";\nserve("{version}", {json.dumps(files)});\n'


def worker_end_script() -> str:
    """Return the service worker that takes the place of every other, empties what they kept and is gone."""
    return f'import "{static("portal/worker_end.js")}";\n'
