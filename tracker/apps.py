from django.apps import AppConfig


class TrackerConfig(AppConfig):
    name = "tracker"
    verbose_name = "People and evaluation"

    def ready(self):
        from . import (
            measures,  # noqa: F401  registers every measure, so that conditions can be read
            receivers,  # noqa: F401  connects what makes a coder stale
        )
