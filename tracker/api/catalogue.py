"""/api/v1/catalogue/…: what records and profiles refer to by slug, and the milestones. Read-only."""

from django.db.models import Prefetch
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers, viewsets

from curriculum import models
from curriculum.conditions import in_words

from .base import ApiMixin


class MilestoneSerializer(serializers.ModelSerializer):
    """A milestone and what it asks now, as data and in words."""

    version = serializers.SerializerMethodField()
    valid_from = serializers.SerializerMethodField()
    in_words = serializers.SerializerMethodField()
    definition = serializers.SerializerMethodField()

    class Meta:
        model = models.Milestone
        fields = (
            "slug",
            "name",
            "summary",
            "after_hire",
            "version",
            "valid_from",
            "in_words",
            "definition",
            "source",
        )

    def _version(self, milestone):
        """The version in force on the reader's today. The newest comes first."""
        today = self.context["request"].user.today()
        return next((version for version in milestone.versions.all() if version.valid_from <= today), None)

    def get_version(self, milestone) -> int | None:
        version = self._version(milestone)
        return version and version.no

    def get_valid_from(self, milestone) -> str | None:
        version = self._version(milestone)
        return version and version.valid_from.isoformat()

    def get_in_words(self, milestone) -> str:
        version = self._version(milestone)
        return in_words(version.rule.needs) if version else ""

    def get_definition(self, milestone) -> dict | None:
        version = self._version(milestone)
        return version and version.definition


def _slug(**kwargs):
    return serializers.SlugRelatedField(slug_field="slug", read_only=True, **kwargs)


def _one_of(choices):
    """A choice as plain text: as an enumeration it would need a name of its own in the schema."""
    values = ", ".join(choices.values)
    return serializers.CharField(read_only=True, help_text=f"One of: {values}. Empty where nothing is said.")


def _serializer(model, fields, **declared):
    meta = type("Meta", (), {"model": model, "fields": fields})
    attributes = {"__doc__": f"{model._meta.verbose_name} of the catalogue.", "Meta": meta, **declared}
    return type(f"{model.__name__}Serializer", (serializers.ModelSerializer,), attributes)


SERIALIZERS = {
    "stages": _serializer(models.Stage, ("slug", "name", "years_from", "years_to", "summary")),
    "tracks": _serializer(models.Track, ("slug", "name", "summary")),
    "roles": _serializer(
        models.Role,
        ("slug", "name", "stage", "tracks", "occupation", "duties", "stated_requirements", "experience_years",
         "degree_required", "codes_charts", "source"),
        stage=_slug(), tracks=_slug(many=True), degree_required=_one_of(models.DegreeLevel),
    ),
    "milestones": MilestoneSerializer,
    "certifications": _serializer(
        models.Certification,
        ("slug", "code", "name", "body", "family", "status", "apprentice_of", "recommended_from", "purpose", "source"),
        body=_slug(), apprentice_of=_slug(allow_null=True), recommended_from=_slug(), status=_one_of(models.CertificationStatus),
    ),
    "bodies": _serializer(models.Body, ("slug", "name", "full_name")),
    "work-types": _serializer(
        models.WorkType, ("slug", "name", "unit", "rate_low", "rate_typical", "rate_high", "source")
    ),
    "specialties": _serializer(
        models.Specialty, ("slug", "name", "is_area", "guide_says_pays_more", "article_says_pays_more", "note", "source")
    ),
    "skills": _serializer(models.Skill, ("slug", "name", "kind", "note", "source")),
    "employer-types": _serializer(models.EmployerType, ("slug", "name", "pay_note", "source")),
    "accreditations": _serializer(models.Accreditation, ("slug", "name", "covers", "source")),
    "areas": _serializer(models.WageArea, ("code", "title", "type", "states")),
}  # fmt: skip

QUERYSETS = {
    "roles": models.Role.objects.select_related("stage").prefetch_related("tracks"),
    "certifications": models.Certification.objects.select_related(
        "body", "apprentice_of", "recommended_from"
    ),
    "milestones": models.Milestone.objects.filter(owner=None).prefetch_related(
        Prefetch("versions", models.MilestoneVersion.objects.order_by("-no"))
    ),
}


class CatalogueViewSet(ApiMixin, viewsets.ReadOnlyModelViewSet):
    """The base of all lists of the catalogue."""

    lookup_field = "slug"
    lookup_value_regex = r"[-\w]+"
    filter_backends = []
    scope = ""


def _viewset(path, serializer) -> type[CatalogueViewSet]:
    model = serializer.Meta.model
    key = "code" if model is models.WageArea else "slug"
    order = tuple(dict.fromkeys((*model._meta.ordering, key)))
    view = type(
        f"{model.__name__}ViewSet",
        (CatalogueViewSet,),
        {
            "queryset": QUERYSETS.get(path, model.objects.all()).order_by(*order),
            "serializer_class": serializer,
            "lookup_field": key,
            "listed_by": order,
        },
    )
    return extend_schema_view(
        list=extend_schema(summary=f"List the catalogue's {model._meta.verbose_name_plural}"),
        retrieve=extend_schema(summary=f"Read one: {model._meta.verbose_name}"),
    )(view)


CATALOGUE_VIEWSETS = {path: _viewset(path, serializer) for path, serializer in SERIALIZERS.items()}
