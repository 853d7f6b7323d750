from django.apps import AppConfig, apps
from django.core.management import call_command
from django.db.models.signals import post_migrate


class SiteConfig(AppConfig):
    name = "coderpath_site"
    verbose_name = "CoderPath"

    def ready(self):
        from . import checks, logs, task_times  # noqa: F401  (register the system checks and what follows a task)

        # Django sends the signal for apps with models only, which this one is not.
        post_migrate.connect(create_cache_table, sender=apps.get_app_config("tracker"))


def create_cache_table(using, **kwargs):
    """`migrate` is the only step a new database needs: the table of the database cache comes with it."""
    call_command("createcachetable", database=using, verbosity=0)
