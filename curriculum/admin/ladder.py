from django import forms
from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from curriculum.models import Requirement, Role, Stage, Track, Transition

from .base import SOURCE_FIELDS, SOURCE_FILTERS, CatalogueAdmin, ReadOnlyInline, StandingFilter


class AskedHere(ReadOnlyInline):
    model = Requirement
    verbose_name_plural = _("asked for")
    fields = ["milestone", "weight", "must", "source"]
    readonly_fields = ["must"]

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("milestone", "stage", "role")

    @admin.display(boolean=True)
    def must(self, obj):
        return obj.must


class WaysOn(ReadOnlyInline):
    model = Transition
    fk_name = "from_role"
    verbose_name_plural = _("ways on")
    fields = ["to_role", "kind", "is_default", "note"]


class WaysIn(ReadOnlyInline):
    model = Transition
    fk_name = "to_role"
    verbose_name_plural = _("ways in")
    fields = ["from_role", "kind", "is_default", "note"]


@admin.register(Stage)
class StageAdmin(CatalogueAdmin):
    list_display = ["name", "years", "percentiles", "standing"]
    fieldsets = [
        (None, {"fields": ["name", "slug", "position", "summary"]}),
        (
            "Where it begins and ends",
            {
                "fields": [("years_from", "years_to"), ("percentile_low", "percentile_high")],
                "description": "Years from (included) to (not included); percentiles are those of occupation 29-2072.",
            },
        ),
        SOURCE_FIELDS,
    ]
    inlines = [AskedHere]

    @admin.display(ordering="years_from")
    def years(self, obj):
        low = f"{obj.years_from.normalize():f}"
        return f"{low} to {obj.years_to.normalize():f}" if obj.years_to is not None else f"{low} and up"

    @admin.display
    def percentiles(self, obj):
        return "–" if obj.percentile_low is None else f"P{obj.percentile_low} to P{obj.percentile_high}"


@admin.register(Track)
class TrackAdmin(CatalogueAdmin):
    list_display = ["name", "summary", "standing"]
    fieldsets = [(None, {"fields": ["name", "slug", "position", "summary"]}), SOURCE_FIELDS]


@admin.register(Role)
class RoleAdmin(CatalogueAdmin):
    list_display = [
        "name",
        "stage",
        "on_tracks",
        "occupation",
        "experience_years",
        "degree_required",
        "standing",
    ]
    list_filter = [StandingFilter, "stage", "tracks", "occupation", *SOURCE_FILTERS]
    list_select_related = ["stage", "occupation"]
    search_fields = ["slug", "name", "also_called", "duties", "source"]
    autocomplete_fields = ["stage", "tracks", "occupation", "skills"]
    inlines = [AskedHere, WaysOn, WaysIn]
    fieldsets = [
        (None, {"fields": ["name", "slug", "also_called", ("stage", "position"), "tracks", "duties"]}),
        (
            "What is asked",
            {
                "fields": [
                    "stated_requirements",
                    ("experience_years", "codes_charts"),
                    ("degree_required", "degree_helpful"),
                    "skills",
                ],
                "description": "What a coder is measured against is asked for below, milestone by milestone.",
            },
        ),
        ("Pay", {"fields": ["occupation", "occupation_fit"]}),
        SOURCE_FIELDS,
    ]

    def get_queryset(self, request):
        return super().get_queryset(request).prefetch_related("tracks")

    @admin.display(description="tracks")
    def on_tracks(self, obj):
        return ", ".join(track.name for track in obj.tracks.all())


class TransitionForm(forms.ModelForm):
    def clean(self):
        """Say in words what the database would refuse: of a shipped way the form has no roles to check by."""
        cleaned = super().clean()
        from_role = cleaned.get("from_role") or getattr(self.instance, "from_role", None)
        if cleaned.get("is_default") and from_role:
            defaults = Transition.objects.filter(
                from_role=from_role, kind=cleaned.get("kind"), is_default=True
            )
            if other := defaults.exclude(pk=self.instance.pk).first():
                self.add_error("is_default", f"{other} is the default already. Take the mark from it first.")
        return cleaned


@admin.register(Transition)
class TransitionAdmin(CatalogueAdmin):
    form = TransitionForm
    list_display = ["from_role", "to_role", "kind", "is_default", "standing"]
    list_display_links = ["from_role", "to_role"]
    list_filter = [StandingFilter, "kind", "is_default", "from_role", *SOURCE_FILTERS]
    list_select_related = ["from_role", "to_role"]
    search_fields = ["from_role__name", "to_role__name", "note", "source"]
    prepopulated_fields = {}
    autocomplete_fields = ["from_role", "to_role"]
    fieldsets = [
        (
            None,
            {
                "fields": [("from_role", "to_role"), ("kind", "is_default"), "note"],
                "description": "One promotion out of a role may be the default. Without one, the coder is asked.",
            },
        ),
        SOURCE_FIELDS,
    ]


class RequirementForm(forms.ModelForm):
    def clean(self):
        cleaned = super().clean()
        stage = cleaned.get("stage") or self.instance.stage
        role = cleaned.get("role") or self.instance.role
        if bool(stage) == bool(role) and not self.instance.shipped:
            raise forms.ValidationError("Choose who asks: either a stage or a role.")
        return cleaned


@admin.register(Requirement)
class RequirementAdmin(CatalogueAdmin):
    form = RequirementForm
    list_display = ["milestone", "asker", "weight", "is_must", "standing"]
    list_filter = [StandingFilter, "stage", "role", "weight", *SOURCE_FILTERS]
    list_select_related = ["milestone", "stage", "role"]
    search_fields = ["milestone__name", "milestone__slug", "role__name", "stage__name", "source"]
    ordering = ["milestone__position", "stage__position", "role__position"]
    prepopulated_fields = {}
    autocomplete_fields = ["milestone", "stage", "role", "pinned_version"]
    fieldsets = [
        (
            None,
            {
                "fields": ["milestone", ("stage", "role"), "weight", "pinned_version"],
                "description": "Asked by a stage or by a role. Without a pinned version the newest one in force counts.",
            },
        ),
        SOURCE_FIELDS,
    ]

    @admin.display(description="asked by")
    def asker(self, obj):
        return str(obj.asker)

    @admin.display(description="must", boolean=True, ordering="weight")
    def is_must(self, obj):
        return obj.must
