"""The WSGI application that gunicorn serves, whole before gunicorn forks, so that its workers share what is loaded."""

import gc
import os

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

gc.disable()
os.register_at_fork(after_in_child=gc.enable)
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "backend.config.settings")

application = get_wsgi_application()
get_resolver().url_patterns  # noqa: B018 - loads every view
gc.freeze()
