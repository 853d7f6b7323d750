"""The lists that records choose from."""

from django.contrib import admin

from curriculum.models import (
    Accreditation,
    EducationRoute,
    Effort,
    EmployerType,
    Fact,
    GlossaryTerm,
    LearningActivity,
    Organization,
    SalaryDriver,
    Skill,
    Specialty,
    WorkType,
)

from .base import SOURCE_FIELDS, SOURCE_FILTERS, CatalogueAdmin, StandingFilter


@admin.register(Skill)
class SkillAdmin(CatalogueAdmin):
    list_display = ["name", "kind", "at_stages", "standing"]
    list_filter = [StandingFilter, "kind", "stages", *SOURCE_FILTERS]
    autocomplete_fields = ["stages"]
    fieldsets = [(None, {"fields": ["name", "slug", ("kind", "position"), "stages", "note"]}), SOURCE_FIELDS]

    def get_queryset(self, request):
        return super().get_queryset(request).prefetch_related("stages")

    @admin.display(description="stages")
    def at_stages(self, obj):
        return ", ".join(stage.name for stage in obj.stages.all())


@admin.register(Specialty)
class SpecialtyAdmin(CatalogueAdmin):
    list_display = ["name", "guide_says_pays_more", "article_says_pays_more", "is_area", "standing"]
    list_filter = [
        StandingFilter,
        "guide_says_pays_more",
        "article_says_pays_more",
        "is_area",
        *SOURCE_FILTERS,
    ]
    autocomplete_fields = ["certifications"]
    fieldsets = [
        (None, {"fields": ["name", "slug", "position", "certifications", "note"]}),
        (
            "What the sources say",
            {"fields": [("guide_says_pays_more", "article_says_pays_more"), "is_area"]},
        ),
        SOURCE_FIELDS,
    ]


@admin.register(WorkType)
class WorkTypeAdmin(CatalogueAdmin):
    list_display = ["name", "unit", "rates", "confidence", "standing"]
    fieldsets = [
        (None, {"fields": ["name", "slug", ("unit", "position"), "aliases"]}),
        (
            "Charts an hour",
            {
                "fields": [("rate_low", "rate_typical", "rate_high")],
                "description": "A range from published figures. Nobody is judged by it before confirming a target.",
            },
        ),
        SOURCE_FIELDS,
    ]

    @admin.display(description="charts an hour (low, typical, high)")
    def rates(self, obj):
        return f"{obj.rate_low} – {obj.rate_typical} – {obj.rate_high}"


@admin.register(EmployerType)
class EmployerTypeAdmin(CatalogueAdmin):
    list_display = ["name", "pay_note", "standing"]
    fieldsets = [(None, {"fields": ["name", "slug", "position", "pay_note", "industry"]}), SOURCE_FIELDS]


@admin.register(EducationRoute)
class EducationRouteAdmin(CatalogueAdmin):
    list_display = ["name", "level", "months", "standing"]
    list_filter = [StandingFilter, "level", *SOURCE_FILTERS]
    fieldsets = [
        (None, {"fields": ["name", "slug", ("level", "position"), ("months_low", "months_high"), "note"]}),
        SOURCE_FIELDS,
    ]

    @admin.display
    def months(self, obj):
        if obj.months_low == obj.months_high:
            return obj.months_low or "–"
        return f"{obj.months_low} to {obj.months_high}"


@admin.register(Accreditation)
class AccreditationAdmin(CatalogueAdmin):
    list_display = ["name", "covers", "standing"]
    fieldsets = [(None, {"fields": ["name", "slug", "position", "covers"]}), SOURCE_FIELDS]


@admin.register(SalaryDriver)
class SalaryDriverAdmin(CatalogueAdmin):
    list_display = ["name", "milestone", "statement", "standing"]
    list_select_related = ["milestone"]
    autocomplete_fields = ["milestone"]
    fieldsets = [
        (
            None,
            {
                "fields": ["name", "slug", "position", "statement", "milestone"],
                "description": "An association, never a promise. The milestone tells “done” from “open to you”.",
            },
        ),
        SOURCE_FIELDS,
    ]


@admin.register(Fact)
class FactAdmin(CatalogueAdmin):
    list_display = ["name", "value", "unit", "basis", "standing"]
    search_fields = ["slug", "name", "statement", "basis", "source"]
    fieldsets = [
        (
            None,
            {
                "fields": ["name", "slug", "position", "statement", ("value", "unit"), "basis"],
                "description": "Figures on different bases are never combined: say what each one counts.",
            },
        ),
        SOURCE_FIELDS,
    ]


@admin.register(Effort)
class EffortAdmin(CatalogueAdmin):
    list_display = ["name", "measure", "hours", "months", "pass_rate", "standing"]
    search_fields = ["slug", "name", "measure", "statement", "source"]
    fieldsets = [
        (
            None,
            {
                "fields": [
                    "name", "slug", "position", "statement", ("measure", "families"), ("hours", "months"),
                    ("pass_rate", "retake_days"),
                ],
                "description": "An assumption: it is shown wherever a date or a rank rests on it.",
            },
        ),
        SOURCE_FIELDS,
    ]  # fmt: skip


@admin.register(GlossaryTerm)
class GlossaryTermAdmin(CatalogueAdmin):
    list_display = ["name", "group", "standing"]
    search_fields = ["slug", "name", "definition", "source"]
    fieldsets = [
        (None, {"fields": ["name", "slug", "group", "position", "also", "definition"]}),
        SOURCE_FIELDS,
    ]


@admin.register(LearningActivity)
class LearningActivityAdmin(CatalogueAdmin):
    list_display = ["name", "provider", "vendor_neutral", "hours", "cost_usd", "standing"]
    list_filter = [StandingFilter, "vendor_neutral", "provider", *SOURCE_FILTERS]
    search_fields = ["slug", "name", "provider", "description", "milestones__name"]
    autocomplete_fields = ["milestones"]
    fieldsets = [
        (None, {"fields": ["name", "slug", "position", "description", "milestones"]}),
        ("Taking it", {"fields": [("provider", "vendor_neutral"), "link", ("hours", "cost_usd")]}),
        SOURCE_FIELDS,
    ]


@admin.register(Organization)
class OrganizationAdmin(admin.ModelAdmin):
    list_display = ["name", "kind"]
    list_filter = ["kind"]
    search_fields = ["name"]
