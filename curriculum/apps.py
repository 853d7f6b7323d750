from django.apps import AppConfig


class CurriculumConfig(AppConfig):
    name = "curriculum"
    verbose_name = "Catalogue"

    def ready(self):
        from . import renewal_rules  # noqa: F401  (its receiver)
