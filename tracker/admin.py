"""People and runs for the site's staff. Records, gaps and pay are the coder's own and are not here."""

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin as BaseUserAdmin
from django.contrib.auth.forms import AdminUserCreationForm, UserChangeForm

from .models import SweepRun, User
from .selectors.operations import runs


class UserForm(UserChangeForm):
    class Meta:
        model = User
        fields = "__all__"


class NewUserForm(AdminUserCreationForm):
    class Meta:
        model = User
        fields = ("email", "full_name")


@admin.register(User)
class UserAdmin(BaseUserAdmin):
    form, add_form = UserForm, NewUserForm
    list_display = ("email", "full_name", "is_staff", "is_active", "date_joined", "last_login")
    search_fields = ("email", "full_name")
    ordering = ("email",)
    fieldsets = (
        (None, {"fields": ("email", "password")}),
        ("Person", {"fields": ("full_name", "time_zone")}),
        (
            "What they may do",
            {"fields": ("is_active", "is_staff", "is_superuser", "groups", "user_permissions")},
        ),
        ("Dates", {"fields": ("last_login", "date_joined")}),
    )
    add_fieldsets = ((None, {"fields": ("email", "full_name", "usable_password", "password1", "password2")}),)


@admin.register(SweepRun)
class SweepRunAdmin(admin.ModelAdmin):
    """How far the nightly evaluation is, and whom it could not evaluate."""

    list_display = ("day", "started_at", "progress", "coders", "gaps_changed", "failed")

    def get_queryset(self, request):
        return runs()

    @admin.display(description="windows done")
    def progress(self, run):
        return f"{run.n_done} of {run.n_windows}"

    @admin.display(description="coders")
    def coders(self, run):
        return run.n_coders or 0

    @admin.display(description="gaps changed")
    def gaps_changed(self, run):
        return run.n_changed or 0

    @admin.display(description="failed")
    def failed(self, run):
        return sum(len(window.failed) for window in run.windows.all())

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False
