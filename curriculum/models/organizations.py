from django.db import models


class OrganizationKind(models.TextChoices):
    EMPLOYER = "employer", "employer"
    SCHOOL = "school", "school"


class Organization(models.Model):
    name = models.CharField(max_length=160)
    kind = models.CharField(max_length=8, choices=OrganizationKind)

    class Meta:
        ordering = ["name"]

    def __str__(self):
        return self.name
