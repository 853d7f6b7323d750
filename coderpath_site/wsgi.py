"""What gunicorn serves."""

import os

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "coderpath_site.settings")

application = get_wsgi_application()
get_resolver().url_patterns  # noqa: B018  (loads all views once, before gunicorn forks, not at each first request)
