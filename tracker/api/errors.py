"""Every error of the API as problem details (RFC 9457), with the messages of each field."""

from http import HTTPStatus

from django.core.exceptions import NON_FIELD_ERRORS, RequestDataTooBig
from django.core.exceptions import ValidationError as ModelValidationError
from django.db import IntegrityError
from django.http import HttpResponse, JsonResponse
from django.views.defaults import page_not_found
from rest_framework import exceptions, serializers
from rest_framework.response import Response
from rest_framework.settings import api_settings
from rest_framework.views import exception_handler

MEDIA_TYPE = "application/problem+json"
WHOLE = api_settings.NON_FIELD_ERRORS_KEY
REFUSED = "Some of what you sent cannot be stored. Each field says what to do."
CONTRADICTS = "This contradicts something that is stored already. Read that again, then send yours anew."


class ProblemSerializer(serializers.Serializer):
    """What went wrong (RFC 9457). `errors` names each field, such as `ends_on` or `scores[0].correct`."""

    type = serializers.CharField(help_text="Always about:blank: the status says what kind of problem it is.")
    title = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField()
    errors = serializers.DictField(
        child=serializers.ListField(child=serializers.CharField()),
        required=False,
        help_text=f"Messages by field; what concerns no single field is under `{WHOLE}`.",
    )


class Conflict(exceptions.APIException):
    status_code = HTTPStatus.CONFLICT
    default_detail = CONTRADICTS
    default_code = "conflict"


class Replay(exceptions.APIException):
    """Not an error: the way out of a request that was answered before, with that answer."""

    def __init__(self, response: Response):
        super().__init__()
        self.response = response


class TooLarge(exceptions.APIException):
    status_code = HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    default_detail = "That is too much at once. Send it in smaller pieces."


def handle(error, context) -> Response | None:
    """DRF's exception handler: what models and the database refuse is the client's to mend, and no crash."""
    if isinstance(error, ModelValidationError):
        error = exceptions.ValidationError(_by_field(error))
    elif isinstance(error, RequestDataTooBig):
        error = TooLarge()
    elif isinstance(error, IntegrityError):
        error = exceptions.ValidationError({WHOLE: [CONTRADICTS]})
    if isinstance(error, Replay):
        return error.response
    response = exception_handler(error, context)
    if response is not None:
        response.data = _problem(response.status_code, response.data)
        response.content_type = MEDIA_TYPE
    return response


def refuse_together(name: str, steps) -> None:
    """Take every step; then raise one ValidationError that says under `name[i]` what each refused one said."""
    refused = {}
    for index, step in enumerate(steps):
        try:
            step()
        except (exceptions.ValidationError, ModelValidationError, Conflict) as error:
            said = _by_field(error) if isinstance(error, ModelValidationError) else error.detail
            refused.update(_flat({f"{name}[{index}]": said}))
    if refused:
        raise exceptions.ValidationError(refused)


def not_found(request, exception) -> HttpResponse:
    """The site's 404: a problem where nothing of the API has that address, a page elsewhere."""
    if not request.path.startswith("/api/"):
        return page_not_found(request, exception)
    return problem_response(HTTPStatus.NOT_FOUND, "There is no such address.")


def problem_response(status: int, detail: str) -> HttpResponse:
    """A problem where no view of the API answers."""
    return JsonResponse(_problem(status, {"detail": detail}), status=status, content_type=MEDIA_TYPE)


def _by_field(error: ModelValidationError) -> dict[str, list[str]]:
    if not hasattr(error, "error_dict"):
        return {WHOLE: error.messages}
    return {
        WHOLE if name == NON_FIELD_ERRORS else name: messages for name, messages in error.message_dict.items()
    }


def _problem(status: int, data) -> dict:
    problem = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status}
    if status != HTTPStatus.BAD_REQUEST or (isinstance(data, dict) and set(data) == {"detail"}):
        return problem | {"detail": str(data.get("detail", "") if isinstance(data, dict) else data)}
    return problem | {"detail": REFUSED, "errors": dict(_flat(data))}


def _flat(data, path: str = ""):
    """Yield (path, messages) out of DRF's nested errors."""
    if isinstance(data, dict):
        for name, inner in data.items():
            yield from _flat(inner, f"{path}.{name}" if path else str(name))
    elif isinstance(data, list) and any(isinstance(one, dict | list) for one in data):
        for index, inner in enumerate(data):
            yield from _flat(inner, f"{path}[{index}]")
    elif data:
        yield path or WHOLE, [str(one) for one in (data if isinstance(data, list) else [data])]
