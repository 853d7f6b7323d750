"""Wages as the Bureau released them: loaded by a command, looked at here."""

from django.contrib import admin

from curriculum.models import Industry, Occupation, Wage, WageArea, WageRelease

from .base import ReadOnlyAdmin


@admin.register(Occupation)
class OccupationAdmin(ReadOnlyAdmin):
    list_display = ["code", "title"]
    search_fields = ["code", "title"]


@admin.register(WageRelease)
class WageReleaseAdmin(ReadOnlyAdmin):
    list_display = ["name", "reference_on", "published_on", "source"]


@admin.register(WageArea)
class WageAreaAdmin(ReadOnlyAdmin):
    list_display = ["code", "title", "type", "states"]
    list_filter = ["type"]
    search_fields = ["code", "title", "states"]


@admin.register(Industry)
class IndustryAdmin(ReadOnlyAdmin):
    list_display = ["code", "title"]
    search_fields = ["code", "title"]


@admin.register(Wage)
class WageAdmin(ReadOnlyAdmin):
    list_display = [
        "occupation",
        "area",
        "industry",
        "release",
        "annual_p10",
        "annual_p50",
        "annual_p90",
        "employment",
    ]
    list_filter = ["release", "occupation", "area__type"]
    list_select_related = ["occupation", "area", "industry", "release"]
    search_fields = ["area__title", "occupation__title", "occupation__code"]
    ordering = ["-release__reference_on", "occupation", "area__type", "area__title"]
    fieldsets = [
        (None, {"fields": ["release", "occupation", "area", "industry", "employment", "topcoded"]}),
        (
            "Dollars a year",
            {"fields": ["annual_mean", "annual_p10", "annual_p25", "annual_p50", "annual_p75", "annual_p90"]},
        ),
        (
            "Dollars an hour",
            {"fields": ["hourly_mean", "hourly_p10", "hourly_p25", "hourly_p50", "hourly_p75", "hourly_p90"]},
        ),
    ]
