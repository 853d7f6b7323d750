from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class LocalChange(models.Model):
    """An administrator's decision about one field of one shipped row.

    Kept apart from what ships: loading a catalogue writes the shipped values and then these over them, so a new
    catalogue never undoes a local decision, and deleting the row here gives the shipped value back at the next load.
    """

    model = models.CharField(max_length=64, help_text=_("Such as curriculum.role."))
    key = models.CharField(max_length=200, help_text=_("The row's natural key."))
    field = models.CharField(max_length=64)
    value = models.JSONField(null=True)
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["model", "key", "field"]
        constraints = [
            models.UniqueConstraint(fields=["model", "key", "field"], name="local_change_once_per_field")
        ]

    def __str__(self):
        return f"{self.model} {self.key}: {self.field}"
