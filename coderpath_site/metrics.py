"""/metrics for Prometheus: the whole site's figures, whichever process answers.

Read by this machine itself, or by who knows METRICS_TOKEN (`authorization: {credentials: ...}` in the scrape's
configuration). Anybody else gets 404.
"""

import secrets
from functools import wraps

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily

from tracker.selectors.operations import operations

from .health import broker_answers
from .local import is_local
from .task_times import queue_lengths, task_times


def for_scrapers(view):
    @wraps(view)
    def guarded(request, *args, **kwargs):
        if not (is_local(request) or _knows_the_token(request)):
            raise Http404
        return view(request, *args, **kwargs)

    return login_not_required(never_cache(require_safe(guarded)))


def _knows_the_token(request) -> bool:
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    token = settings.METRICS_TOKEN
    return bool(token) and secrets.compare_digest(given.encode(), token.encode())


class SiteCollector:
    def describe(self):
        """Asked when it registers, at which time there may be no database."""
        return []

    def collect(self):
        now = operations()
        for name, text, value in (
            ("coders", "Coders.", now.coders),
            ("stale_coders", "Coders whose gaps are out of date.", now.stale),
            ("stale_oldest_seconds", "How long the coder who waits longest has waited.", now.oldest_stale),
            ("failing_coders", "Coders whose last evaluation failed.", now.failing),
            ("nightly_windows_left", "Windows of the last nightly run that are not done.", now.windows_left),
            ("nightly_age_seconds", "Since the last nightly run began.", now.run_age),
            ("worker_heartbeat_age_seconds", "Since a message last passed through.", now.heartbeat_age),
            ("broker_up", "Whether the broker answers.", int(broker_answers())),
        ):
            if value is not None:
                yield GaugeMetricFamily(f"coderpath_{name}", text, value=value)
        waiting = GaugeMetricFamily("coderpath_queue_messages", "Messages that wait.", labels=["queue"])
        for queue, length in queue_lengths().items():
            waiting.add_metric([queue], length)
        yield waiting
        yield from self._tasks()

    @staticmethod
    def _tasks():
        seconds = HistogramMetricFamily("coderpath_task_seconds", "How long tasks took.", labels=["task"])
        failed = CounterMetricFamily(
            "coderpath_task_failures", "Tasks that failed or were tried again.", labels=["task"]
        )
        for task, times in sorted(task_times().items()):
            seconds.add_metric([task], times.cumulative(), times.seconds)
            failed.add_metric([task], times.failed)
        yield seconds
        yield failed


registry = CollectorRegistry()
registry.register(SiteCollector())


@for_scrapers
def metrics(request):
    return HttpResponse(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)
