"""One id through a request and the tasks that it sends, and log lines that hold it and nothing personal.

In production a line is one JSON object. Of what other packages log, only the text with its placeholders is kept, and of
an exception only its type and where it was raised: addresses, tokens in paths and rows in database errors come as
arguments and as messages of exceptions.
"""

import json
import logging
import re
import time
import traceback
import uuid
from contextvars import ContextVar

from celery import signals
from celery.utils.log import get_task_logger
from django.conf import settings

OWN = ("coderpath_site", "curriculum", "tracker")
HEADER = "coderpath_trace"  # on a Celery message
FIELDS = ("method", "route", "status", "ms", "task", "state")
ADDRESS = re.compile(r"[^\s<>\"'@]+@[\w-]+(?:\.[\w-]+)+")

trace: ContextVar[str] = ContextVar("trace", default="")

requests = logging.getLogger("coderpath_site.requests")
tasks = get_task_logger("coderpath_site.tasks")


def new_trace() -> str:
    return uuid.uuid4().hex


class TraceMiddleware:
    """Gives each request an id, answers with it, and logs one line: the route and not the path, which may hold a token."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        token, started = trace.set(new_trace()), time.monotonic()
        try:
            response = self.get_response(request)
            response["X-Request-ID"] = trace.get()
            requests.info("request", extra=self._fields(request, response, started))
            return response
        finally:
            trace.reset(token)

    @staticmethod
    def _fields(request, response, started) -> dict:
        match = request.resolver_match
        return {
            "method": request.method,
            "route": match.route if match else "",
            "status": response.status_code,
            "ms": round(1000 * (time.monotonic() - started), 1),
        }


@signals.before_task_publish.connect
def _send_along(headers=None, **kwargs):
    if headers is not None and trace.get():
        headers.setdefault(HEADER, trace.get())


@signals.task_prerun.connect
def _take_up(task=None, **kwargs):
    trace.set(task.request.get(HEADER) or new_trace())
    task.request.coderpath_started = time.monotonic()


def seconds_of(task) -> float:
    """How long a task has been running."""
    return time.monotonic() - task.request.get("coderpath_started", time.monotonic())


@signals.task_postrun.connect
def _task_done(task=None, state=None, **kwargs):
    tasks.info("task", extra={"task": task.name, "state": state, "ms": round(1000 * seconds_of(task), 1)})
    trace.set("")


class AddTrace(logging.Filter):
    def filter(self, record):
        record.trace = trace.get() or "-"
        return True


class JSONFormatter(logging.Formatter):
    converter = time.gmtime

    def format(self, record):
        line = {
            "time": self.formatTime(record, "%Y-%m-%dT%H:%M:%S") + f".{int(record.msecs):03d}Z",
            "level": record.levelname,
            "logger": record.name,
            "message": self._message(record),
            "trace": trace.get(),
        }
        line |= {name: getattr(record, name) for name in FIELDS if hasattr(record, name)}
        if record.exc_info and record.exc_info[0]:
            line |= self._exception(record.exc_info)
        return json.dumps({name: value for name, value in line.items() if value not in ("", None)})

    @staticmethod
    def _message(record) -> str:
        own = record.name.partition(".")[0] in OWN
        return ADDRESS.sub("<address>", record.getMessage() if own else str(record.msg))

    @staticmethod
    def _exception(exc_info) -> dict:
        kind, error, _ = exc_info
        frames = []
        while error is not None:
            frames += [
                f"{f.filename.rpartition('/')[2]}:{f.lineno} {f.name}"
                for f in traceback.extract_tb(error.__traceback__)
            ]
            error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
        return {"exception": f"{kind.__module__}.{kind.__qualname__}", "frames": frames}


@signals.after_setup_logger.connect
@signals.after_setup_task_logger.connect
def _as_the_site_does(logger=None, **kwargs):
    """Celery makes handlers of its own: they write as the site's do."""
    for handler in logger.handlers:
        handler.addFilter(AddTrace())
        if settings.PRODUCTION:
            handler.setFormatter(JSONFormatter())
