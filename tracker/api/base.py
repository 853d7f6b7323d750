"""What all views of the API share: who gets in, errors, conditions, keys, documentation, JSON only, pages of a list."""

from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiParameter
from rest_framework.exceptions import ValidationError
from rest_framework.pagination import CursorPagination
from rest_framework.parsers import JSONParser
from rest_framework.permissions import IsAuthenticated

from . import errors, idempotency
from .access import PerMinute, TokenScope
from .conditions import conditional

IDEMPOTENCY_KEY = OpenApiParameter(
    idempotency.HEADER, {"type": "string", "maxLength": idempotency.LONGEST}, OpenApiParameter.HEADER,
    description="Any text of yours, such as a UUID. The same request under the same key, within a day, is answered "
    "as the first time and does nothing twice.",
)  # fmt: skip
IF_MATCH = OpenApiParameter(
    "If-Match", str, OpenApiParameter.HEADER,
    description="The ETag of what you have read: refused with 412 where it has changed since.",
)  # fmt: skip


class ProblemSchema(AutoSchema):
    """Documents what any operation can refuse, so that no view has to."""

    def get_override_parameters(self):
        if self.method == "POST":
            return [IDEMPOTENCY_KEY]
        return [IF_MATCH] if self._takes_if_match() else []

    def _get_response_bodies(self, direction="response"):
        responses = super()._get_response_bodies(direction)
        for code in self._refusals():
            responses.setdefault(
                code, self._get_response_for_code(errors.ProblemSerializer, code, [errors.MEDIA_TYPE])
            )
        return responses

    def _refusals(self):
        yield from ("401", "403", "406", "429")
        if self.method in ("POST", "PUT", "PATCH"):
            yield from ("400", "413", "415")
        elif self._takes_parameters():
            yield "400"
        if self.method == "POST":
            yield from ("409", "422")
        if self._takes_if_match():
            yield "412"
        if "{" in self.path or self._is_list_view() or self.view.needs_coder:
            yield "404"

    def _takes_parameters(self) -> bool:
        return any(parameter["in"] == "query" for parameter in self._get_parameters())

    def _takes_if_match(self) -> bool:
        return self.method in ("PUT", "PATCH", "DELETE") and self.view.takes_if_match


class Pages(CursorPagination):
    """50 at a time, the newest first; `page_size` asks for up to 200. `next` and `previous` lead on, however much is added meanwhile."""

    ordering = "-pk"
    page_size = 50
    page_size_query_param = "page_size"
    max_page_size = 200

    def get_page_size(self, request):
        text = request.query_params.get(self.page_size_query_param)
        if text is None:
            return self.page_size
        if not text.isdecimal() or not 1 <= int(text[:9]) <= self.max_page_size:
            words = f"A whole number from 1 to {self.max_page_size}."
            raise ValidationError({self.page_size_query_param: [words]})
        return int(text)

    def get_schema_operation_parameters(self, view):
        parameters = super().get_schema_operation_parameters(view)
        for parameter in parameters:
            if parameter["name"] == self.page_size_query_param:
                parameter["schema"] |= {"minimum": 1, "maximum": self.max_page_size}
        return parameters

    def get_ordering(self, request, queryset, view):
        return view.listed_by or super().get_ordering(request, queryset, view)


class ApiMixin:
    """Goes before a view of DRF's.

    `scope` is what a token needs for it (None: no token gets in; "" : any does). `listed_by` are the fields, never empty,
    that order a list. `takes_if_match` says that changes heed If-Match.
    """

    needs_coder = False
    scope: str | None = None
    listed_by: tuple[str, ...] = ()
    takes_if_match = False
    rate: tuple[int, int, int] | None = None
    _claim: idempotency.Claim | None = None

    schema = ProblemSchema()
    parser_classes = [JSONParser]
    pagination_class = Pages
    permission_classes = [IsAuthenticated, TokenScope]
    throttle_classes = [PerMinute]

    def get_exception_handler(self):
        return errors.handle

    def initial(self, request, *args, **kwargs):
        super().initial(request, *args, **kwargs)
        self._claim = idempotency.claim(request)

    def finalize_response(self, request, response, *args, **kwargs):
        response = super().finalize_response(request, response, *args, **kwargs)
        if self._claim is not None:
            self._claim.settle(response)
        if self.rate is not None:
            for name, value in zip(("Limit", "Remaining", "Reset"), self.rate, strict=True):
                response[f"RateLimit-{name}"] = str(value)
        return conditional(request, response)
