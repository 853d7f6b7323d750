import datetime as dt
import zoneinfo

from django.contrib.auth.base_user import BaseUserManager
from django.contrib.auth.models import AbstractUser
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone

from curriculum.models import Role, Track, WageArea, WorkType


class UserManager(BaseUserManager):
    def create_user(self, email, password=None, **extra):
        user = self.model(email=self.normalize_email(email), **extra)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email, password=None, **extra):
        return self.create_user(email, password, **{**extra, "is_staff": True, "is_superuser": True})

    def get_by_natural_key(self, email):
        return self.get(email__iexact=email)


def validate_time_zone(name: str) -> None:
    if name not in zoneinfo.available_timezones():
        raise ValidationError("Choose a time zone from the list, such as America/Chicago.")


class User(AbstractUser):
    """Somebody who signs in. The e-mail address is the name."""

    username = None
    first_name = None
    last_name = None
    email = models.EmailField("e-mail address", unique=True)
    full_name = models.CharField("name", max_length=120, blank=True)
    time_zone = models.CharField(max_length=64, default="America/New_York", validators=[validate_time_zone])

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = []
    objects = UserManager()

    class Meta:
        constraints = [models.UniqueConstraint(Lower("email"), name="user_email_once_in_any_case")]

    def __str__(self):
        return self.full_name or self.email

    def get_full_name(self):
        return self.full_name

    def get_short_name(self):
        return self.full_name.split(" ")[0] if self.full_name else self.email

    def today(self) -> dt.date:
        """The date where this person is."""
        return timezone.now().astimezone(zoneinfo.ZoneInfo(self.time_zone)).date()


class Coder(models.Model):
    """A person as a coder: where they say they stand and where they are going. Records point here and belong to them alone."""

    user = models.OneToOneField(User, on_delete=models.CASCADE, related_name="coder")
    stated_role = models.ForeignKey(
        Role, null=True, blank=True, on_delete=models.SET_NULL, related_name="+",
        help_text="Counts until a position says otherwise.",
    )  # fmt: skip
    stated_years = models.DecimalField(
        "years of coding experience", max_digits=4, decimal_places=1, null=True, blank=True,
        validators=[MinValueValidator(0), MaxValueValidator(60)],
        help_text="Counts until positions are logged.",
    )  # fmt: skip
    target_role = models.ForeignKey(
        Role, null=True, blank=True, on_delete=models.SET_NULL, related_name="+",
        help_text="Empty: the next promotion.",
    )  # fmt: skip
    track = models.ForeignKey(Track, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    area = models.ForeignKey(WageArea, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    onboarded_at = models.DateTimeField(null=True, blank=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self):
        return str(self.user)

    def today(self) -> dt.date:
        return self.user.today()


class ProductivityTarget(models.Model):
    """Charts an hour that the coder (or the employer) confirmed for a work type. Without one, nothing is judged."""

    coder = models.ForeignKey(Coder, on_delete=models.CASCADE, related_name="productivity_targets")
    work_type = models.ForeignKey(WorkType, on_delete=models.PROTECT, related_name="+")
    per_hour = models.DecimalField(
        "charts an hour",
        max_digits=5,
        decimal_places=1,
        validators=[MinValueValidator(0.1), MaxValueValidator(200)],
    )
    confirmed_on = models.DateField(auto_now=True)

    class Meta:
        ordering = ["work_type__position"]
        constraints = [
            models.UniqueConstraint(fields=["coder", "work_type"], name="productivity_target_once"),
            models.CheckConstraint(condition=models.Q(per_hour__gt=0), name="productivity_target_positive"),
        ]

    def __str__(self):
        return f"{self.work_type}: {self.per_hour} an hour"
