"""What all views of the API share: errors, documentation of errors, JSON only, pages of a list."""

from drf_spectacular.openapi import AutoSchema
from rest_framework.pagination import PageNumberPagination
from rest_framework.parsers import JSONParser

from . import errors


class ProblemSchema(AutoSchema):
    """Documents what any operation can refuse, so that no view has to."""

    def _get_response_bodies(self, direction="response"):
        responses = super()._get_response_bodies(direction)
        for code in self._refusals():
            responses.setdefault(
                code, self._get_response_for_code(errors.ProblemSerializer, code, [errors.MEDIA_TYPE])
            )
        return responses

    def _refusals(self):
        yield from ("403", "406")
        if self.method in ("POST", "PUT", "PATCH"):
            yield from ("400", "415")
        elif self._is_list_view() or self.method == "DELETE":
            yield "400"
        if "{" in self.path or self._is_list_view() or self.view.needs_coder:
            yield "404"


class Pages(PageNumberPagination):
    """Pages of 50; `page_size` asks for up to 200."""

    page_size_query_param = "page_size"
    max_page_size = 200


class ApiMixin:
    """Goes before a view of DRF's."""

    needs_coder = False
    schema = ProblemSchema()
    parser_classes = [JSONParser]
    pagination_class = Pages

    def get_exception_handler(self):
        return errors.handle
