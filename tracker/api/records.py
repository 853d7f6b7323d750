"""/api/v1/records/<kind>/ for every kind of record, and /api/v1/pay/: the same operations for all, made by one factory."""

from functools import partial

import django_filters
from django import forms
from django.db import transaction
from django.http import Http404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view, inline_serializer
from rest_framework import mixins, serializers, status, viewsets
from rest_framework.decorators import action
from rest_framework.exceptions import ValidationError
from rest_framework.response import Response

from tracker.models import RECORD_KINDS, Pay, Provenance, Scope
from tracker.permissions import visible_pay
from tracker.selectors.records import listed_records, record_history
from tracker.services.coders import coder_of
from tracker.services.pay import remove_pay, restore_pay
from tracker.services.records import REASON_LENGTH, remove_record, restore_record

from .base import ApiMixin
from .conditions import unless_changed
from .errors import MEDIA_TYPE, ProblemSerializer, refuse_together
from .serializers import ChangeSerializer, PaySerializer, serializer_for

BECAUSE = OpenApiParameter(
    "because", {"type": "string", "maxLength": REASON_LENGTH}, OpenApiParameter.QUERY,
    description="Why. Needed where somebody else attested the record: that is a withdrawal.",
)  # fmt: skip
MOST_AT_ONCE = 1_000
CONFLICT = {(409, MEDIA_TYPE): ProblemSerializer}


class BulkResultSerializer(serializers.Serializer):
    """What became of one record of many."""

    id = serializers.IntegerField()
    external_id = serializers.CharField(allow_blank=True)
    created = serializers.BooleanField(
        help_text="False: it was there under this external id, and is as sent now."
    )


class _OwnedViewSet(
    ApiMixin,
    mixins.CreateModelMixin,
    mixins.ListModelMixin,
    mixins.RetrieveModelMixin,
    mixins.UpdateModelMixin,
    viewsets.GenericViewSet,
):
    """What belongs to the signed-in coder. Anybody else's is not found."""

    lookup_value_regex = r"\d{1,18}"
    scope = Scope.READ
    takes_if_match = True

    def filter_queryset(self, queryset):
        return super().filter_queryset(queryset) if self.action == "list" else queryset

    def update(self, request, *args, **kwargs):
        with self.unless_changed():
            return super().update(request, *args, **kwargs)

    def destroy(self, request, *args, **kwargs):
        with self.unless_changed():
            self.remove(self.get_object())
        return Response(status=status.HTTP_204_NO_CONTENT)

    def unless_changed(self):
        return unless_changed(
            self.request, self.get_queryset(), self.kwargs["pk"], lambda row: self.get_serializer(row).data
        )

    @extend_schema(responses=ChangeSerializer(many=True), filters=False)
    @action(detail=True, pagination_class=None)
    def history(self, request, pk):
        return Response(ChangeSerializer(record_history(self.get_object()), many=True).data)


class RecordViewSet(_OwnedViewSet):
    """The base of all kinds; `viewset_for` adds the model."""

    model: type

    def get_queryset(self):
        with_removed = self.action in ("list", "restore", "history")
        return listed_records(self.request.user, self.model, with_removed=with_removed)

    def create(self, request, *args, **kwargs):
        serializer = self.get_serializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        serializer.save()
        code = status.HTTP_200_OK if serializer.was_sent_before else status.HTTP_201_CREATED
        return Response(serializer.data, status=code)

    @extend_schema(parameters=[BECAUSE], responses={204: None})
    def destroy(self, request, *args, **kwargs):
        """Set the record aside; `restore` undoes it."""
        return super().destroy(request, *args, **kwargs)

    def remove(self, record):
        remove_record(record, by=self.request.user, because=self.request.query_params.get("because", ""))

    @action(detail=False, methods=["post"], pagination_class=None)
    def bulk(self, request):
        """All of them are stored, or none: then each message says which record it is about."""
        sent = request.data.get("records") if isinstance(request.data, dict) else None
        if not isinstance(sent, list) or not 1 <= len(sent) <= MOST_AT_ONCE:
            raise ValidationError({"records": [f"Send a list of 1 to {MOST_AT_ONCE} records."]})
        each = [self.get_serializer(data=one) for one in sent]
        refuse_together("records", [partial(one.is_valid, raise_exception=True) for one in each])
        with transaction.atomic():
            refuse_together("records", [one.save for one in each])
        stored = [
            {
                "id": one.instance.pk,
                "external_id": one.instance.external_id,
                "created": not one.was_sent_before,
            }
            for one in each
        ]
        return Response(BulkResultSerializer(stored, many=True).data)

    @extend_schema(request=None)
    @action(detail=True, methods=["post"])
    def restore(self, request, pk):
        """Bring a removed record back as it was."""
        return Response(self.get_serializer(restore_record(self.get_object(), by=request.user)).data)


class TrueOrFalse(django_filters.BooleanFilter):
    """true or false; whatever else is refused, not taken for nothing."""

    class field_class(forms.Field):  # noqa: N801  the name django-filter looks for
        default_error_messages = {"invalid": "Choose one of: true, false."}

        def to_python(self, value):
            if value in self.empty_values:
                return None
            try:
                return {"true": True, "false": False}[value.lower()]
            except KeyError:
                raise forms.ValidationError(self.error_messages["invalid"]) from None


def filter_for(model) -> type[django_filters.FilterSet]:
    """Lists of a kind by the day that records count by, by provenance, and what was removed instead of what was not."""

    class RecordFilter(django_filters.FilterSet):
        date_from = django_filters.DateFilter(field_name=model.DATE, lookup_expr="gte")
        date_to = django_filters.DateFilter(field_name=model.DATE, lookup_expr="lte")
        provenance = django_filters.ChoiceFilter(
            choices=Provenance.choices,
            error_messages={"invalid_choice": f"Choose one of: {', '.join(Provenance.values)}."},
        )
        removed = TrueOrFalse(method="by_removal", label="Removed ones instead of the others.")

        def by_removal(self, queryset, name, value):
            return queryset

        def filter_queryset(self, queryset):
            removed = bool(self.form.cleaned_data.get("removed"))
            return super().filter_queryset(queryset).filter(removed_at__isnull=not removed)

    return RecordFilter


def viewset_for(model) -> type[RecordViewSet]:
    """All operations on one kind of record."""
    name = model._meta.verbose_name
    serializer = serializer_for(model)
    view = type(
        f"{model.__name__}ViewSet",
        (RecordViewSet,),
        {
            "__doc__": (model.__doc__ or "").splitlines()[0],
            "model": model,
            "serializer_class": serializer,
            "filterset_class": filter_for(model),
            "queryset": model.objects.none(),
        },
    )
    return extend_schema_view(
        list=extend_schema(summary=f"List your records: {name}"),
        create=extend_schema(
            summary=f"Log one: {name}",
            description="Sent again under the same external id it changes that record and answers 200.",
            responses={201: serializer, 200: serializer, **CONFLICT},
        ),
        retrieve=extend_schema(summary=f"Read one: {name}"),
        update=extend_schema(summary=f"Change one: {name}"),
        partial_update=extend_schema(summary=f"Change some fields of one: {name}"),
        destroy=extend_schema(summary=f"Remove one: {name}"),
        restore=extend_schema(summary=f"Restore one: {name}"),
        bulk=extend_schema(
            summary=f"Log up to {MOST_AT_ONCE:,} at once: {name}",
            request=inline_serializer(
                f"{model.__name__}Bulk", {"records": serializer(many=True, max_length=MOST_AT_ONCE)}
            ),
            responses=BulkResultSerializer(many=True),
            filters=False,
        ),
        history=extend_schema(summary=f"What changed in one: {name}"),
    )(view)


RECORD_VIEWSETS = {kind: viewset_for(model) for kind, model in RECORD_KINDS.items()}


@extend_schema_view(
    list=extend_schema(summary="List your pay"),
    create=extend_schema(summary="Log pay"),
    retrieve=extend_schema(summary="Read one pay"),
    update=extend_schema(summary="Change pay"),
    partial_update=extend_schema(summary="Change some fields of pay"),
    history=extend_schema(summary="What changed in pay"),
)
class PayViewSet(_OwnedViewSet):
    """Pay, which only its owner ever sees."""

    queryset = Pay.objects.none()
    serializer_class = PaySerializer

    scope = Scope.PAY

    def get_queryset(self):
        return visible_pay(self.request.user).select_related("role")

    @extend_schema(summary="Remove pay", responses={204: None})
    def destroy(self, request, *args, **kwargs):
        return super().destroy(request, *args, **kwargs)

    def remove(self, pay):
        remove_pay(pay, by=self.request.user)

    @extend_schema(
        summary="Restore pay", request=None, parameters=[OpenApiParameter("id", OpenApiTypes.INT, "path")]
    )
    @action(detail=True, methods=["post"])
    def restore(self, request, pk):
        """Bring removed pay back."""
        try:
            pay = restore_pay(coder_of(request.user), int(pk), by=request.user)
        except Pay.DoesNotExist:
            raise Http404 from None
        return Response(self.get_serializer(pay).data)
