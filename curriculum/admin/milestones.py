from django.contrib import admin
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext_lazy as _

from curriculum.models import Milestone, MilestoneVersion, Requirement, Standard

from .base import (
    SOURCE_FIELDS,
    SOURCE_FILTERS,
    CatalogueAdmin,
    ReadOnlyAdmin,
    ReadOnlyInline,
    StandingFilter,
)
from .versions import applies_in_words, needs_in_words


class Versions(ReadOnlyInline):
    model = MilestoneVersion
    fields = ["no", "valid_from", "needs", "applies"]
    readonly_fields = ["needs", "applies"]
    verbose_name_plural = _("what exactly it means, version by version")

    @admin.display(description="what must be shown")
    def needs(self, obj):
        return needs_in_words(obj)

    @admin.display(description="asked only where")
    def applies(self, obj):
        return applies_in_words(obj)


class AskedBy(ReadOnlyInline):
    model = Requirement
    verbose_name_plural = _("asked by")
    fields = ["asker", "weight", "must", "source"]
    readonly_fields = ["asker", "must"]

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("milestone", "stage", "role")

    @admin.display
    def asker(self, obj):
        return str(obj.asker)

    @admin.display(boolean=True)
    def must(self, obj):
        return obj.must


@admin.register(Milestone)
class MilestoneAdmin(CatalogueAdmin):
    list_display = ["name", "meaning", "after_hire", "owner", "standing"]
    list_filter = [
        StandingFilter,
        "requirements__stage",
        "requirements__role",
        "after_hire",
        *SOURCE_FILTERS,
    ]
    search_fields = ["slug", "name", "summary", "source"]
    autocomplete_fields = ["owner"]
    inlines = [Versions, AskedBy]
    readonly_fields = ["add_version", "what_helps"]
    fieldsets = [
        (None, {"fields": ["name", "slug", "position", "summary", "after_hire", "owner"]}),
        ("Meaning", {"fields": ["add_version", "what_helps"]}),
        SOURCE_FIELDS,
    ]

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("owner").prefetch_related("versions")

    @admin.display(description="what must be shown")
    def meaning(self, obj):
        versions = list(obj.versions.all())
        return needs_in_words(versions[-1]) if versions else "nothing yet: add a version"

    @admin.display(description="What helps")
    def what_helps(self, obj):
        links = [
            (reverse("admin:curriculum_learningactivity_change", args=[activity.pk]), activity)
            for activity in (obj.learning_activities.all() if obj.pk else ())
        ]
        return (
            format_html_join(" · ", "<a href='{}'>{}</a>", links) or "Nothing yet: add a learning activity."
        )

    @admin.display(description="Another meaning")
    def add_version(self, obj):
        if not obj.pk:
            return "Save the milestone first; then say what must be shown."
        add = reverse("admin:curriculum_milestoneversion_add")
        links = [(f"{add}?milestone={obj.pk}", "Add a version")]
        if obj.versions.exists():
            links.append((f"{add}?milestone={obj.pk}&copy=1", "Start from the newest one"))
        return format_html(
            "{}<p class='help'>A stored version never changes, for gaps were judged by it.</p>",
            format_html_join(" · ", "<a href='{}'>{}</a>", links),
        )


@admin.register(Standard)
class StandardAdmin(ReadOnlyAdmin):
    list_display = ["name", "slug", "owner"]
    search_fields = ["name", "slug"]
