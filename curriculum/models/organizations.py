from django.db import models
from django.utils.translation import gettext_lazy as _


class OrganizationKind(models.TextChoices):
    EMPLOYER = "employer", _("employer")
    SCHOOL = "school", _("school")


class Organization(models.Model):
    name = models.CharField(max_length=160)
    kind = models.CharField(max_length=8, choices=OrganizationKind)

    class Meta:
        ordering = ["name"]

    def __str__(self):
        return self.name
