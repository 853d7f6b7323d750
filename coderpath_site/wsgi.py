"""What gunicorn serves."""

import gc
import os

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "coderpath_site.settings")

application = get_wsgi_application()
get_resolver().url_patterns  # noqa: B018  (loads all views once, before gunicorn forks, not at each first request)
# What is loaded by now stays: the collector need not look through it again, which took a fifth of a second in the midst of a request.
gc.collect()
gc.freeze()
