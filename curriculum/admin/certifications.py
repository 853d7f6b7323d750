from django.contrib import admin

from curriculum.models import (
    ApprenticeRoute,
    Body,
    Certification,
    ReminderLadder,
    RenewalRule,
    RouteStep,
    SponsorKind,
)

from .base import SOURCE_FIELDS, SOURCE_FILTERS, CatalogueAdmin, ReadOnlyInline, StandingFilter


class RulesHere(ReadOnlyInline):
    model = RenewalRule
    fields = ["name", "valid_from", "valid_to", "mode", "statement"]


class IssuedHere(ReadOnlyInline):
    model = Certification
    fields = ["code", "name", "family", "status"]


@admin.register(Body)
class BodyAdmin(CatalogueAdmin):
    list_display = ["name", "full_name", "standing"]
    search_fields = ["slug", "name", "full_name"]
    fieldsets = [(None, {"fields": ["name", "slug", "full_name", "position"]}), SOURCE_FIELDS]
    inlines = [RulesHere, IssuedHere]


@admin.register(Certification)
class CertificationAdmin(CatalogueAdmin):
    list_display = ["code", "name", "body", "family", "recommended_from", "status", "standing"]
    list_filter = [StandingFilter, "body", "family", "status", "recommended_from", *SOURCE_FILTERS]
    list_select_related = ["body", "recommended_from"]
    search_fields = ["code", "slug", "name", "purpose", "source"]
    prepopulated_fields = {"slug": ["code"]}
    autocomplete_fields = ["body", "apprentice_of", "replaced_by", "recommended_from", "also_at", "serves"]
    fieldsets = [
        (None, {"fields": [("code", "name"), "slug", ("body", "position"), "purpose"]}),
        ("What it is", {"fields": [("family", "setting"), ("status", "apprentice_of", "replaced_by")]}),
        ("Whom it serves, and when", {"fields": ["recommended_from", "also_at", "serves"]}),
        SOURCE_FIELDS,
    ]


@admin.register(RenewalRule)
class RenewalRuleAdmin(CatalogueAdmin):
    list_display = ["name", "body", "valid_from", "valid_to", "period_months", "mode", "standing"]
    list_filter = [StandingFilter, "body", "mode", *SOURCE_FILTERS]
    list_select_related = ["body"]
    autocomplete_fields = ["body"]
    fieldsets = [
        (None, {"fields": ["name", "slug", ("body", "position"), "statement"]}),
        (
            "The rule",
            {
                "fields": [("valid_from", "valid_to"), ("period_months", "mode"), "params"],
                "description": (
                    "A rule that changes gets a last day, and its successor a row of its own. Whatever is changed in this row "
                    "is a new version, for cycles that begin from now on: those that run keep theirs, unless "
                    "manage.py correct_rule says that it was our mistake. The figures are one of "
                    "three kinds: by_count (base, step, most), highest_base (bases, step, cap), flat (hours). "
                    "Beside them: minimums, unchecked, prorated, renewal_month, submit_days, grace_days (curriculum/renewals.py)."
                ),
            },
        ),
        SOURCE_FIELDS,
    ]


@admin.register(SponsorKind)
class SponsorKindAdmin(CatalogueAdmin):
    list_display = ["name", "slug", "standing"]
    fieldsets = [(None, {"fields": ["name", "slug", "position"]}), SOURCE_FIELDS]


@admin.register(ReminderLadder)
class ReminderLadderAdmin(CatalogueAdmin):
    list_display = ["name", "slug", "before", "after", "standing"]
    fieldsets = [(None, {"fields": ["name", "slug", "position", ("before", "after")]}), SOURCE_FIELDS]


@admin.register(RouteStep)
class RouteStepAdmin(CatalogueAdmin):
    list_display = ["name", "kind", "months", "standing"]
    list_filter = [StandingFilter, "kind", *SOURCE_FILTERS]
    search_fields = ["name", "slug"]
    fieldsets = [
        (None, {"fields": ["name", "slug", ("kind", "position"), "months", "any_of", "help"]}),
        SOURCE_FIELDS,
    ]


@admin.register(ApprenticeRoute)
class ApprenticeRouteAdmin(CatalogueAdmin):
    list_display = ["name", "statement", "standing"]
    autocomplete_fields = ["certifications", "steps"]
    fieldsets = [
        (None, {"fields": ["name", "slug", "position", "certifications", "steps", "statement"]}),
        SOURCE_FIELDS,
    ]
