from django.apps import apps
from django.contrib import admin, messages

from curriculum import catalogue
from curriculum.fixture_rows import json_value, read
from curriculum.models import LocalChange

from .base import ReadOnlyAdmin, field_name, in_words


@admin.register(LocalChange)
class LocalChangeAdmin(ReadOnlyAdmin):
    """Everything that was decided here about rows that ship, in one list, each with the way back."""

    list_display = ["row", "what", "here", "ships", "changed_by", "changed_at"]
    list_display_links = None
    list_filter = ["model", "changed_by"]
    list_select_related = ["changed_by"]
    search_fields = ["key", "field"]
    actions = ["go_back"]

    def has_change_permission(self, request, obj=None):
        # Needed for the action; the pages themselves stay read-only.
        return admin.ModelAdmin.has_change_permission(self, request, obj) and obj is None

    @admin.display(ordering="key")
    def row(self, obj):
        return f"{_model(obj)._meta.verbose_name} {obj.key}".capitalize()

    @admin.display(ordering="field")
    def what(self, obj):
        return "the whole row" if obj.field == catalogue.REMOVED else field_name(_model(obj), obj.field)

    @admin.display
    def here(self, obj):
        return "removed" if obj.field == catalogue.REMOVED else in_words(obj.value)

    @admin.display
    def ships(self, obj):
        shipped = next((r for r in read() if (r.label, r.key_text) == (obj.model, obj.key)), None)
        if shipped is None:
            return "no longer shipped"
        if obj.field == catalogue.REMOVED:
            return "there"
        return in_words(json_value(shipped.fields.get(obj.field)))

    @admin.action(description="Go back to what ships", permissions=["change"])
    def go_back(self, request, queryset):
        changes = list(queryset)
        for change in changes:
            catalogue.undo(change)
        self.message_user(request, f"{len(changes)} changes undone.", messages.SUCCESS)


def _model(change: LocalChange):
    return apps.get_model(change.model)
