"""What every noun of the catalogue has in the admin: its source, whether it ships, what was changed here, the way back."""

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.utils import quote, unquote
from django.contrib.admin.widgets import AdminTextareaWidget
from django.core.exceptions import PermissionDenied
from django.db.models import CharField, Exists, F, JSONField, OuterRef, URLField, Value
from django.db.models.functions import Coalesce, Concat
from django.http import Http404, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.html import format_html_join
from django.utils.text import capfirst

from curriculum import catalogue, models
from curriculum.fixture_rows import key_fields
from curriculum.models import LocalChange
from curriculum.signals import catalogue_changed

SOURCE_FIELDS = (
    "Where it comes from",
    {"fields": ["source", ("origin", "confidence", "verified_on"), "standing_here"]},
)
SOURCE_FILTERS = ["origin", "confidence"]
LONG_TEXT = 200  # characters from which a column gets more than one line in a form

_SLASH = Value("/")
# The key of a local change, in the database; whatever is not listed here is named by its slug.
_KEYS = {
    models.Transition: Concat("from_role__slug", _SLASH, "to_role__slug", output_field=CharField()),
    models.Requirement: Concat(
        "milestone__slug",
        _SLASH,
        Coalesce("stage__slug", Value("-")),
        _SLASH,
        Coalesce("role__slug", Value("-")),
        output_field=CharField(),
    ),
}


class LinesField(forms.CharField):
    """A list of short texts, one a line: a JSON column without the JSON."""

    widget = AdminTextareaWidget(attrs={"rows": 3})

    def prepare_value(self, value):
        return "\n".join(value) if isinstance(value, list) else value

    def to_python(self, value):
        if isinstance(value, list):
            return value
        return [text for line in (value or "").splitlines() if (text := line.strip())]

    def has_changed(self, initial, data):
        return self.to_python(initial) != self.to_python(data)


class StandingFilter(admin.SimpleListFilter):
    title = "standing here"
    parameter_name = "standing"

    def lookups(self, request, model_admin):
        return [("changed", "changed here"), ("as-shipped", "as it ships"), ("own", "added here")]

    def queryset(self, request, queryset):
        chosen = {
            "changed": {"shipped": True, "changed_here": True},
            "as-shipped": {"shipped": True, "changed_here": False},
            "own": {"shipped": False},
        }
        return queryset.filter(**chosen.get(self.value(), {}))


def in_words(value) -> str:
    """A field's value as a fixture writes it, for people."""
    if value in (None, "", []):
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(" ".join(map(str, v)) if isinstance(v, list) else str(v) for v in value)
    return str(value)


def field_name(model, name: str) -> str:
    """The field's name as a form labels it, or the name itself where the model has no such field any more."""
    known = {field.name for field in model._meta.get_fields()}
    return capfirst(model._meta.get_field(name).verbose_name) if name in known else name


class CatalogueAdmin(admin.ModelAdmin):
    """A noun of the catalogue that has a source. Rows that ship keep their name; edits of them are local changes."""

    list_filter = [StandingFilter, *SOURCE_FILTERS]
    search_fields = ["slug", "name", "source"]
    prepopulated_fields = {"slug": ["name"]}
    formfield_overrides = {URLField: {"assume_scheme": "https"}}
    change_form_template = "admin/curriculum/change_form.html"
    actions = ["go_back"]
    save_on_top = True
    list_per_page = 50

    # --- what is shown ---

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        if isinstance(db_field, JSONField) and db_field.default is list:
            return LinesField(
                label=capfirst(db_field.verbose_name),
                required=False,
                help_text=db_field.help_text or "One a line.",
            )
        if type(db_field) is CharField and not db_field.choices and db_field.max_length >= LONG_TEXT:
            kwargs["widget"] = AdminTextareaWidget(attrs={"rows": 2})
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def get_queryset(self, request):
        changes = LocalChange.objects.filter(model=self.opts.label_lower, key=OuterRef("catalogue_key"))
        return (
            super()
            .get_queryset(request)
            .annotate(catalogue_key=_KEYS.get(self.model, F("slug")))
            .annotate(changed_here=Exists(changes))
        )

    def get_readonly_fields(self, request, obj=None):
        fixed = key_fields(self.model) if obj and obj.shipped else ()
        return [*super().get_readonly_fields(request, obj), *fixed, "standing_here"]

    def get_prepopulated_fields(self, request, obj=None):
        return {} if obj and obj.shipped else super().get_prepopulated_fields(request, obj)

    def get_changeform_initial_data(self, request):
        own = {"origin": models.Origin.ADDITION, "verified_on": timezone.localdate()}
        return own | super().get_changeform_initial_data(request)

    @admin.display(description="Here", ordering="changed_here")
    def standing(self, obj):
        if not obj.shipped:
            return "added here"
        return "changed here" if obj.changed_here else "as it ships"

    @admin.display(description="Standing here")
    def standing_here(self, obj):
        if not obj.pk or not obj.shipped:
            return "Added here; no new catalogue touches it."
        changes = catalogue.local_changes_of(obj)
        if not changes:
            return "As it ships. What you change here stays when a new catalogue is loaded."
        return format_html_join(
            "",
            "<p><strong>{}</strong>: {} here, ships as {}. Changed by {} on {}.</p>",
            (
                (
                    field_name(self.model, change.field),
                    in_words(change.value),
                    in_words(shipped),
                    change.changed_by or "somebody who left",
                    f"{change.changed_at:%B %-d, %Y}",
                )
                for change, shipped in changes
            ),
        )

    # --- what is kept ---

    def save_related(self, request, form, formsets, change):
        super().save_related(request, form, formsets, change)
        changed = form.changed_data if change else None
        if change:
            catalogue.record_local_changes(form.instance, changed, request.user)
        if changed != [] and catalogue.moves_gaps(self.model, changed):
            catalogue_changed.send(sender=self.model)

    def has_delete_permission(self, request, obj=None):
        stays = obj is not None and obj.shipped and not isinstance(obj, catalogue.REMOVABLE)
        return not stays and super().has_delete_permission(request, obj)

    def get_actions(self, request):
        actions = super().get_actions(request)
        if not issubclass(self.model, catalogue.REMOVABLE):
            actions.pop("delete_selected", None)
        return actions

    def delete_model(self, request, obj):
        catalogue.remove(obj, request.user)

    def delete_queryset(self, request, queryset):
        for obj in queryset:
            catalogue.remove(obj, request.user)

    # --- the way back ---

    @admin.action(description="Go back to what ships", permissions=["change"])
    def go_back(self, request, queryset):
        rows = [row for row in queryset if row.shipped and row.changed_here]
        for row in rows:
            self._restore(request, row)
        self.message_user(
            request, f"{len(rows)} rows are back to what ships.", messages.SUCCESS if rows else messages.INFO
        )

    def get_urls(self):
        name = f"{self.opts.app_label}_{self.opts.model_name}_restore"
        view = self.admin_site.admin_view(self.restore_view)
        return [path("<path:object_id>/restore/", view, name=name), *super().get_urls()]

    def restore_view(self, request, object_id):
        """Say what would change; on POST, do it."""
        obj = self.get_object(request, unquote(object_id))
        if obj is None:
            raise Http404
        if not self.has_change_permission(request, obj):
            raise PermissionDenied
        back = reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_change", args=[quote(object_id)])
        changes = catalogue.local_changes_of(obj)
        if request.method == "POST" or not changes:
            if changes:
                self._restore(request, obj)
                self.message_user(request, f"{obj} is back to what ships.", messages.SUCCESS)
            return HttpResponseRedirect(back)
        context = {
            **self.admin_site.each_context(request),
            "title": "Go back to what ships",
            "opts": self.opts,
            "original": obj,
            "back": back,
            "changes": [
                (field_name(self.model, change.field), in_words(change.value), in_words(shipped))
                for change, shipped in changes
            ],
        }
        return TemplateResponse(request, "admin/curriculum/restore.html", context)

    def _restore(self, request, obj):
        changed = catalogue.restore(obj)
        self.log_change(request, obj, f"Went back to what ships: {', '.join(changed) or 'nothing differed'}.")

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        can_go_back = change and obj is not None and obj.shipped and obj.changed_here
        context["can_go_back"] = can_go_back and self.has_change_permission(request, obj)
        return super().render_change_form(request, context, add, change, form_url, obj)


class ReadOnlyAdmin(admin.ModelAdmin):
    """Data that is loaded, not typed."""

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False


class ReadOnlyInline(admin.TabularInline):
    """Rows that are edited on a page of their own."""

    extra = 0
    show_change_link = True

    def has_add_permission(self, request, obj=None):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False
